#include "bench/town.h"

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "bench/act_events.h"

namespace postreeve::bench {
namespace {

std::uint64_t resident_bytes() {
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

Limit limit_of(LimitKey key, Counted counted, std::uint32_t amount, Duration window) {
  Limit limit;
  limit.key = key;
  limit.counted = counted;
  limit.amount = amount;
  limit.window = window;
  return limit;
}

// So wide that nobody meets them: what is measured is looking.
Policy policy_with_limits() {
  using std::chrono::hours;
  Policy policy;
  Limit at_night = limit_of(LimitKey::kNetwork, Counted::kRecipients, 100'000, hours{1});
  at_night.when.from_minute = 20 * 60;
  at_night.when.to_minute = 6 * 60;
  policy.limits = {limit_of(LimitKey::kAccount, Counted::kRecipients, 100'000, hours{1}),
                   limit_of(LimitKey::kAccount, Counted::kMessages, 1'000'000, hours{24}), at_night};
  return policy;
}

// Hands one life to an engine as events.
class Player {
 public:
  explicit Player(Engine& engine) : engine_(engine), judge_(engine) {}

  void play(const Life& life, const Act& act) {
    if (!act.is_message) return engine_.observe(login_of(life, act), observation_);
    const Submission submission = submission_of(life, act, ++messages_);
    judge_.judge(submission);
    engine_.observe(delivery_of(act, submission), observation_);
  }

 private:
  Engine& engine_;
  MessageJudge judge_;
  Observation observation_;
  std::uint64_t messages_ = 0;
};

// Looks at a record and leaves it as it is.
class Weigh final : public RecordStep {
 public:
  void run(AccountRecord& record) override {
    bytes = memory_bytes(record);
    has_stranger = record.stranger != nullptr;
  }
  std::size_t bytes = 0;
  bool has_stranger = false;
};

}  // namespace

Town::Town(const TownOptions& options) : days_(options.days) {
  if (options.has_limits) policy_ = policy_with_limits();
  if (!options.geography.empty()) {
    Result<Locator> opened = Locator::open({&options.geography, 1});
    if (!opened) {
      fmt::print(stderr, "cannot read {}: {}\n", options.geography.string(), opened.error().detail);
      std::exit(EXIT_FAILURE);
    }
    locator_ = std::move(*opened);
  }
  malloc_trim(0);
  const std::uint64_t before = resident_bytes();
  engine_ = std::make_unique<Engine>(policy_, locator_, key_, accounts_, counters_);
  std::thread other([&] { live(0, options.accounts / 2); });
  live(options.accounts / 2, options.accounts);
  other.join();
  malloc_trim(0);
  sizes_.resident = static_cast<double>(resident_bytes() - before) / static_cast<double>(options.accounts);
  measure(options.accounts);
}

// One account after the other: their order makes no difference to records, and is much faster.
void Town::live(std::uint64_t first, std::uint64_t last) {
  Player player(*engine_);
  std::vector<Act> acts;
  for (std::uint64_t number = first; number < last; ++number) {
    Life life(number);
    acts.clear();
    for (std::uint32_t day = 0; day < days_; ++day) life.live_day(day, acts);
    for (const Act& act : acts) player.play(life, act);
  }
}

void Town::measure(std::uint64_t accounts) {
  std::vector<std::size_t> bytes(accounts);
  Weigh weigh;
  double strangers = 0;
  for (std::uint64_t number = 0; number < accounts; ++number) {
    accounts_.update(keyed_hash(key_, Life(number).account().text()), weigh);
    bytes[number] = weigh.bytes;
    strangers += weigh.has_stranger ? 1 : 0;
  }
  std::ranges::sort(bytes);
  sizes_.mean = static_cast<double>(accounts_.memory_bytes()) / static_cast<double>(accounts);
  sizes_.median = static_cast<double>(bytes[accounts / 2]);
  sizes_.p95 = static_cast<double>(bytes[accounts * 95 / 100]);
  sizes_.with_stranger = strangers / static_cast<double>(accounts);
}

}  // namespace postreeve::bench
