// status, mode, top senders, watch, backup
#include <algorithm>

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include "control/rows.h"
#include "control/verbs.h"

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

VerbReply top_senders(Desk& desk, const Request& request) {
  const auto most =
      static_cast<std::uint32_t>(std::clamp<std::int64_t>(number_argument(request, "most", 15), 1, 1000));
  const auto senders = desk.counts.top(desk.guard.now(), most);
  if (!senders) return fail(senders.error());
  return rows_to_json(*senders, flag_argument(request, "compare"));
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
    {"status", status}, {"mode", mode, sets_mode},  {"top senders", top_senders},
    {"watch", watch},   {"backup", backup, always},
};

}  // namespace

std::span<const Verb> daemon_verbs() {
  return kVerbs;
}

}  // namespace postreeve
