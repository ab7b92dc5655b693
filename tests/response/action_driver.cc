// One action as the worker would call it, for tests/response beside real servers: reads JSON from standard
// input, writes what each step returned to standard output.
//
//   {"type": "sql_flag", "settings": {...}, "state_folder": "...", "steps": ["prepare", "carry_out", "undo"],
//    "entry": {"account": "anna@shop.example", "before": "clear", "after": "suspended", "incident": 43981,
//              "time": 0, "since": 0, "until": 1772420400, "outcome": "",
//              "tenant": "", "client": "198.51.100.7", "risk": 6.5, "messages": 3,
//              "recipients": 41, "author": "postreeve", "reason": "", "evidence": ["first login ever from
//              Vietnam"]}}
// With "is_undo" the task is one of undoing at every step: for "rehearse", "rehearse dismissed" and "rehearse
// confirmed". "familiar": ["192.0.2.0/24"] beside the entry: networks that the account has long sent from.
//
// Answers {"preview": "...", "receipt": "...", "carry_out": "...", ...}; a failure is {"error": "...",
// "again": true} in its place, and ends the run unless it "goes_on". A receipt given as "receipt" is used
// where prepare is no step. "begun" is when the first step was, by the system's monotonic clock, in seconds.
//
// With "take_at" (milliseconds) everything goes through the ledger, as it does in the daemon: the entry, if
// there is one, is recorded with its action, the incident is assigned ("assign": "bob"), and the next row due
// at that time is taken, carried out and noted as done or failed. "id" is its number; "nothing_due": true
// when there is none.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <iterator>
#include <numeric>
#include <string>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include "response/action_type.h"
#include "response/queue_desk.h"
#include "store/ledger/clue_book.h"
#include "store/ledger/rows.h"

namespace postreeve {
namespace {

namespace json = boost::json;

std::string text(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(name);
  return found == nullptr ? std::string{} : json::value_to<std::string>(*found);
}

std::int64_t number(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(name);
  return found == nullptr ? 0 : found->to_number<std::int64_t>();
}

ActionSettings::Value value_of(const json::value& value, ActionKey::Kind kind) {
  switch (kind) {
    case ActionKey::Kind::kText:
      return json::value_to<std::string>(value);
    case ActionKey::Kind::kTexts:
      return json::value_to<std::vector<std::string>>(value);
    case ActionKey::Kind::kNumber:
      return value.to_number<std::int64_t>();
    case ActionKey::Kind::kFlag:
      return value.as_bool();
    case ActionKey::Kind::kDuration:
      return Duration{value.to_number<std::int64_t>()};  // milliseconds
  }
  return std::string{};
}

ActionSettings settings_of(const json::object& given, const ActionType& type) {
  ActionSettings settings("action");
  for (const ActionKey& key : type.keys) {
    if (const json::value* value = given.if_contains(key.name); value != nullptr)
      settings.set(std::string(key.name), value_of(*value, key.kind));
  }
  return settings;
}

StandingEntry entry_of(const json::object& given) {
  StandingEntry entry;
  entry.account = AccountId::from_login(text(given, "account"), "").value();
  entry.tenant = text(given, "tenant");
  entry.change.time = Timestamp{Duration{number(given, "time")}};
  entry.change.before.level = level_from(text(given, "before")).value();
  entry.change.after.level = level_from(text(given, "after")).value();
  entry.change.after.incident = {static_cast<std::uint64_t>(number(given, "incident"))};
  entry.change.after.until = static_cast<std::uint32_t>(number(given, "until"));
  entry.change.outgo = {.messages = static_cast<std::uint32_t>(number(given, "messages")),
                        .recipients = static_cast<std::uint32_t>(number(given, "recipients")),
                        .since = static_cast<std::uint32_t>(number(given, "since"))};
  if (const json::value* risk = given.if_contains("risk"); risk != nullptr)
    entry.risk = risk->to_number<double>();
  entry.client = text(given, "client");
  entry.author = text(given, "author");
  entry.reason = text(given, "reason");
  if (const json::value* evidence = given.if_contains("evidence"); evidence != nullptr) {
    for (const json::value& says : evidence->as_array()) {
      entry.evidence.push_back({.detector = "new_country",
                                .group = "origin",
                                .nats = 4.5,
                                .says = json::value_to<std::string>(says)});
    }
  }
  return entry;
}

// With "outcome" the incident is in the ledger, too: "open", or as a person judged it.
void record(LedgerDatabase& ledger, const StandingEntry& entry, std::string_view outcome) {
  if (outcome.empty()) return;
  IncidentBook incidents(ledger);
  incidents.record(entry).value();
  for (const Outcome judged : {Outcome::kConfirmed, Outcome::kDismissed}) {
    if (outcome == to_text(judged))
      incidents.settle({entry.change.after.incident, judged, "", {}}, "tess", entry.change.time).value();
  }
}

// "clues": {"queue_id": ["4jcc..."], "sender": ["..."]}: what was seen of the stranger.
void add_clues(LedgerDatabase& ledger, IncidentId incident, const json::object& given) {
  const json::value* clues = given.if_contains("clues");
  if (clues == nullptr) return;
  ClueBook book(ledger);
  for (const auto& [kind, values] : clues->as_object()) {
    for (const json::value& value : values.as_array())
      book.add(incident, {clue_kind_from_text(kind).value(), json::value_to<std::string>(value), ""}, {});
  }
  book.flush().value();
}

// "familiar": networks from which the account long sent.
AccountPlaces places_of(const json::object& given) {
  std::vector<Prefix> networks;
  if (const json::value* familiar = given.if_contains("familiar"); familiar != nullptr) {
    for (const json::value& network : familiar->as_array())
      networks.push_back(Prefix::parse(json::value_to<std::string>(network)).value());
  }
  std::vector<std::uint32_t> keys(networks.size());
  std::iota(keys.begin(), keys.end(), 1U);
  return {.familiar = [keys](const AccountId&) { return keys; },
          .key_of =
              [networks](const IpAddress& address) {
                const auto found = std::ranges::find(networks, network_of(address));
                return found == networks.end() ? 0 : static_cast<std::uint32_t>(found - networks.begin()) + 1;
              }};
}

Task task_of(const json::object& given) {
  Task task = postreeve::task_of(entry_of(given), "action", Direction::kCarryOut);
  task.id = 17;
  return task;
}

// Whether the step went well; what it told goes into `answers`.
bool tell(json::object& answers, std::string_view step, const Result<std::string>& told) {
  if (told) {
    answers[step] = *told;
    return true;
  }
  const bool again =
      told.error().code == ErrorCode::kUnavailable || told.error().code == ErrorCode::kConflict;
  answers[step] = json::object{{"error", told.error().detail}, {"again", again}};
  return false;
}

// "desk hold", "desk delete --dry-run": what the command line does by the settings of an action "queue".
Result<std::string> desk_step(const ActionSettings& settings, const ActionWorld& world, const Task& task,
                              std::string_view step) {
  auto helper = read_queue_helper(settings);
  if (!helper) return fail(helper.error());
  auto removal = read_queue_removal(settings);
  if (!removal) return fail(removal.error());
  const QueueDesk desk(*std::move(helper), *std::move(removal), world.ledger, world.places);
  const bool is_dry_run = step.ends_with(" --dry-run");
  const auto verb = queue_verb_from(step.substr(5, step.find(' ', 5) - 5));
  const auto change = desk.change({.verb = verb.value(), .is_dry_run = is_dry_run},
                                  {.account = task.account, .incident = {}});
  if (!change) return fail(change.error());
  return change->says;
}

Result<std::string> step_of(ResponseAction& action, Task& task, std::string_view step) {
  if (step == "carry_out") return action.carry_out(task);
  if (step == "undo") return action.undo(task);
  if (step == "rehearse") return action.rehearse(task, std::nullopt);
  if (step == "rehearse dismissed") return action.rehearse(task, Outcome::kDismissed);
  if (step == "rehearse confirmed") return action.rehearse(task, Outcome::kConfirmed);
  Result<std::string> receipt = action.prepare(task);
  if (receipt) task.receipt = *receipt;
  return receipt;
}

void require(const Result<void>& outcome) {
  if (!outcome) throw std::runtime_error(outcome.error().detail);
}

void record(LedgerDatabase& ledger, const json::object& given) {
  IncidentBook book(ledger);
  if (const json::value* described = given.if_contains("entry"); described != nullptr) {
    StandingEntry entry = entry_of(described->as_object());
    entry.change.before.incident = entry.change.after.incident;
    entry.actions = {outbox_action(postreeve::task_of(entry, "action", Direction::kCarryOut))};
    require(book.record(entry));
  }
  if (const json::value* name = given.if_contains("assign"); name != nullptr) {
    const auto open = book.find({.outcome = Outcome::kOpen, .account = {}, .since = {}, .before = {}});
    TimelineRow line;
    line.incident = open.value().front().id;
    line.kind = EntryKind::kNote;
    line.author = "tess";
    require(book.assign(json::value_to<std::string>(*name), line));
  }
}

void carry_out_row(LedgerDatabase& ledger, ResponseAction& action, const json::object& given,
                   json::object& answers) {
  record(ledger, given);
  Outbox outbox(ledger);
  const Timestamp now{Duration{number(given, "take_at")}};
  const auto row = outbox.take("action", now, std::chrono::minutes{1}).value();
  if (!row) {
    answers["nothing_due"] = true;
    return;
  }
  const Task task = read_task(*row).value();
  answers["id"] = task.id;
  const Result<std::string> told = action.carry_out(task);
  require(tell(answers, "carry_out", told) ? outbox.done(task.id, *told, now)
                                           : outbox.failed(task.id, told.error().detail, now));
}

int run() {
  const std::string input((std::istreambuf_iterator<char>(std::cin)), {});
  const json::value parsed = json::parse(input);
  const json::object& given = parsed.as_object();
  const std::string folder = text(given, "state_folder");
  const auto ledger = LedgerDatabase::open({.path = folder + "/ledger.db"});
  const ActionType* type = find_action_type(text(given, "type"));
  if (!ledger || type == nullptr) {
    std::cerr << (ledger ? "no such type of action" : ledger.error().detail) << '\n';
    return 1;
  }
  const ActionSettings settings = settings_of(given.at("settings").as_object(), *type);
  const ActionWorld world{.ledger = **ledger, .state_folder = folder, .places = places_of(given)};
  json::object answers;
  const auto action = type->make(settings, world);
  if (!action) {
    tell(answers, "make", fail(action.error()));
  } else if (given.contains("take_at")) {
    carry_out_row(**ledger, **action, given, answers);
  } else {
    const json::object& told = given.at("entry").as_object();
    record(**ledger, entry_of(told), text(told, "outcome"));
    Task task = task_of(told);
    add_clues(**ledger, task.incident, given);
    task.receipt = text(given, "receipt");
    const bool is_undo = given.contains("is_undo");
    if (is_undo) task.direction = Direction::kUndo;
    answers["preview"] = (*action)->preview(task);
    const std::chrono::duration<double> begun = std::chrono::steady_clock::now().time_since_epoch();
    answers["begun"] = begun.count();
    for (const json::value& step : given.at("steps").as_array()) {
      const std::string name = json::value_to<std::string>(step);
      task.direction = is_undo || name == "undo" ? Direction::kUndo : Direction::kCarryOut;
      if (!tell(answers, name == "prepare" ? "receipt" : name,
                name.starts_with("desk ") ? desk_step(settings, world, task, name)
                                          : step_of(**action, task, name)) &&
          !given.contains("goes_on"))
        break;
    }
  }
  std::cout << json::serialize(answers) << '\n';
  return 0;
}

}  // namespace
}  // namespace postreeve

int main() {
  try {
    return postreeve::run();
  } catch (const std::exception& wrong) {
    std::cerr << wrong.what() << '\n';
    return 1;
  }
}
