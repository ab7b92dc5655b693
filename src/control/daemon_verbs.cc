// status, cluster status, mode, top senders|logins|addresses|networks, watch, backup
#include <algorithm>

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include "control/rows.h"
#include "control/verbs.h"
#include "store/ledger/node_book.h"

namespace postreeve {
namespace {

namespace json = boost::json;

VerbReply status(Desk& desk, const Request&) {
  json::object shown{{"mode", to_text(desk.guard.mode())},
                     {"time", time_to_json(desk.guard.now())},
                     {"accounts", desk.accounts.size()},
                     {"accounts_active", desk.accounts.active()}};
  const auto standings = desk.incidents.standings();
  if (standings) {
    const auto restricted = std::ranges::count_if(
        *standings, [](const StandingRow& row) { return is_restriction(row.standing.level); });
    shown.emplace("accounts_restricted", restricted);
  }
  const auto open = desk.incidents.find(
      {.outcome = Outcome::kOpen, .account = {}, .since = {}, .before = {}, .most = 10'000});
  if (open) shown.emplace("incidents_open", open->size());
  shown.emplace("ledger_waiting", desk.database.waiting());
  boost::system::error_code ignored;
  const json::value more = json::parse(desk.more_status(), ignored);
  if (more.is_object()) {
    for (const auto& [key, value] : more.get_object()) shown.emplace(key, value);
  }
  return shown;
}

VerbReply cluster_status(Desk& desk, const Request&) {
  const auto nodes = nodes_of(desk.database);
  if (!nodes) return fail(nodes.error());
  json::array rows;
  for (const NodeRow& node : *nodes) {
    rows.push_back(json::object{{"node", node.name},
                                {"version", node.version},
                                {"last_heard", time_to_json(node.heartbeat)},
                                {"spooled", node.spooled},
                                {"is_this", node.id == desk.database.node()}});
  }
  return rows;
}

std::string_view meaning_of(Mode mode) noexcept {
  return mode == Mode::kObserve
             ? "nothing is refused or held; what would be done is logged and shown by `postreeve watch`"
             : "mail and logins are slowed, held and refused";
}

bool sets_mode(const Request& request) {
  return !text_argument(request, "mode").empty();
}

VerbReply mode(Desk& desk, const Request& request) {
  // The audit trail remembers it over a restart.
  const std::string wanted = text_argument(request, "mode");
  const Mode before = desk.guard.mode();
  if (wanted.empty()) return json::object{{"mode", to_text(before)}, {"means", meaning_of(before)}};
  if (wanted != "observe" && wanted != "enforce")
    return fail(ErrorCode::kInvalidInput, fmt::format("'{}' is no mode; write observe or enforce", wanted));
  const Mode after = wanted == "enforce" ? Mode::kEnforce : Mode::kObserve;
  if (!flag_argument(request, "dry_run")) desk.guard.set_mode(after);
  if (flag_argument(request, "dry_run"))
    return json::object{{"mode", to_text(before)}, {"would_become", to_text(after)}};
  return json::object{{"mode", to_text(after)}, {"before", to_text(before)}, {"means", meaning_of(after)}};
}

std::uint32_t most_argument(const Request& request) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(number_argument(request, "most", 15), 1, 1000));
}

VerbReply top_senders(Desk& desk, const Request& request) {
  const auto senders = desk.counts.top(desk.guard.now(), most_argument(request));
  if (!senders) return fail(senders.error());
  return rows_to_json(*senders, flag_argument(request, "compare"));
}

VerbReply top_logins(Desk& desk, const Request& request) {
  const auto accounts = desk.counts.top(desk.guard.now(), most_argument(request), TopBy::kLogins);
  if (!accounts) return fail(accounts.error());
  json::array rows;
  for (const Sender& account : *accounts) {
    if (account.now.logins == 0) break;
    json::object row{{"account", account.account.text()}, {"logins", account.now.logins}};
    if (flag_argument(request, "compare")) {
      row.emplace("logins_hour_before", account.before.logins);
      row.emplace("logins_last_week", account.last_week.logins);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

VerbReply top_places(const Desk& desk, const Request& request, PlaceCounts::Of of) {
  json::array rows;
  for (const BusyPlace& place : desk.places.top(of, desk.guard.now(), most_argument(request))) {
    json::object row{{of == PlaceCounts::Of::kAddresses ? "address" : "network", place.name},
                     {"accounts", place.now.accounts.size()},
                     {"recipients", place.now.recipients},
                     {"messages", place.now.messages},
                     {"refused", place.now.refused},
                     {"logins", place.now.logins},
                     {"failed_logins", place.now.failed_logins}};
    if (flag_argument(request, "compare")) {
      row.emplace("recipients_hour_before", place.before.recipients);
      row.emplace("logins_hour_before", place.before.logins);
      row.emplace("failed_logins_hour_before", place.before.failed_logins);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}
VerbReply top_addresses(Desk& desk, const Request& request) {
  return top_places(desk, request, PlaceCounts::Of::kAddresses);
}
VerbReply top_networks(Desk& desk, const Request& request) {
  return top_places(desk, request, PlaceCounts::Of::kNetworks);
}

VerbReply watch(Desk& desk, const Request& request) {
  const auto after =
      static_cast<std::uint64_t>(std::max<std::int64_t>(number_argument(request, "after", 0), 0));
  json::array rows;
  for (const WatchFeed::Line& line : desk.feed.after(after, desk.guard.now())) {
    rows.push_back(json::object{{"number", line.number},
                                {"time", time_to_json(line.time)},
                                {"event", line.event},
                                {"account", line.account},
                                {"client", line.client},
                                {"about", line.about},
                                {"action", line.action},
                                {"standing", line.standing},
                                {"risk", line.risk},
                                {"says", line.says}});
  }
  return rows;
}

VerbReply backup(Desk& desk, const Request& request) {
  const Result<std::string> file = required_argument(request, "file");
  if (!file) return fail(file.error());
  if (!file->starts_with('/')) return fail(ErrorCode::kInvalidInput, "the file needs an absolute path");
  if (const Result<void> flushed = desk.flush(); !flushed) return fail(flushed.error());
  if (const Result<void> done = desk.database.backup(*file); !done) return fail(done.error());
  return json::object{{"backup", *file}};
}

constexpr Verb kVerbs[] = {
    {"status", status},         {"mode", mode, sets_mode},        {"top senders", top_senders},
    {"top logins", top_logins}, {"top addresses", top_addresses}, {"top networks", top_networks},
    {"watch", watch},           {"backup", backup, always},       {"cluster status", cluster_status},
};

}  // namespace

std::span<const Verb> daemon_verbs() {
  return kVerbs;
}

}  // namespace postreeve
