#include "engine/engine.h"

#include <algorithm>

#include "detect/complaints.h"
#include "detect/refusals.h"
#include "engine/common_traits.h"
#include "engine/fact_builder.h"
#include "judge/decide.h"
#include "judge/ladder.h"
#include "judge/limit_matcher.h"
#include "judge/order.h"
#include "net/prefix.h"
#include "profile/webmail.h"

namespace postreeve {
namespace {

// A record may be older than its standing: what led to a restriction that was lifted since must not bring it
// about again. It may also be newer, when the ledger had not written yet what nobody was told yet.
void bring_back(AccountRecord& record, const Standing& standing) {
  const Standing& recorded = record.standing;
  if (is_restriction(recorded.level) && !is_restriction(standing.level)) {
    if (recorded.since > standing.since) return;
    record.owner.risk = {};
    record.stranger.reset();
  } else if (standing.level == Level::kClear && recorded.level != Level::kRecovering) {
    return;  // watched, perhaps, which only records know
  }
  record.standing = standing;
}

// Runs a callable as a step on a record.
template <typename Run>
class StepOf final : public RecordStep {
 public:
  explicit StepOf(Run run) : run_(std::move(run)) {}
  void run(AccountRecord& record) override { run_(record); }

 private:
  Run run_;
};

}  // namespace

struct Engine::Impl {
  Impl(const Policy& p, const Locator& locator, const HashKey& key, AccountStore& a, SharedCounters& c)
      : policy(p), accounts(a), counters(c), builder(p, locator, key), limits(p) {}

  template <typename Mail>
  void observe_mail(const Mail& mail, Observation& observation);
  void observe(const Login& login, Observation& observation);
  void observe(const Recipient& recipient, Observation& observation) { observe_mail(recipient, observation); }
  void observe(const Submission& submission, Observation& observation) {
    observe_mail(submission, observation);
  }
  void observe(const Delivery& delivery, Observation& observation);
  void observe(const Scan& scan, Observation& observation);
  void observe(const SettingChange& change, Observation& observation);
  void observe(const Complaint& complaint, Observation& observation);
  void observe(const CredentialChange& change, Observation& observation);
  void observe(const Judgement& judgement, Observation& observation);

  void step(Facts& facts, Observation& observation);
  void step_among_others(Facts& facts, const AccountId& account, Observation& observation);
  NetworkSnapshot note_network(const Facts& facts, bool success);
  LimitFacts check_limits(const LimitQuery& query, const Facts& facts) const;
  void use_limits(const LimitQuery& query, const Facts& facts);
  std::uint64_t limit_key(std::uint16_t number, const Limit& limit, const Facts& facts,
                          const LimitQuery& query) const;
  bool fuse_is_out(Timestamp time);
  // Within the step, or the numbers of two changes of one account might be exchanged.
  void number(Observation& observation) {
    if (observation.change) observation.change->number = counters.number_change();
  }

  const Policy& policy;
  AccountStore& accounts;
  SharedCounters& counters;
  FactBuilder builder;
  LimitMatcher limits;
};

// A broken geography file, a clock or a lost PROXY header makes strangers of everybody at once.
bool Engine::Impl::fuse_is_out(Timestamp time) {
  const std::uint64_t most = std::max<std::uint64_t>(5, accounts.active() / 1000);
  return counters.restrictions(time) >= most;
}

void Engine::Impl::step(Facts& facts, Observation& observation) {
  facts.fuse_is_out = fuse_is_out(facts.time);
  StepOf run([&](AccountRecord& record) {
    if (facts.by_webmail) facts.origin = webmail_origin(record, facts.time);
    decide(record, facts, policy, observation);
    number(observation);
  });
  accounts.update(facts.account, run);
  const bool restricts = observation.change && is_restriction(observation.change->after.level) &&
                         !is_restriction(observation.change->before.level);
  if (restricts) counters.add_restriction(facts.time);
}

// For events that come from somewhere: what other accounts have in common with them counts too.
void Engine::Impl::step_among_others(Facts& facts, const AccountId& account, Observation& observation) {
  const CommonTraits::Room room{counters, builder, limits};
  CommonTraits others(room, facts, account);
  facts.neighbours = &others;
  step(facts, observation);
  others.note(observation);
  facts.neighbours = nullptr;
}

NetworkSnapshot Engine::Impl::note_network(const Facts& facts, bool success) {
  if (!facts.origin.known) return {};
  return counters.add_login(facts.origin.network, facts.account.low, success, facts.time);
}

std::uint64_t Engine::Impl::limit_key(std::uint16_t number, const Limit& limit, const Facts& facts,
                                      const LimitQuery& query) const {
  const std::uint64_t salt = mix64(number);
  const auto of_prefix = [&](const Prefix& prefix) {
    return mix64(salt ^ prefix.address().low() ^ mix64(prefix.address().high() ^ salt));
  };
  switch (limit.key) {
    case LimitKey::kAccount:
      return mix64(salt ^ facts.account.low);
    case LimitKey::kAddress:
      return query.address ? of_prefix(host_of(*query.address)) : mix64(salt ^ facts.account.low);
    case LimitKey::kNetwork:
      return query.address ? of_prefix(network_of(*query.address)) : mix64(salt ^ facts.account.low);
    case LimitKey::kTenant:
      return mix64(salt ^ limits.tenant_of(query.account));
  }
  return 0;
}

LimitFacts Engine::Impl::check_limits(const LimitQuery& query, const Facts& facts) const {
  LimitFacts result;
  limits.each_match(query, [&](std::uint16_t number, const Limit& limit) {
    if (limit.counted == Counted::kRecipientsPerMessage) {
      if (limit.amount >= result.most_in_message) return;
      result.most_in_message = limit.amount;
      result.most_action = limit.action;
      result.most_number = number;
      return;
    }
    const std::uint64_t key = limit_key(number, limit, facts, query);
    const bool exceeded = counters.used(key, limit.window, facts.time) + 1 > limit.amount;
    if (!exceeded || limit.action <= result.action) return;
    result.action = limit.action;
    result.number = number;
  });
  return result;
}

// What is refused uses no budget, so that a client's retries do not stick to the limit.
void Engine::Impl::use_limits(const LimitQuery& query, const Facts& facts) {
  limits.each_match(query, [&](std::uint16_t number, const Limit& limit) {
    if (limit.counted == Counted::kRecipientsPerMessage) return;
    counters.use(limit_key(number, limit, facts, query), limit.window, facts.time, 1);
  });
}

namespace {

template <typename Mail>
constexpr bool kIsMessage = std::is_same_v<Mail, Submission>;

template <typename Mail>
LimitQuery query_of(const Mail& mail, const Facts& facts, const Policy& policy) {
  const bool own = kIsMessage<Mail> ? facts.message.sender_is_own
                                    : mail.sender.empty() || owns_address(policy, mail.account, mail.sender);
  return {.time = mail.time,
          .account = mail.account,
          .address = mail.session.client_address,
          .country = facts.origin.country,
          .service = mail.session.service,
          .at_message = kIsMessage<Mail>,
          .envelope_owned = own,
          .header_owned = facts.message.from_is_own};
}

}  // namespace

template <typename Mail>
void Engine::Impl::observe_mail(const Mail& mail, Observation& observation) {
  Facts facts = builder.build(mail);
  facts.network = note_network(facts, true);
  if (policy.limits.empty()) {
    step_among_others(facts, mail.account, observation);
    return;
  }
  const LimitQuery query = query_of(mail, facts, policy);
  facts.limit = check_limits(query, facts);
  step_among_others(facts, mail.account, observation);
  const Action action = observation.verdict.action;
  const bool is_refused = action == Action::kDefer || action == Action::kReject;
  if (!observation.repeated && !is_refused) use_limits(query, facts);
}

void Engine::Impl::observe(const Login& login, Observation& observation) {
  Facts facts = builder.build(login);
  facts.network = note_network(facts, login.success);
  if (login.success) {
    step_among_others(facts, login.account, observation);
  } else {
    step(facts, observation);
  }
}

void Engine::Impl::observe(const Delivery& delivery, Observation& observation) {
  // Neither delivered nor refused says nothing: greylisting, a full mailbox, a dead server.
  const bool refused = is_refusal(delivery.status, delivery.dsn);
  if (!refused && delivery.status != DeliveryStatus::kSent) {
    reset(observation);
    return;
  }
  Facts facts = builder.build(delivery);
  facts.answer.refused = refused;
  facts.answer.everybody =
      counters.add_delivery(builder.destination_key(delivery.recipient), facts.answer.refused, facts.time);
  step(facts, observation);
}

void Engine::Impl::observe(const Scan& scan, Observation& observation) {
  Facts facts = builder.build(scan);
  step(facts, observation);
}

void Engine::Impl::observe(const SettingChange& change, Observation& observation) {
  Facts facts = builder.build(change);
  facts.network = note_network(facts, true);
  step_among_others(facts, change.account, observation);
}

void Engine::Impl::observe(const Complaint& complaint, Observation& observation) {
  if (!is_complaint(complaint.feedback_type)) {
    reset(observation);
    return;
  }
  Facts facts = builder.build(complaint);
  step(facts, observation);
}

void Engine::Impl::observe(const CredentialChange& change, Observation& observation) {
  StepOf run([&](AccountRecord& record) {
    apply_credential_change(record, change.time, policy, observation);
    number(observation);
  });
  accounts.update(builder.account_key(change.account), run);
}

void Engine::Impl::observe(const Judgement& judgement, Observation& observation) {
  const Hash128 account = builder.account_key(judgement.account);
  StepOf run([&](AccountRecord& record) {
    apply_judgement(record, account, judgement, policy, observation);
    number(observation);
  });
  accounts.update(account, run);
  counters.settle_accusations(CommonTraits::account_key(account), judgement.confirmed);
}

Engine::Engine(const Policy& policy, const Locator& locator, const HashKey& key, AccountStore& accounts,
               SharedCounters& counters)
    : impl_(std::make_unique<Impl>(policy, locator, key, accounts, counters)) {}
Engine::~Engine() = default;

void Engine::order(const AccountId& account, Level level, Timestamp time, Observation& observation) {
  const Hash128 key = key_of(account);
  StepOf run([&](AccountRecord& record) {
    apply_order(record, key, level, time, impl_->policy, observation);
    impl_->number(observation);
  });
  impl_->accounts.update(key, run);
}

void Engine::restore(const Hash128& account, const Standing& standing) {
  StepOf run([&](AccountRecord& record) { bring_back(record, standing); });
  impl_->accounts.update(account, run);
}

Standing Engine::standing_of(const AccountId& account, Timestamp time) const {
  std::optional<AccountRecord> record = impl_->accounts.find(key_of(account));
  if (!record) return {};
  let_expire(record->standing, time);
  return record->standing;
}

Hash128 Engine::key_of(const AccountId& account) const {
  return impl_->builder.account_key(account);
}

void Engine::observe(const Event& event, Observation& observation) {
  std::visit([&](const auto& e) { impl_->observe(e, observation); }, event);
}

}  // namespace postreeve
