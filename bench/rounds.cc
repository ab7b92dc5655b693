#include "bench/rounds.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <chrono>

#include "bench/allocations.h"

namespace postreeve::bench {
namespace {

constexpr std::size_t kEveryNew = 25;  // of so many messages one is to a new recipient

double thread_cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

Session session_of(const Life& life, std::uint32_t network) {
  return {IpAddress::v4(network + 2 + static_cast<std::uint32_t>(mix64(network) % 250)), "",
          life.device(0).helo_name, Service::kSmtp};
}

template <typename Mail>
Mail mail_of(const Life& life) {
  Mail mail;
  mail.account = life.account();
  mail.session = session_of(life, life.device(0).network);
  mail.sender = life.account().text();
  return mail;
}

Login login_of(const Life& life) {
  Login login;
  login.account = life.account();
  login.session = session_of(life, life.device(0).network);
  login.success = true;
  return login;
}

Recipient recipient_of(const Life& life, const std::string& contact) {
  auto recipient = mail_of<Recipient>(life);
  recipient.recipient = contact;
  return recipient;
}

Submission submission_of(const Life& life, const std::string& contact) {
  auto submission = mail_of<Submission>(life);
  submission.recipients = {contact};
  submission.recipient_count = 1;
  submission.size = 4000;
  submission.header_from = fmt::format("\"The User\" <{}>", submission.sender);
  submission.subject = "Re: the offer of last week";
  return submission;
}

Delivery delivery_of(const Life& life, const std::string& contact) {
  Delivery delivery;
  delivery.account = life.account();
  delivery.recipient = contact;
  delivery.status = DeliveryStatus::kSent;
  delivery.dsn = EnhancedStatus{2, 0, 0};
  return delivery;
}

// Writes to one of the owner's usual contacts from the usual desk.
std::array<Event, kKinds> events_of(const Life& life, std::uint32_t contact_number) {
  const std::string contact = life.contact(contact_number);
  return {login_of(life), recipient_of(life, contact), recipient_of(life, contact),
          submission_of(life, contact), delivery_of(life, contact)};
}

std::string& transaction_of(Event& event) {
  static std::string none;
  if (auto* recipient = std::get_if<Recipient>(&event)) return recipient->transaction;
  if (auto* submission = std::get_if<Submission>(&event)) return submission->queue_id;
  if (auto* delivery = std::get_if<Delivery>(&event)) return delivery->queue_id;
  return none;
}

}  // namespace

Rounds::Rounds(Town& town, const RoundOptions& options)
    : engine_(town.engine()), options_(options), now_(town.today() + std::chrono::hours{24}) {
  Random random(7);
  people_.resize(options.one_account ? kBatch
                                     : std::min<std::size_t>(options.accounts, options.most_taking_part));
  for (std::size_t i = 0; i < people_.size(); ++i) {
    const std::uint64_t number = options.one_account ? 0
                                 : options.accounts > people_.size()
                                     ? random.below(static_cast<std::uint32_t>(options.accounts))
                                     : i;
    people_[i] = events_of(Life(number), static_cast<std::uint32_t>(options.one_account ? i : i % 2));
  }
}

// The time, a new transaction and now and then a new name.
void Rounds::prepare(const Person& person, std::size_t index, Kind kind, Event& fresh) {
  fresh = person[static_cast<std::size_t>(kind)];
  now_ += options_.round / static_cast<std::int64_t>(people_.size() * kKinds);
  std::visit([&](auto& e) { e.time = now_; }, fresh);
  std::string& transaction = transaction_of(fresh);
  transaction.clear();
  fmt::format_to(std::back_inserter(transaction), "4Q{:x}z{:x}", round_, index);
  if (kind != Kind::kNewRecipient) return;
  std::string& recipient = std::get<Recipient>(fresh).recipient;
  recipient.clear();
  fmt::format_to(std::back_inserter(recipient), "somebody{}.{}@domain{}.example", round_, index, index % 997);
}

void Rounds::run_batch(std::span<const Event> events, Samples& samples) {
  const std::uint64_t allocated = allocations();
  std::uint64_t accepted = 0;
  const double start = thread_cpu_ns();
  for (const Event& event : events) {
    engine_.observe(event, observation_);
    accepted += observation_.verdict.action == Action::kAccept ? 1U : 0U;
    benchmark::DoNotOptimize(observation_);
  }
  const double spent = thread_cpu_ns() - start;
  samples.allocations += allocations() - allocated;
  samples.batch_ns.push_back(spent / static_cast<double>(events.size()));
  samples.events += events.size();
  samples.accepted += accepted;
  last_round_ns_ += spent;
}

void Rounds::time_events(std::span<const Event> events, Samples& samples) {
  for (const Event& event : events) {
    const auto start = std::chrono::steady_clock::now();
    engine_.observe(event, observation_);
    const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
    benchmark::DoNotOptimize(observation_);
    samples.event_ns.push_back(spent.count());
  }
}

void Rounds::run(AllSamples& samples, bool single_events) {
  constexpr std::size_t kNewInBatch = (kBatch + kEveryNew - 1) / kEveryNew;
  last_round_ns_ = 0;
  ++round_;
  for (std::size_t k = 0; k < kKinds; ++k) {
    const auto kind = static_cast<Kind>(k);
    const std::size_t most = kind == Kind::kNewRecipient ? kNewInBatch : kBatch;
    for (std::size_t first = 0; first < people_.size(); first += kBatch) {
      const std::size_t count = std::min(most, people_.size() - first);
      for (std::size_t i = 0; i < count; ++i) prepare(people_[first + i], first + i, kind, batches_[k][i]);
      const std::span<const Event> events(batches_[k].data(), count);
      if (single_events) {
        time_events(events, samples[k]);
      } else {
        run_batch(events, samples[k]);
      }
    }
  }
}

void grow_relay(Town& town) {
  MessageJudge judge(town.engine());
  const Life life(0);
  Submission submission = submission_of(life, life.contact(0));
  Timestamp day = town.today() - std::chrono::hours{24} * 30;
  std::uint64_t messages = 0;
  double a_day = 100;
  for (int i = 0; i < 30; ++i, day += std::chrono::hours{24}, a_day = std::min(a_day * 1.4, 86'400.0)) {
    for (int n = 0; n < static_cast<int>(a_day); ++n) {
      submission.time = day + Duration{static_cast<std::int64_t>(n * 86'400e3 / a_day)};
      submission.queue_id = fmt::format("R{}", ++messages);
      submission.recipients = {life.contact(static_cast<std::uint32_t>(n) % 64)};
      judge.judge(submission);
    }
  }
  Judgement honest;
  honest.time = day;
  honest.account = life.account();
  Observation observation;
  town.engine().observe(honest, observation);
}

}  // namespace postreeve::bench
