#include "response/task.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include "store/ledger/rows.h"

namespace postreeve {

namespace json = boost::json;

namespace {

constexpr std::size_t kMostEvidence = 16;

json::array evidence_json(const std::vector<SaidEvidence>& evidence) {
  json::array said;
  for (const SaidEvidence& found : evidence) {
    if (said.size() == kMostEvidence) break;
    said.push_back(json::object{{"detector", found.detector},
                                {"group", found.group},
                                {"nats", std::isfinite(found.nats) ? found.nats : 0},
                                {"says", stored_line(found.says)}});
  }
  return said;
}

std::vector<SaidEvidence> evidence_from(const json::array& said) {
  std::vector<SaidEvidence> evidence;
  for (const json::value& entry : said) {
    const json::object& found = entry.as_object();
    evidence.push_back({.detector = json::value_to<std::string>(found.at("detector")),
                        .group = json::value_to<std::string>(found.at("group")),
                        .nats = found.at("nats").to_number<double>(),
                        .says = json::value_to<std::string>(found.at("says"))});
  }
  return evidence;
}

Result<Direction> direction_from(std::string_view text) {
  return enum_from<Direction>(text, 2);
}

// Not in what earlier versions wrote.
Result<About> about_in(const json::object& payload) {
  const json::value* about = payload.if_contains("about");
  return about == nullptr ? About::kStanding : enum_from<About>(json::value_to<std::string>(*about), 4);
}

// Throws what Boost.JSON throws for members that are missing or of another kind.
Result<void> read_payload(const json::object& payload, Task& task) {
  const auto text = [&](std::string_view name) { return json::value_to<std::string>(payload.at(name)); };
  const auto count = [&](std::string_view name) { return payload.at(name).to_number<std::uint32_t>(); };
  const auto direction = direction_from(text("direction"));
  const auto before = level_from(text("before"));
  const auto after = level_from(text("after"));
  const auto scope = scope_from(text("scope"));
  const auto about = about_in(payload);
  if (!about) return fail(about.error());
  if (!direction) return fail(direction.error());
  if (!before) return fail(before.error());
  if (!after) return fail(after.error());
  if (!scope) return fail(scope.error());
  task.direction = *direction;
  task.about = *about;
  task.before = *before;
  task.after = *after;
  task.scope = *scope;
  task.is_observed = payload.at("observed").as_bool();
  task.tenant = text("tenant");
  task.time = time_from(payload.at("time").to_number<std::int64_t>());
  task.until = count("until");
  task.risk = payload.at("risk").to_number<double>();
  task.outgo = {.messages = count("outgo_messages"),
                .recipients = count("outgo_recipients"),
                .since = count("outgo_since")};
  task.client = text("client");
  task.author = text("author");
  task.reason = text("reason");
  task.evidence = evidence_from(payload.at("evidence").as_array());
  return {};
}

std::unexpected<Error> no_task(const OutboxRow& row, std::string_view why) {
  return fail(ErrorCode::kCorrupt,
              "action " + std::to_string(row.id) + " of the outbox cannot be read: " + std::string(why));
}

}  // namespace

std::string_view to_text(Direction direction) noexcept {
  return direction == Direction::kCarryOut ? "carry_out" : "undo";
}

std::string_view to_text(About about) noexcept {
  static constexpr std::array<std::string_view, 4> kTexts{"standing", "campaign", "fuse_out", "fuse_back"};
  return kTexts[static_cast<std::size_t>(about)];
}

Task task_of(const StandingEntry& entry, std::string action, Direction direction) {
  const StandingChange& change = entry.change;
  return {.id = 0,
          .action = std::move(action),
          .incident = change.after.incident.known() ? change.after.incident : change.before.incident,
          .account = entry.account,
          .receipt = {},
          .direction = direction,
          .about = About::kStanding,
          .tenant = entry.tenant,
          .time = change.time,
          .before = change.before.level,
          .after = change.after.level,
          .scope = change.after.scope,
          .until = change.after.until,
          .is_observed = entry.is_observed || change.observed_only,
          .risk = entry.risk,
          .outgo = change.outgo,
          .client = entry.client,
          .author = entry.author,
          .reason = entry.reason,
          .evidence = entry.evidence};
}

std::string reason_of(const Task& task) {
  if (!task.reason.empty() || task.evidence.empty()) return stored_line(task.reason);
  return stored_line(task.evidence.front().says);
}

OutboxAction outbox_action(const Task& task) {
  const json::object payload{{"direction", to_text(task.direction)},
                             {"about", to_text(task.about)},
                             {"tenant", stored_line(task.tenant)},
                             {"time", stored_time(task.time)},
                             {"before", to_text(task.before)},
                             {"after", to_text(task.after)},
                             {"scope", to_text(task.scope)},
                             {"until", task.until},
                             {"observed", task.is_observed},
                             {"risk", std::isfinite(task.risk) ? task.risk : 0},
                             {"outgo_messages", task.outgo.messages},
                             {"outgo_recipients", task.outgo.recipients},
                             {"outgo_since", task.outgo.since},
                             {"client", stored_line(task.client)},
                             {"author", stored_line(task.author)},
                             {"reason", stored_line(task.reason)},
                             {"evidence", evidence_json(task.evidence)}};
  return {.kind = task.action, .payload = json::serialize(payload), .not_before = {}};
}

Result<Task> read_task(const OutboxRow& row) {
  Task task;
  task.id = row.id;
  task.action = row.action.kind;
  task.incident = row.incident;
  task.account = row.account;
  task.receipt = row.receipt;
  try {
    const json::value payload = json::parse(row.action.payload);
    if (const Result<void> read = read_payload(payload.as_object(), task); !read)
      return no_task(row, read.error().detail);
  } catch (const std::exception& wrong) {
    return no_task(row, wrong.what());
  }
  return task;
}

}  // namespace postreeve
