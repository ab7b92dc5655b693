// One account before the judge, driven by prepared facts: for tests only.
#pragma once

#include <cstdint>
#include <vector>

#include "detect/origin_testing.h"
#include "judge/decide.h"

namespace postreeve {

inline constexpr Timestamp kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} +
                                  std::chrono::hours{8}};
inline constexpr Hash128 kAccount{1, 2};

[[nodiscard]] inline Origin thiefs_place() {
  return origin_at(66, 60, "VN", 9);
}

// Keeps a record and the decisions about it; makes facts as the engine would.
class Account {
 public:
  AccountRecord record;
  Policy policy;
  Decision decision;
  Timestamp now = kStart;
  bool fuse_is_out = false;
  LimitFacts limit;
  std::vector<StandingChange> changes;

  [[nodiscard]] Facts facts(StepKind kind, const Origin& origin) const {
    Facts facts;
    facts.kind = kind;
    facts.time = now;
    facts.account = kAccount;
    facts.origin = origin;
    facts.use = kind == StepKind::kLogin ? Use::kRead : Use::kSend;
    facts.limit = limit;
    facts.fuse_is_out = fuse_is_out;
    return facts;
  }

  [[nodiscard]] Facts recipient_facts(const Origin& origin, std::uint32_t to) const {
    Facts asked = facts(StepKind::kRecipient, origin);
    asked.recipient.key = to;
    asked.transaction_key = transaction_;
    asked.step_key = transaction_ * 100'000 + to;
    asked.mail_key = to;
    return asked;
  }

  [[nodiscard]] Facts message_facts(const Origin& origin, std::uint32_t recipients) const {
    Facts sent = facts(StepKind::kMessage, origin);
    sent.message.recipients = recipients;
    sent.message.sender_is_own = true;
    sent.transaction_key = transaction_;
    sent.step_key = transaction_ * 100'000;
    sent.mail_key = 1'000'000 + transaction_;
    sent.answer_transaction = transaction_;
    return sent;
  }

  const Verdict& judge(const Facts& facts) {
    decide(record, facts, policy, decision);
    if (decision.change) changes.push_back(*decision.change);
    return decision.verdict;
  }

  // Opens a transaction; the next recipients and message belong to it.
  void begin() { ++transaction_; }
  [[nodiscard]] std::uint32_t transaction() const { return transaction_; }
  const Verdict& ask(const Origin& origin, std::uint32_t to) { return judge(recipient_facts(origin, to)); }
  const Verdict& submit(const Origin& origin, std::uint32_t recipients = 1) {
    return judge(message_facts(origin, recipients));
  }

  // A whole message; returns how many recipients got out.
  std::uint32_t send(const Origin& origin, const std::vector<std::uint32_t>& recipients) {
    begin();
    std::uint32_t accepted = 0;
    for (const std::uint32_t to : recipients) accepted += ask(origin, to).action == Action::kAccept ? 1U : 0U;
    if (accepted == 0 || submit(origin, accepted).action != Action::kAccept) return 0;
    return accepted;
  }

  const Verdict& login(const Origin& origin, bool success = true, std::uint64_t password = 0) {
    Login login;
    login.success = success;
    login.password_hash = password;
    Facts tried = facts(StepKind::kLogin, origin);
    tried.login = &login;
    return judge(tried);
  }

  const Verdict& answer(std::uint32_t transaction, bool refused) {
    Facts said = facts(StepKind::kDelivery, {});
    said.use = Use::kRead;
    said.answer.refused = refused;
    said.answer.dsn = {static_cast<std::uint16_t>(refused ? 5 : 2), 1, 1};
    said.answer_transaction = transaction;
    return judge(said);
  }

  const Verdict& scan(std::uint32_t transaction, ScanResult result) {
    Scan opinion;
    opinion.result = result;
    Facts said = facts(StepKind::kScan, {});
    said.answer_transaction = transaction;
    said.scan = &opinion;
    return judge(said);
  }

  const Verdict& set(const Origin& origin, SettingKind kind, std::string_view domain = "gmail.com") {
    Facts made = facts(StepKind::kSettingChange, origin);
    made.setting = {.kind = kind, .target_domain = domain};
    return judge(made);
  }

  const Verdict& complain(std::uint32_t transaction, std::uint32_t step_key = 0) {
    Facts said = facts(StepKind::kComplaint, {});
    said.answer_transaction = transaction;
    said.step_key = step_key;
    return judge(said);
  }

  void change_credentials() {
    apply_credential_change(record, now, policy, decision);
    if (decision.change) changes.push_back(*decision.change);
  }

  void judge_by_person(bool confirmed) {
    Judgement judgement;
    judgement.time = now;
    judgement.confirmed = confirmed;
    apply_judgement(record, kAccount, judgement, policy, decision);
    if (decision.change) changes.push_back(*decision.change);
  }

  // Some weeks at the office, four messages a day to forty friends (1 to 40).
  void live(int days = 30) {
    for (int i = 0; i < days * 4; ++i) {
      send(office(), {1 + static_cast<std::uint32_t>(i) % 40});
      now += std::chrono::hours{6};
    }
  }

  // A spam run from the thief's place; returns how many recipients got out.
  std::uint32_t run(int messages = 10, std::uint32_t recipients = 30) {
    std::uint32_t out = 0;
    for (int i = 0; i < messages; ++i) {
      std::vector<std::uint32_t> victims;
      for (std::uint32_t n = 0; n < recipients; ++n) victims.push_back(next_victim_++);
      out += send(thiefs_place(), victims);
      now += std::chrono::seconds{5};
    }
    return out;
  }

  [[nodiscard]] Level level() const { return record.standing.level; }

 private:
  std::uint32_t transaction_ = 100;
  std::uint32_t next_victim_ = 10'000;
};

// Puts the account into a standing as if it had just come to it.
inline void put(Account& account, Level level, Scope scope = Scope::kUnfamiliarOrigins) {
  account.record.standing = {
      .since = to_seconds32(account.now),
      .until = level == Level::kSuspended ? 0 : to_seconds32(account.now + std::chrono::hours{2}),
      .incident = {77},
      .level = level,
      .scope = scope};
}

// Whatever is found calls for this rung.
inline void always(Account& account, Level level) {
  Ladder& ladder = account.policy.ladder;
  ladder.watched = -100;
  ladder.slowed = level == Level::kSlowed ? -100 : 100;
  ladder.held = ladder.suspended = 100;
}

}  // namespace postreeve
