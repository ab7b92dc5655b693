#include "app/server_status.h"

#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "app/state_place.h"

namespace postreeve {
namespace {

namespace json = boost::json;

json::object ledger_status(const Serving& serving, const State& state) {
  const LedgerHealth health = state.database->health();
  if (!health.has_server) return {{"where", serving.state_path}};
  json::object shown{{"where", name_of(serving.ledger)}, {"up", health.is_up},
                     {"spooled", health.spooled},        {"brought_over", health.brought},
                     {"not_taken", health.dropped},      {"has_duty", state.database->has_duty()}};
  if (!health.is_up) shown.emplace("trouble", health.trouble);
  return shown;
}

}  // namespace

std::string status_of(const ServerParts& parts) {
  const AccountStoreHealth health = parts.state.health();
  json::array listening;
  for (const std::string& gate : parts.gates.listening()) listening.emplace_back(gate);
  json::object status{{"started", format_rfc3339(parts.started)},
                      {"mode_from", parts.is_mode_given ? "configuration" : "command line"},
                      {"connections", parts.gates.open_connections()},
                      {"listening", std::move(listening)},
                      {"records_in_memory", health.resident},
                      {"records_dirty", health.dirty},
                      {"records_corrupt", health.corrupt},
                      {"standings_unwritten", parts.guard.unwritten()},
                      {"fuse", parts.guard.fuse().is_out ? "out" : "in place"},
                      {"actions_waiting", parts.state.outbox.unfinished().value_or(0)},
                      {"ledger", ledger_status(parts.serving, parts.state)},
                      {"state", health.writing ? "written" : health.writing.error().detail},
                      {"last_events", parts.watchers.last_seen.as_json()},
                      {"logs", parts.logs.status()}};
  if (parts.state.shared) status.emplace("redis", json::parse(parts.state.shared->status()));
  return json::serialize(status);
}

}  // namespace postreeve
