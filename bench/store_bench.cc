// What records on SQLite cost: a million accounts at 5,000 decisions a second.
//
//   store_bench [--benchmark_format=json] [--benchmark_filter=accounts:100000/]
//
// A file with as many records as a month leaves behind is made first. Then: how long a start takes; and
// for a while decisions at the given rate from two threads, nine of ten about a tenth of the
// accounts, the others about any of them, so that records are loaded, written behind and (with a small
// budget) given up all the time. A decision is one step on the record; its pause is by the wall clock, from
// the moment when it was due.
#include <benchmark/benchmark.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bench/random.h"
#include "profile/record_codec.h"
#include "store/sqlite_account_store.h"

namespace {

using namespace postreeve;
using namespace postreeve::bench;
using Clock = std::chrono::steady_clock;

constexpr double kDecisionsASecond = 5'000;
constexpr int kThreads = 2;

struct Options {
  std::uint64_t accounts = 1'000'000;
  std::uint64_t memory_bytes = 2ULL << 30U;
  double seconds = 20;
};

double milliseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

std::uint64_t resident_bytes() {
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

Hash128 account(std::uint64_t number) {
  return {mix64(number), mix64(number + 0x5bd1e995)};
}

// Some messages of an ordinary account: three networks, a few recipients, now and then a new one.
class Live final : public RecordStep {
 public:
  explicit Live(std::uint64_t seed) : random_(seed) {}

  void set_messages(std::uint32_t messages) { messages_ = messages; }
  void run(AccountRecord& record) override {
    for (std::uint32_t i = 0; i < messages_; ++i) send(record);
  }

 private:
  void send(AccountRecord& record) {
    time_ += std::chrono::milliseconds{random_.below(2'000'000)};
    Origin origin;
    origin.known = true;
    origin.network = 1 + random_.below(3);
    origin.provider = 1 + random_.below(2);
    origin.client = 1 + random_.below(2);
    learn_use(record.profile, time_, origin, Use::kSend);
    learn_recipient(record.profile,
                    random_.chance(0.1) ? static_cast<std::uint32_t>(random_.next()) : random_.below(12));
    learn_message(record.profile, time_,
                  {.recipients = 1, .messages_hour = 1, .messages_day = 2, .recipients_hour = 1});
    record.owner.messages_hour.add(time_);
    record.owner.messages_day.add(time_);
    record.owner.recipients_day.add(time_);
    record.recent.add({.step = static_cast<std::uint32_t>(random_.next()), .time = to_seconds32(time_)});
  }

  Random random_;
  Timestamp time_{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};
  std::uint32_t messages_ = 1;
};

std::unique_ptr<SqliteAccountStore> open(benchmark::State& state, const std::string& path,
                                         const Options& options) {
  SqliteAccountStoreOptions chosen;
  chosen.path = path;
  chosen.memory_bytes = options.memory_bytes;
  chosen.monotonic = [] { return std::chrono::floor<Duration>(Clock::now().time_since_epoch()); };
  auto store = SqliteAccountStore::open(chosen);
  if (store) return std::move(*store);
  state.SkipWithError(store.error().detail.c_str());
  return nullptr;
}

// How long callers waited, in milliseconds.
struct Pauses {
  std::vector<double> all;

  [[nodiscard]] double at(double share) {
    if (all.empty()) return 0;
    const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(all.size() - 1));
    std::ranges::nth_element(all, all.begin() + place);
    return all[static_cast<std::size_t>(place)];
  }
};

void decide(SqliteAccountStore& store, const Options& options, std::uint64_t seed, Pauses& pauses) {
  Random random(seed);
  Live step(seed);
  const auto between = std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(kThreads / kDecisionsASecond));
  const auto steps = static_cast<std::uint64_t>(options.seconds * kDecisionsASecond / kThreads);
  pauses.all.reserve(steps);
  Clock::time_point due = Clock::now();
  for (std::uint64_t i = 0; i < steps; ++i, due += between) {
    std::this_thread::sleep_until(due);
    const std::uint64_t among = random.chance(0.9) ? options.accounts / 10 : options.accounts;
    // The system may wake us late; what counts is how long the store takes.
    const Clock::time_point start = Clock::now();
    store.update(account(static_cast<std::uint64_t>(random.uniform() * static_cast<double>(among))), step);
    pauses.all.push_back(milliseconds(Clock::now() - start));
  }
}

void fill(SqliteAccountStore& store, std::uint64_t accounts) {
  Live step(1);
  Random random(2);
  for (std::uint64_t number = 0; number < accounts; ++number) {
    step.set_messages(static_cast<std::uint32_t>(std::min(200.0, 1 + random.lognormal(8, 1.2))));
    store.update(account(number), step);
  }
}

void report(benchmark::State& state, SqliteAccountStore& store, std::vector<Pauses>& of_threads) {
  Pauses pauses;
  for (const Pauses& own : of_threads) pauses.all.insert(pauses.all.end(), own.all.begin(), own.all.end());
  state.counters["pause_p50_ms"] = pauses.at(0.5);
  state.counters["pause_p99_ms"] = pauses.at(0.99);
  state.counters["pause_p999_ms"] = pauses.at(0.999);
  state.counters["pause_longest_ms"] = pauses.at(1);
  const AccountStoreHealth health = store.health();
  state.counters["longest_batch_ms"] = static_cast<double>(health.longest_batch.count());
  state.counters["dirty_at_end"] = static_cast<double>(health.dirty);
  state.counters["written"] = static_cast<double>(health.written);
  state.counters["loaded"] = static_cast<double>(health.loaded);
  state.counters["evicted"] = static_cast<double>(health.evicted);
  state.counters["resident"] = static_cast<double>(health.resident);
  state.counters["memory_bytes"] = static_cast<double>(health.memory_bytes);
  state.counters["healthy"] = health.writing && health.corrupt == 0 && health.unread == 0 ? 1 : 0;
}

void live(benchmark::State& state, const Options& options) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("postreeve-store-bench-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  const std::string path = (folder / "state.db").string();
  for (auto _ : state) {
    Clock::time_point start = Clock::now();
    auto store = open(state, path, {.memory_bytes = 256U << 20U});
    if (store == nullptr) break;
    fill(*store, options.accounts);
    if (!store->flush()) state.SkipWithError("cannot write the records");
    store.reset();
    state.counters["fill_s"] = milliseconds(Clock::now() - start) / 1'000;
    state.counters["file_bytes"] =
        static_cast<double>(std::filesystem::file_size(path)) / static_cast<double>(options.accounts);
    malloc_trim(0);
    const std::uint64_t before = resident_bytes();

    start = Clock::now();
    store = open(state, path, options);
    if (store == nullptr) break;
    state.counters["start_ms"] = milliseconds(Clock::now() - start);
    if (store->size() != options.accounts) state.SkipWithError("records are missing");
    std::vector<Pauses> pauses(kThreads);
    std::vector<std::thread> threads;
    for (std::uint64_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] { decide(*store, options, t + 3, pauses[t]); });
    }
    for (std::thread& thread : threads) thread.join();
    report(state, *store, pauses);
    state.counters["resident_bytes"] = static_cast<double>(resident_bytes()) - static_cast<double>(before);
    start = Clock::now();
    store.reset();
    state.counters["stop_ms"] = milliseconds(Clock::now() - start);
  }
  std::filesystem::remove_all(folder);
}

void encode(benchmark::State& state) {
  AccountRecord record;
  Live step(1);
  step.set_messages(10);
  step.run(record);
  std::string bytes;
  for (auto _ : state) {
    encode_record(record, bytes);
    benchmark::DoNotOptimize(bytes);
  }
  state.counters["bytes"] = static_cast<double>(bytes.size());
}

void decode(benchmark::State& state) {
  AccountRecord record;
  Live step(1);
  step.set_messages(10);
  step.run(record);
  const std::string bytes = encode_record(record);
  for (auto _ : state) benchmark::DoNotOptimize(decode_record(bytes));
}

void add(std::uint64_t accounts, std::uint64_t memory_mib, double seconds) {
  const Options options{.accounts = accounts, .memory_bytes = memory_mib << 20U, .seconds = seconds};
  benchmark::RegisterBenchmark(
      ("store/accounts:" + std::to_string(accounts) + "/mib:" + std::to_string(memory_mib)).c_str(),
      [options](benchmark::State& state) { live(state, options); })
      ->Iterations(1)
      ->UseRealTime();
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::RegisterBenchmark("encode_record", encode);
  benchmark::RegisterBenchmark("decode_record", decode);
  add(100'000, 2'048, 5);
  add(1'000'000, 2'048, 20);
  add(1'000'000, 128, 20);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
