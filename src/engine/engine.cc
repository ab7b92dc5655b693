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
#include "mail/delivery_reply.h"
#include "net/prefix.h"
#include "profile/webmail.h"

namespace postreeve {
namespace {

bool is_same_rung(const Standing& a, const Standing& b) {
  return a.level == b.level && a.scope == b.scope && a.incident == b.incident;
}

bool ends_before(const Standing& a, const Standing& b) {
  return a.until != 0 && (b.until == 0 || a.until < b.until);
}

// The end of a standing that goes on moves in the record, and in the ledger when it would be over there. It
// never comes nearer.
bool is_shorter(const Standing& a, const Standing& b) {
  return is_same_rung(a, b) && a.since == b.since && ends_before(a, b);
}

// As a record finds by itself when its account is next seen: nobody has said that nothing was the matter.
bool has_ended(const Standing& recorded, const Standing& standing) {
  Standing ended = recorded;
  let_expire(ended, from_seconds32(standing.since));
  return ended == standing;
}

// A record may be older than its standing: what led to a restriction that was lifted since must not bring it
// about again. It may also be newer, when the ledger had not written yet what nobody was told yet.
void bring_back(AccountRecord& record, const Standing& standing) {
  const Standing& recorded = record.standing;
  if (is_shorter(standing, recorded)) return;
  if (is_restriction(recorded.level) && !is_restriction(standing.level)) {
    if (recorded.since > standing.since) return;
    if (!has_ended(recorded, standing)) {
      record.owner.risk = {};
      record.stranger.reset();
    }
  } else if (standing.level == Level::kClear && recorded.level != Level::kRecovering) {
    return;  // watched, perhaps, which only records know
  }
  const std::uint32_t ordered = std::max(recorded.ordered, standing.ordered);  // ledgers do not tell it
  record.standing = standing;
  record.standing.ordered = ordered;
}

// Records know seconds only, and that an account is watched is in records only. A milder restriction is
// somebody's word, or of somebody who did not know of the more severe one.
bool may_be_later(const Standing& recorded, const Standing& standing) {
  const bool is_milder = is_restriction(standing.level) && recorded.level > standing.level;
  return is_milder || recorded.since >= standing.since;
}

// A milder restriction follows a more severe one when that is over, or when a person says so: else it was set
// on a record that had lost the other.
bool was_set_without(const Standing& recorded, const Standing& standing) {
  const bool is_weaker = is_restriction(recorded.level) && recorded.level < standing.level;
  const bool was_over = standing.until != 0 && standing.until <= recorded.since;
  return is_weaker && !was_over && recorded.ordered < recorded.since;
}

bool is_later(const Standing& recorded, const Standing& standing) {
  const bool is_told = is_restriction(recorded.level) || recorded.level == Level::kRecovering;
  return is_told && recorded.since > standing.since && !was_set_without(recorded, standing);
}

// Through a web server only the account can be vouched for: its address is everybody's.
void vouch(Facts& facts, Trust trust) {
  if (trust == Trust::kAccount || (trust == Trust::kPlace && facts.origin.known)) facts.origin.trusted = true;
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
  void observe_mail(const Mail& mail, Observation& observation, Trust trust);
  void observe(const Login& login, Observation& observation, Trust trust);
  void observe(const Recipient& recipient, Observation& observation, Trust trust) {
    observe_mail(recipient, observation, trust);
  }
  void observe(const Submission& submission, Observation& observation, Trust trust) {
    observe_mail(submission, observation, trust);
  }
  void observe(const Delivery& delivery, Observation& observation);
  void observe(const Scan& scan, Observation& observation);
  void observe(const SettingChange& change, Observation& observation);
  void observe(const Complaint& complaint, Observation& observation);
  void observe(const CredentialChange& change, Observation& observation);
  void observe(const Judgement& judgement, Observation& observation);

  // With a query, mail of the webmail is asked for limits as soon as its place is known.
  void step(Facts& facts, Observation& observation, LimitQuery* query = nullptr);
  void step_among_others(Facts& facts, const AccountId& account, Observation& observation,
                         LimitQuery* query = nullptr);
  NetworkSnapshot note_network(const Facts& facts, bool success);
  LimitFacts check_limits(const LimitQuery& query, const Facts& facts) const;
  void check_limits_of_webmail(Facts& facts, LimitQuery& query) const;
  void use_limits(const LimitQuery& query, const Facts& facts);
  std::uint64_t limit_key(std::uint16_t number, const Limit& limit, const Facts& facts,
                          const LimitQuery& query) const;
  Fuse fuse(Timestamp time) const;
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
Fuse Engine::Impl::fuse(Timestamp time) const {
  const std::uint64_t most = std::max<std::uint64_t>(5, accounts.active() / 1000);
  const std::uint32_t restrictions = counters.restrictions(time);
  return {.is_out = restrictions >= most, .restrictions = restrictions};
}

void Engine::Impl::step(Facts& facts, Observation& observation, LimitQuery* query) {
  facts.fuse_is_out = fuse(facts.time).is_out;
  const bool is_trusted = facts.origin.trusted;
  StepOf run([&](AccountRecord& record) {
    if (facts.by_webmail) {
      facts.origin = webmail_origin(record, facts.time);
      if (query != nullptr) check_limits_of_webmail(facts, *query);
    }
    facts.origin.trusted |= is_trusted;
    decide(record, facts, policy, observation);
    number(observation);
  });
  accounts.update(facts.account, run);
  const bool restricts = observation.change && is_restriction(observation.change->after.level) &&
                         !is_restriction(observation.change->before.level);
  if (restricts) counters.add_restriction(facts.time);
}

// For events that come from somewhere: what other accounts have in common with them counts too.
void Engine::Impl::step_among_others(Facts& facts, const AccountId& account, Observation& observation,
                                     LimitQuery* query) {
  const CommonTraits::Room room{counters, builder, limits};
  CommonTraits others(room, facts, account);
  facts.neighbours = &others;
  step(facts, observation, query);
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
  // The web server's address would be one for all. Of the owner's session the network is known, no address.
  const auto of_place = [&](std::uint32_t place) {
    return mix64(salt ^ (place != 0 ? place : facts.account.low));
  };
  switch (limit.key) {
    case LimitKey::kAccount:
      return mix64(salt ^ facts.account.low);
    case LimitKey::kAddress:
      return of_place(facts.origin.host);
    case LimitKey::kNetwork:
      return of_place(facts.origin.network);
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

// Where it comes from only the record knows.
void Engine::Impl::check_limits_of_webmail(Facts& facts, LimitQuery& query) const {
  query.country = facts.origin.country;
  facts.limit = check_limits(query, facts);
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
void Engine::Impl::observe_mail(const Mail& mail, Observation& observation, Trust trust) {
  Facts facts = builder.build(mail);
  vouch(facts, trust);
  facts.network = note_network(facts, true);
  if (policy.limits.empty()) {
    step_among_others(facts, mail.account, observation);
    return;
  }
  LimitQuery query = query_of(mail, facts, policy);
  if (!facts.by_webmail) facts.limit = check_limits(query, facts);
  step_among_others(facts, mail.account, observation, &query);
  const Action action = observation.verdict.action;
  const bool is_refused = action == Action::kDefer || action == Action::kReject;
  if (!observation.repeated && !is_refused) use_limits(query, facts);
}

void Engine::Impl::observe(const Login& login, Observation& observation, Trust trust) {
  Facts facts = builder.build(login);
  vouch(facts, trust);
  if (login.success || is_guess(login.reason)) facts.network = note_network(facts, login.success);
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
  if (refused && blames_our_address(delivery.dsn, delivery.response)) {
    reset(observation);
    return;
  }
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

bool Engine::restore_unless_later(const Hash128& account, const Standing& standing, const Standing& before) {
  bool is_settled = false;
  StepOf run([&](AccountRecord& record) {
    const Standing& recorded = record.standing;
    const bool is_short = is_shorter(recorded, standing);
    const bool is_there = is_same_rung(recorded, standing) && recorded.since >= standing.since && !is_short;
    const bool is_older = recorded == before || is_short || !may_be_later(recorded, standing);
    is_settled = is_there || is_older || is_later(recorded, standing);
    if (!is_there && is_older) bring_back(record, standing);
  });
  impl_->accounts.update(account, run);
  return is_settled;
}

Standing Engine::standing_of(const AccountId& account, Timestamp time) const {
  std::optional<AccountRecord> record = impl_->accounts.find(key_of(account));
  if (!record) return {};
  let_expire(record->standing, time);
  return record->standing;
}

Fuse Engine::fuse(Timestamp time) const {
  return impl_->fuse(time);
}

Hash128 Engine::key_of(const AccountId& account) const {
  return impl_->builder.account_key(account);
}

bool Engine::knows_recipient(const AccountId& account, std::string_view recipient) const {
  const std::optional<AccountRecord> record = impl_->accounts.find(key_of(account));
  return record && record->profile.known_recipients.contains(impl_->builder.text_key(recipient));
}

void Engine::observe(const Event& event, Observation& observation, Trust trust) {
  std::visit(
      [&](const auto& e) {
        if constexpr (requires { impl_->observe(e, observation, trust); }) {
          impl_->observe(e, observation, trust);
        } else {
          impl_->observe(e, observation);
        }
      },
      event);
}

}  // namespace postreeve
