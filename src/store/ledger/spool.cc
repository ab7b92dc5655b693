#include "store/ledger/spool.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "store/ledger/rows.h"

namespace postreeve {
namespace {

constexpr std::string_view kStanding = "standing";

struct Kind {
  std::string_view name;
  Result<void> (*carry_out)(soci::session&, const Texts&);
};

constexpr Kind kKinds[] = {
    {"list put", put_list_entry},
    {"list remove", remove_list_entry},
    {"policy put", put_account_policy},
    {"policy remove", remove_account_policy},
    {"audit", insert_audit_entry},
    {"action end", end_action},
    {"hourly counts", add_hourly_counts},
    {"activity", add_activity},
    {"clues", add_clues},
};

std::unexpected<Error> unreadable() {
  return fail(ErrorCode::kCorrupt, "a spooled write cannot be read");
}

// Takes the texts one after the other; a missing one is empty, a wrong one is remembered.
class Reader {
 public:
  explicit Reader(const Texts& texts) : texts_(texts) {}

  std::string text() { return at_ < texts_.size() ? texts_[at_++] : std::string{}; }
  template <typename Number>
  Number number() {
    const std::string digits = text();
    Number value{};
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) is_sound_ = false;
    return value;
  }
  bool flag() { return number<int>() != 0; }
  template <typename Value>
  Value checked(Result<Value> value) {
    if (value) return *std::move(value);
    is_sound_ = false;
    return Value{};
  }
  Standing standing() {
    Standing standing;
    standing.level = checked(level_from(text()));
    standing.scope = checked(scope_from(text()));
    standing.since = number<std::uint32_t>();
    standing.until = number<std::uint32_t>();
    standing.incident = checked(incident_from(text()));
    return standing;
  }
  std::vector<OutboxAction> actions() {
    std::vector<OutboxAction> actions(count());
    for (OutboxAction& action : actions) {
      action.kind = text();
      action.payload = text();
      action.not_before = time_from(number<long long>());
    }
    return actions;
  }
  // None in what an earlier version wrote.
  std::optional<IncidentJudgement> judgement() {
    if (at_ == texts_.size() || !flag()) return std::nullopt;
    IncidentJudgement judgement;
    judgement.incident = checked(incident_from(text()));
    judgement.outcome = checked(enum_from<Outcome>(text(), 4));
    judgement.text = text();
    judgement.actions = actions();
    return judgement;
  }
  // Of items that follow; a broken count must not make us read for ever.
  std::size_t count() { return std::min(number<std::size_t>(), texts_.size()); }

  [[nodiscard]] bool is_sound() const { return is_sound_; }

 private:
  const Texts& texts_;
  std::size_t at_ = 0;
  bool is_sound_ = true;
};

void add(Texts& texts, const Standing& standing) {
  texts.emplace_back(to_text(standing.level));
  texts.emplace_back(to_text(standing.scope));
  texts.push_back(std::to_string(standing.since));
  texts.push_back(std::to_string(standing.until));
  texts.push_back(stored_incident(standing.incident));
}

void add(Texts& texts, const std::vector<OutboxAction>& actions) {
  texts.push_back(std::to_string(actions.size()));
  for (const OutboxAction& action : actions) {
    texts.push_back(action.kind);
    texts.push_back(action.payload);
    texts.push_back(std::to_string(stored_time(action.not_before)));
  }
}

void add(Texts& texts, const std::optional<IncidentJudgement>& judgement) {
  texts.emplace_back(judgement ? "1" : "0");
  if (!judgement) return;
  texts.push_back(stored_incident(judgement->incident));
  texts.emplace_back(to_text(judgement->outcome));
  texts.push_back(stored_line(judgement->text));
  add(texts, judgement->actions);
}

}  // namespace

std::string packed(const Texts& texts) {
  std::string body;
  for (const std::string& text : texts) body += fmt::format("{}:{},", text.size(), text);
  return body;
}

Result<Texts> unpacked(std::string_view body) {
  Texts texts;
  while (!body.empty()) {
    std::size_t size = 0;
    const auto read = std::from_chars(body.data(), body.data() + body.size(), size);
    body.remove_prefix(static_cast<std::size_t>(read.ptr - body.data()));
    if (read.ec != std::errc{} || !body.starts_with(':') || size > body.size() - 1) return unreadable();
    texts.emplace_back(body.substr(1, size));
    body.remove_prefix(size + 1);
    if (!body.starts_with(',')) return unreadable();
    body.remove_prefix(1);
  }
  return texts;
}

SpooledWrite spooled(const StandingEntry& entry) {
  const StandingChange& change = entry.change;
  Texts texts{stored_account(entry.account), stored_hash(entry.key), stored_line(entry.tenant, 320),
              std::to_string(stored_time(change.time))};
  add(texts, change.before);
  add(texts, change.after);
  for (const std::uint32_t number : {change.outgo.messages, change.outgo.recipients, change.outgo.since})
    texts.push_back(std::to_string(number));
  for (const bool flag : {change.opens_incident, change.observed_only, entry.is_observed, entry.needs_stored})
    texts.emplace_back(flag ? "1" : "0");
  texts.push_back(fmt::format("{}", entry.risk));
  texts.push_back(stored_line(entry.client, 64));
  texts.push_back(stored_line(entry.author, 320));
  texts.push_back(stored_line(entry.reason));
  texts.push_back(std::to_string(entry.evidence.size()));
  for (const SaidEvidence& evidence : entry.evidence) {
    texts.push_back(stored_line(evidence.detector, 64));
    texts.push_back(stored_line(evidence.group, 64));
    texts.push_back(fmt::format("{}", evidence.nats));
    texts.push_back(stored_line(evidence.says));
  }
  add(texts, entry.actions);
  add(texts, entry.actions_after_observed);
  add(texts, entry.judgement);
  return {.kind = std::string(kStanding), .body = packed(texts)};
}

Result<StandingEntry> standing_entry_from(std::string_view body) {
  const auto texts = unpacked(body);
  if (!texts) return fail(texts.error());
  Reader read(*texts);
  StandingEntry entry;
  auto account = account_from(read.text());
  if (!account) return unreadable();
  entry.account = *std::move(account);
  entry.key = read.checked(hash_from(read.text()));
  entry.tenant = read.text();
  entry.change.time = time_from(read.number<long long>());
  entry.change.before = read.standing();
  entry.change.after = read.standing();
  entry.change.outgo.messages = read.number<std::uint32_t>();
  entry.change.outgo.recipients = read.number<std::uint32_t>();
  entry.change.outgo.since = read.number<std::uint32_t>();
  entry.change.opens_incident = read.flag();
  entry.change.observed_only = read.flag();
  entry.is_observed = read.flag();
  entry.needs_stored = read.flag();
  entry.risk = read.number<double>();
  entry.client = read.text();
  entry.author = read.text();
  entry.reason = read.text();
  for (std::size_t left = read.count(); left > 0; --left) {
    SaidEvidence& evidence = entry.evidence.emplace_back();
    evidence.detector = read.text();
    evidence.group = read.text();
    evidence.nats = read.number<double>();
    evidence.says = read.text();
  }
  entry.actions = read.actions();
  entry.actions_after_observed = read.actions();
  entry.judgement = read.judgement();
  if (!read.is_sound()) return unreadable();
  return entry;
}

Result<LedgerDatabase::Work> work_of(const SpooledWrite& write) {
  if (write.kind == kStanding) {
    auto entry = standing_entry_from(write.body);
    if (!entry) return fail(entry.error());
    return [entry = *std::move(entry)](soci::session& session) { return bring_over(session, entry); };
  }
  auto columns = unpacked(write.body);
  if (!columns) return fail(columns.error());
  for (const Kind& kind : kKinds) {
    if (kind.name != write.kind) continue;
    return [carry_out = kind.carry_out, columns = *std::move(columns)](soci::session& session) {
      return carry_out(session, columns);
    };
  }
  return fail(ErrorCode::kCorrupt, fmt::format("'{}' is no kind of spooled write", write.kind));
}

}  // namespace postreeve
