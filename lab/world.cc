#include "lab/world.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace postreeve::lab {
namespace {

constexpr std::uint32_t kDestinations = std::numeric_limits<std::uint32_t>::max();  // the actor that answers

enum AnswerKind : std::uint8_t {
  kDelivered,
  kGreylisted,
  kNoSuchUser,
  kNoSuchHost,
  kFull,
  kRefusedAsSpam,
  kTooFast,
  kListed,
  kComplained,  // not the destination's answer but, hours later, the recipient's
};

struct AnswerText {
  DeliveryStatus status;
  EnhancedStatus dsn;
  std::string_view response;
};
constexpr std::array<AnswerText, 8> kAnswers{{
    {DeliveryStatus::kSent, {2, 0, 0}, "250 2.0.0 Ok: queued"},
    {DeliveryStatus::kDeferred, {4, 7, 1}, "450 4.7.1 Greylisted, try again in 300 seconds"},
    {DeliveryStatus::kBounced, {5, 1, 1}, "550 5.1.1 User unknown"},
    {DeliveryStatus::kBounced, {5, 4, 4}, "Host or domain name not found"},
    {DeliveryStatus::kBounced, {5, 2, 2}, "552 5.2.2 Mailbox full"},
    {DeliveryStatus::kBounced, {5, 7, 1}, "550 5.7.1 Message rejected as spam"},
    {DeliveryStatus::kDeferred,
     {4, 7, 28},
     "421 4.7.28 Unusual rate of unsolicited mail, temporarily rate limited"},
    {DeliveryStatus::kBounced,
     {5, 7, 1},
     "550 5.7.1 Our system has detected an unusual rate of mail from your IP address"},
}};

constexpr Timestamp kMonday{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

void write_queue_id(std::string& text, std::uint64_t queue) {
  text.clear();
  fmt::format_to(std::back_inserter(text), "4Q{:X}", 0x1000000 + queue);
}

bool is_big(Correspondent to) {
  return to.realm() == Realm::kFreemail && to.domain() == kGmail;
}

}  // namespace

World::World(const WorldOptions& options, Sink& sink)
    : options_(options),
      sink_(sink),
      geography_(options.geography ? options.geography : std::make_shared<const Geography>()),
      random_(mix64(options.seed) ^ 0xabcdef),
      start_(kMonday),
      end_(kMonday + std::chrono::days{options.days}),
      now_(kMonday),
      calendar_(kMonday, kMonday + std::chrono::days{options.days}) {
  const std::uint16_t home = country_index("DE");
  const std::uint32_t hoster = geography_->pick_provider(ProviderKind::kHosting, home, random_);
  webmail_server_ = geography_->pick_address(geography_->pick_block(hoster, home, random_), random_);
}

World::~World() = default;

void World::run(Timestamp until) {
  Wake wake;
  while (calendar_.next(wake)) {
    now_ = Timestamp{Duration{wake.time}};
    if (now_ > until) return;
    if (wake.actor == kDestinations) {
      answer(wake.slot);
    } else {
      actors_[wake.actor]->wake(wake, *this);
    }
  }
}

bool World::listed(Timestamp time) const {
  // The third Thursday of each four weeks, from nine in the morning, for 30 hours.
  const auto since = std::chrono::duration_cast<std::chrono::hours>(time - start_).count() % (28 * 24);
  return since >= 17 * 24 + 9 && since < 18 * 24 + 15;
}

std::uint32_t World::add_actor(std::unique_ptr<Actor> actor) {
  actors_.push_back(std::move(actor));
  return static_cast<std::uint32_t>(actors_.size() - 1);
}

std::int32_t World::add_attack(const AttackRecord& record) {
  const auto number = static_cast<std::int32_t>(attacks_.size());
  attacks_.push_back(record);
  accounts_[record.account].attack = number;
  return number;
}

void World::plan(Timestamp time, std::uint32_t actor, std::uint16_t kind, std::uint16_t device,
                 std::uint32_t slot) {
  calendar_.plan({.time = time.time_since_epoch().count(),
                  .sequence = 0,
                  .actor = actor,
                  .slot = slot,
                  .kind = kind,
                  .device = device});
}

void World::login(Doer doer, Service service, const IpAddress& address, LoginFailure failure,
                  std::uint64_t password_hash) {
  Login& login = std::get<Login>(login_);
  login.time = now_;
  login.account = accounts_[doer.account].id;
  login.session.client_address = address;
  login.session.service = service;
  login.success = failure == LoginFailure::kNone;
  login.reason = failure;
  login.password_hash = password_hash;
  ++events_;
  sink_.observe(login_, doer);
}

void World::login_of_nobody(const std::string& name, Service service, const IpAddress& address) {
  const auto id = AccountId::from_login(name, "");
  if (!id) return;
  Login& login = std::get<Login>(login_);
  login.time = now_;
  login.account = *id;
  login.session.client_address = address;
  login.session.service = service;
  login.success = false;
  login.reason = LoginFailure::kUnknownUser;
  login.password_hash = 0;
  ++events_;
  sink_.observe(login_, {.account = std::numeric_limits<std::uint32_t>::max()});
}

Draft& World::new_draft(Doer doer) {
  draft_.doer = doer;
  draft_.service = Service::kSmtp;
  draft_.client_name.clear();
  draft_.helo.clear();
  draft_.sender = accounts_[doer.account].id.text();
  draft_.recipients.clear();
  draft_.size = 0;
  draft_.header_from.clear();
  draft_.header_to.clear();
  draft_.subject.clear();
  draft_.looks_like_spam = 0.0005;
  draft_.infected = false;
  draft_.refused = 0;
  draft_.complained = 0.00002;
  draft_.is_fraud = false;
  return draft_;
}

void World::fill(const Draft& draft) {
  Submission& s = submission_;
  s.time = now_;
  s.account = accounts_[draft.doer.account].id;
  s.session.client_address = draft.address;
  s.session.service = draft.service;
  write_queue_id(s.queue_id, ++queue_);
  s.sender = draft.sender;
  s.recipients.resize(draft.recipients.size());
  for (std::size_t i = 0; i < draft.recipients.size(); ++i) {
    s.recipients[i].clear();
    append_address(s.recipients[i], draft.recipients[i]);
  }
  merge_recipients();
  s.recipient_count = static_cast<std::uint32_t>(s.recipients.size());
  s.size = draft.size;
  if (options_.bare) return;
  s.session.client_name = draft.client_name;
  s.session.helo_name = draft.helo;
  s.header_from = draft.header_from;
  s.header_to = draft.header_to;
  s.subject = draft.subject;
}

void World::merge_recipients() {
  places_.clear();
  auto& recipients = submission_.recipients;
  if (recipients.size() < 2) return;
  hashes_.clear();
  for (const std::string& recipient : recipients) hashes_.push_back(keyed_hash(HashKey{}, recipient).low);
  std::ranges::sort(hashes_);
  if (std::ranges::adjacent_find(hashes_) == hashes_.end()) return;
  std::vector<std::string> all = std::exchange(recipients, {});
  for (std::string& recipient : all) {
    const auto first = std::ranges::find(recipients, recipient);
    places_.push_back(static_cast<std::uint32_t>(first - recipients.begin()));
    if (first == recipients.end()) recipients.push_back(std::move(recipient));
  }
}

std::span<const Fate> World::submit(const Draft& draft) {
  if (options_.smtp_logins && draft.service == Service::kSmtp) {
    login(draft.doer, Service::kSmtp, draft.address);
  }
  fill(draft);
  ++events_;
  const std::span<const Fate> fates = sink_.submit(submission_, draft.doer);
  const bool arrived = std::ranges::any_of(fates, [](Fate f) { return f == Fate::kOut || f == Fate::kHeld; });
  if (options_.scanners && arrived) scan(draft);
  if (places_.empty()) {
    for (std::size_t i = 0; i < fates.size(); ++i) {
      if (fates[i] == Fate::kOut) plan_answer(draft, draft.recipients[i]);
    }
    return fates;
  }
  fates_.clear();
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    fates_.push_back(fates[places_[i]]);
    if (places_[i] != next) continue;
    ++next;
    if (fates_.back() == Fate::kOut) plan_answer(draft, draft.recipients[i]);
  }
  return fates_;
}

void World::scan(const Draft& draft) {
  Scan& scan = std::get<Scan>(scan_);
  scan.time = now_;
  scan.account = accounts_[draft.doer.account].id;
  write_queue_id(scan.queue_id, queue_);
  scan.scanner = draft.infected ? "clamav" : "rspamd";
  const bool spam = random_.chance(draft.looks_like_spam);
  scan.result = draft.infected ? ScanResult::kInfected : spam ? ScanResult::kSpam : ScanResult::kClean;
  scan.signature = draft.infected ? "Win.Trojan.Lab-1" : "";
  ++events_;
  sink_.observe(scan_, draft.doer);
}

void World::change_password(Doer doer) {
  Account& account = accounts_[doer.account];
  ++account.password_changes;
  CredentialChange change;
  change.time = now_;
  change.account = account.id;
  ++events_;
  sink_.observe(change, doer);
}

void World::change_setting(Doer doer, Service service, const IpAddress& address, SettingKind setting,
                           std::string target) {
  SettingChange change;
  change.time = now_;
  change.account = accounts_[doer.account].id;
  change.session.client_address = address;
  change.session.service = service;
  change.setting = setting;
  change.target = std::move(target);
  ++events_;
  sink_.observe(change, doer);
}

void World::judge(std::uint32_t account, bool confirmed) {
  Judgement judgement;
  judgement.time = now_;
  judgement.account = accounts_[account].id;
  judgement.confirmed = confirmed;
  judgement.person = "staff";
  ++events_;
  sink_.observe(judgement, {.account = account});
}

void World::report_incident(std::uint32_t account) {
  if (options_.staff) plan(now_ + hours(random_.lognormal(2, 0.8)), staff_, 0, 0, account);
}

void World::plan_answer(const Draft& draft, Correspondent to) {
  Answer answer{.queue = queue_, .to = to, .doer = draft.doer, .kind = kDelivered};
  const bool local = to.realm() == Realm::kAccount || to.realm() == Realm::kLocalName;
  if (to.dead()) {
    answer.kind = !local && random_.chance(0.08) ? kNoSuchHost : kNoSuchUser;
  } else if (draft.refused > 0 && !local && random_.chance(draft.refused)) {
    // Freemail providers often only slow down what comes in numbers.
    answer.kind = to.realm() == Realm::kFreemail && random_.chance(0.35) ? kTooFast : kRefusedAsSpam;
  } else if (is_big(to) && listed(now_) && random_.chance(0.5)) {
    answer.kind = kListed;
  } else if (!local && random_.chance(0.02)) {
    answer.kind = kGreylisted;
  } else if (random_.chance(0.0015)) {
    answer.kind = kFull;
  }
  if (answer.kind == kDelivered && !local) plan_complaint(draft, answer);
  put_answer(answer, now_ + (local ? Duration{150} : seconds(random_.lognormal(2.5, 0.8))));
}

// Complaints come when the mail is read, most within a day.
void World::plan_complaint(const Draft& draft, const Answer& answer) {
  if (!random_.chance(draft.complained)) return;
  Answer later = answer;
  later.kind = kComplained;
  later.is_fraud = draft.is_fraud;
  put_answer(later, now_ + hours(random_.lognormal(5, 1.1)));
}

void World::complain(const Answer& answer) {
  Complaint complaint;
  complaint.time = now_;
  complaint.account = accounts_[answer.doer.account].id;
  write_queue_id(complaint.queue_id, answer.queue);
  // Half of the feedback loops do not say who it was.
  if (mix64(answer.to.bits) % 2 == 0) append_address(complaint.recipient, answer.to);
  complaint.feedback_type = answer.is_fraud && mix64(answer.to.bits) % 5 == 0 ? "fraud" : "abuse";
  append_domain(complaint.source, answer.to);
  ++events_;
  sink_.observe(complaint, answer.doer);
}

void World::put_answer(const Answer& answer, Timestamp time) {
  std::uint32_t slot = 0;
  if (free_answers_.empty()) {
    slot = static_cast<std::uint32_t>(answers_.size());
    answers_.push_back(answer);
  } else {
    slot = free_answers_.back();
    free_answers_.pop_back();
    answers_[slot] = answer;
  }
  if (time >= end_) {
    free_answers_.push_back(slot);
    return;
  }
  plan(time, kDestinations, 0, 0, slot);
}

void World::answer(std::uint32_t slot) {
  const Answer answer = answers_[slot];
  free_answers_.push_back(slot);
  if (answer.kind == kComplained) return complain(answer);
  Delivery& delivery = std::get<Delivery>(delivery_);
  delivery.time = now_;
  delivery.account = accounts_[answer.doer.account].id;
  write_queue_id(delivery.queue_id, answer.queue);
  delivery.recipient.clear();
  append_address(delivery.recipient, answer.to);
  const AnswerText& text = kAnswers[answer.kind];
  delivery.status = text.status;
  delivery.dsn = text.dsn;
  delivery.response = text.response;
  ++events_;
  sink_.observe(delivery_, answer.doer);
  if (text.status != DeliveryStatus::kDeferred) return;
  Answer later = answer;
  if (answer.kind == kGreylisted || random_.chance(0.7)) later.kind = kDelivered;
  put_answer(later, now_ + minutes(random_.between(5, 20)));
}

void World::append_address(std::string& text, Correspondent who) const {
  if (who.realm() == Realm::kAccount) {
    text += accounts_[who.person()].id.text();
    return;
  }
  append_localpart(text, who);
  text += '@';
  append_domain(text, who);
}

std::string World::address_text(Correspondent who) const {
  std::string text;
  append_address(text, who);
  return text;
}

void World::write_client_name(std::string& text, std::uint32_t provider, const IpAddress& address) const {
  text.clear();
  const Provider& p = geography_->providers()[provider];
  if (!p.names_clients || options_.bare || !address.is_v4()) return;
  const std::uint32_t v4 = address.to_v4();
  fmt::format_to(std::back_inserter(text), "ip-{}-{}-{}-{}.{}", v4 >> 24, v4 >> 16 & 255, v4 >> 8 & 255,
                 v4 & 255, p.domain);
}

}  // namespace postreeve::lab
