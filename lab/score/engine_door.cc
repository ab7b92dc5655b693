#include "lab/score/engine_door.h"

#include <chrono>

namespace postreeve::lab {
namespace {

constexpr std::uint32_t kTimeOneIn = 61;  // prime: not always the same step of a message

// Looks at a record and leaves it as it is.
class Weigh final : public RecordStep {
 public:
  void run(AccountRecord& record) override { bytes = memory_bytes(record); }
  std::uint64_t bytes = 0;
};

// Nanoseconds that `work` took.
template <typename Work>
double stopwatch(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

EngineDoor::EngineDoor(const Policy& policy, const Locator& locator, const Disaster& disaster,
                       StepWatcher* watcher)
    : policy_(policy), disaster_(disaster), watcher_(watcher) {
  begin(locator);
}

// A new engine on the same records, as after a restart.
void EngineDoor::begin(const Locator& locator) {
  engine_ = std::make_unique<Engine>(policy_, locator, HashKey{}, accounts_, counters_);
  judge_ = std::make_unique<MessageJudge>(*engine_, watcher_);
}

void EngineDoor::strike(Timestamp time) {
  if (has_struck_ || time < disaster_.from) return;
  has_struck_ = true;
  if (disaster_.locator != nullptr) begin(*disaster_.locator);
}

bool EngineDoor::is_lost(const Session& session, Timestamp time) const {
  return disaster_.everyone && time >= disaster_.from && session.client_address;
}

const Ruling& EngineDoor::observe(const Event& event) {
  strike(time_of(event));
  const Event* seen = &event;
  if (const Login* login = std::get_if<Login>(&event); login && is_lost(login->session, login->time)) {
    masked_ = event;
    std::get<Login>(masked_).session.client_address = disaster_.everyone;
    seen = &masked_;
  }
  if (++calls_ % kTimeOneIn == 0) {
    nanoseconds_.push_back(static_cast<float>(stopwatch([&] { engine_->observe(*seen, observation_); })));
  } else {
    engine_->observe(*seen, observation_);
  }
  if (watcher_ != nullptr) watcher_->saw(*seen, observation_);
  rule(observation_);
  return ruling_;
}

const Ruling& EngineDoor::submit(const Submission& submission) {
  strike(submission.time);
  const Submission* seen = &submission;
  if (is_lost(submission.session, submission.time)) {
    masked_submission_ = submission;
    masked_submission_.session.client_address = disaster_.everyone;
    seen = &masked_submission_;
  }
  const MessageOutcome* outcome = nullptr;
  if (++calls_ % kTimeOneIn == 0 && submission.recipients.size() == 1) {
    const double both = stopwatch([&] { outcome = &judge_->judge(*seen); });
    if (outcome->recipients_accepted > 0) nanoseconds_.push_back(static_cast<float>(both / 2));
  } else {
    outcome = &judge_->judge(*seen);
  }
  rule(*outcome);
  return ruling_;
}

void EngineDoor::rule(const Observation& observation) {
  const Verdict& verdict = observation.verdict;
  ruling_.evidence = verdict.evidence;
  ruling_.standing = verdict.standing;
  ruling_.risk = verdict.risk;
  ruling_.changes.clear();
  if (observation.change) ruling_.changes.push_back(*observation.change);
}

void EngineDoor::rule(const MessageOutcome& outcome) {
  ruling_.evidence = outcome.evidence;
  ruling_.standing = outcome.standing;
  ruling_.risk = outcome.risk;
  ruling_.changes = outcome.changes;
  fates_from(outcome, ruling_.fates);
}

std::uint64_t EngineDoor::record_bytes(const AccountId& account) {
  Weigh weigh;
  accounts_.update(keyed_hash(HashKey{}, account.text()), weigh);
  return weigh.bytes;
}

}  // namespace postreeve::lab
