// incident clues|siblings, find
#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.h"
#include "control/rows.h"
#include "control/verbs.h"

namespace postreeve {
namespace {

namespace json = boost::json;

std::uint32_t most_argument(const Request& request) {
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(number_argument(request, "most", 100), 1, 10'000));
}

// What people read: of a digest the name, of a template the subject.
const std::string& words_of(const Clue& clue) {
  return clue.says.empty() ? clue.value : clue.says;
}

json::value standing_now(const Desk& desk, const AccountId& account) {
  return json::value(to_text(desk.guard.standing_of(account).level));
}

// One clue that another account shares with the incident.
struct Tie {
  AccountId account;
  IncidentId incident;  // unknown: it has none yet
  Clue clue;
  ClueSighting theirs;
  ClueSighting ours;
};

std::vector<Tie> ties_of(const std::vector<SharedClue>& shared) {
  std::vector<Tie> ties;
  ties.reserve(shared.size());
  for (const SharedClue& clue : shared)
    ties.push_back(
        {clue.theirs.account, clue.theirs.incident, clue.theirs.clue, clue.theirs.seen, clue.ours});
  return ties;
}

// Accounts that nothing was decided of yet: the next victims, perhaps.
void add_waiting(const Desk& desk, const AccountId& account, const std::vector<ClueRow>& ours,
                 std::vector<Tie>& ties) {
  std::map<std::pair<ClueKind, std::string>, const ClueRow*> wanted;
  for (const ClueRow& row : ours) {
    if (ties_incidents(row.clue.kind)) wanted.emplace(std::pair(row.clue.kind, row.clue.value), &row);
  }
  const auto matches = [&](const Clue& clue) { return wanted.contains({clue.kind, clue.value}); };
  for (const ClueCollector::Waiting& waiting : desk.strangers.waiting(matches)) {
    if (waiting.account == account) continue;
    const ClueRow* own = wanted.at({waiting.clue.kind, waiting.clue.value});
    ties.push_back({waiting.account, {}, waiting.clue, waiting.seen, own->seen});
  }
}

json::array siblings_to_json(const Desk& desk, const std::vector<Tie>& ties) {
  std::map<std::pair<ClueKind, std::string>, std::set<AccountId>> accounts;
  for (const Tie& tie : ties) accounts[{tie.clue.kind, tie.clue.value}].insert(tie.account);
  json::array rows;
  for (const Tie& tie : ties) {
    rows.push_back(json::object{
        {"account", tie.account.text()},
        {"incident", tie.incident.known() ? json::value(tie.incident.to_string()) : json::value(nullptr)},
        {"standing", standing_now(desk, tie.account)},
        {"shares", to_text(tie.clue.kind)},
        {"value", tie.clue.value},
        {"says", words_of(tie.clue)},
        {"since", time_to_json(tie.theirs.first)},
        {"last_seen", time_to_json(tie.theirs.last)},
        {"times", tie.theirs.times},
        {"here_since", time_to_json(tie.ours.first)},
        // What many share says little.
        {"accounts_sharing", accounts.at({tie.clue.kind, tie.clue.value}).size()}});
  }
  return rows;
}

VerbReply clues(Desk& desk, const Request& request) {
  const Result<IncidentRow> incident = incident_argument(desk, request);
  if (!incident) return fail(incident.error());
  if (const Result<void> flushed = desk.clues.flush(); !flushed) return fail(flushed.error());
  const auto found = desk.clues.of(incident->id);
  if (!found) return fail(found.error());
  return rows_to_json(*found);
}

VerbReply siblings(Desk& desk, const Request& request) {
  const Result<IncidentRow> incident = incident_argument(desk, request);
  if (!incident) return fail(incident.error());
  if (const Result<void> flushed = desk.clues.flush(); !flushed) return fail(flushed.error());
  const auto ours = desk.clues.of(incident->id);
  if (!ours) return fail(ours.error());
  const auto shared = desk.clues.shared_with(incident->id, most_argument(request));
  if (!shared) return fail(shared.error());
  std::vector<Tie> ties = ties_of(*shared);
  add_waiting(desk, incident->account, *ours, ties);
  std::ranges::stable_sort(ties, std::ranges::greater{}, [](const Tie& tie) { return tie.theirs.last; });
  return siblings_to_json(desk, ties);
}

json::object found(const AccountId& account, const Clue& clue, const ClueSighting& seen) {
  return {{"account", account.text()},
          {"incident", nullptr},
          {"kept_in", "strangers"},
          {"kind", to_text(clue.kind)},
          {"value", clue.value},
          {"says", words_of(clue)},
          {"first_seen", time_to_json(seen.first)},
          {"last_seen", time_to_json(seen.last)},
          {"times", seen.times}};
}

json::object found(const ClueRow& row) {
  json::object shown = found(row.account, row.clue, row.seen);
  shown["incident"] = row.incident.to_string();
  shown["kept_in"] = "incident";
  return shown;
}

json::object found(const ActivityRow& row) {
  json::object shown = found(row.account, {ClueKind::kAddress, row.client, {}},
                             {.first = row.time, .last = row.time, .times = 1});
  shown["kept_in"] = "activity";
  shown["says"] = row.kind == "login"
                      ? fmt::format("login from {}", row.client)
                      : fmt::format("message to {} from {}, {}", row.recipients, row.client, row.action);
  return shown;
}

Result<ClueQuery> query_of(const Desk& desk, const Request& request) {
  const Result<std::string> text = required_argument(request, "text");
  if (!text) return fail(text.error());
  ClueQuery query;
  query.text = *text;
  query.most = most_argument(request);
  constexpr std::int64_t kLongest = std::int64_t{100} * 366 * 86'400;
  const std::int64_t within = std::clamp<std::int64_t>(number_argument(request, "within", 0), 0, kLongest);
  if (within > 0) query.since = desk.guard.now() - std::chrono::seconds(within);
  const std::string kind = text_argument(request, "kind");
  query.kind = clue_kind_from_text(kind);
  if (!kind.empty() && !query.kind) {
    std::string kinds;
    for (std::size_t i = 0; i < kClueKinds; ++i)
      kinds += fmt::format("{}{}", i == 0 ? "" : ", ", to_text(static_cast<ClueKind>(i)));
    return fail(ErrorCode::kInvalidInput, fmt::format("'{}' is no kind; write one of {}", kind, kinds));
  }
  // "10.1" is looked for as text, "192.0.2.0/24" and "192.0.2.7" are places.
  const bool is_of_places =
      !query.kind || query.kind == ClueKind::kAddress || query.kind == ClueKind::kNetwork;
  if (const auto network = Prefix::parse(query.text); network && is_of_places) query.network = *network;
  return query;
}

bool is_wanted(const ClueQuery& query, const Clue& clue) {
  if (query.network) {
    const auto address = clue.kind == ClueKind::kAddress ? IpAddress::parse(clue.value) : std::nullopt;
    return address && query.network->contains(*address);
  }
  if (query.kind ? clue.kind != *query.kind
                 : clue.kind == ClueKind::kSubjectTemplate || clue.kind == ClueKind::kNetwork)
    return false;
  const std::string text = to_lower(query.text);
  return to_lower(clue.value).contains(text) || to_lower(clue.says).contains(text);
}

VerbReply find(Desk& desk, const Request& request) {
  const Result<ClueQuery> query = query_of(desk, request);
  if (!query) return fail(query.error());
  for (const Result<void>& flushed : {desk.clues.flush(), desk.activity.flush()}) {
    if (!flushed) return fail(flushed.error());
  }
  json::array rows;
  const auto waiting = desk.strangers.waiting([&](const Clue& clue) { return is_wanted(*query, clue); });
  for (const ClueCollector::Waiting& stranger : waiting) {
    if (stranger.seen.last >= query->since && rows.size() < query->most)
      rows.push_back(found(stranger.account, stranger.clue, stranger.seen));
  }
  const auto clues = desk.clues.find(*query);
  if (!clues) return fail(clues.error());
  for (const ClueRow& row : *clues) rows.push_back(found(row));
  if (query->network) {
    const auto activity = desk.activity.from(*query->network, query->since, query->most);
    if (!activity) return fail(activity.error());
    for (const ActivityRow& row : *activity) rows.push_back(found(row));
  }
  // RFC 3339 in UTC sorts as text.
  std::ranges::stable_sort(rows, std::ranges::greater{}, [](const json::value& row) {
    return std::string_view(row.get_object().at("last_seen").get_string());
  });
  if (rows.size() > query->most) rows.resize(query->most);
  return rows;
}

constexpr Verb kVerbs[] = {
    {"incident clues", clues},
    {"incident siblings", siblings},
    {"find", find},
};

}  // namespace

std::span<const Verb> clue_verbs() {
  return kVerbs;
}

}  // namespace postreeve
