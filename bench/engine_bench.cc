// What one decision costs, and what remembering an account takes.
//
//   engine_bench [--benchmark_format=json] with POSTREEVE_BENCH_GEO naming an MMDB
//
// Counters of each benchmark: for every kind of event the CPU nanoseconds of one
// observe() (median, mean and 95th percentile of batches of 64), its allocations and the share
// that was accepted; percentiles of single events by wall clock; the bytes of a record.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <string>

#include "bench/rounds.h"
#include "bench/town.h"

namespace {

using namespace postreeve;
using namespace postreeve::bench;

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, values.begin() + place);
  return values[static_cast<std::size_t>(place)];
}

void report(benchmark::State& state, AllSamples& all) {
  for (std::size_t k = 0; k < kKinds; ++k) {
    Samples& samples = all[k];
    const std::string name(kKindNames[k]);
    const auto events = static_cast<double>(std::max<std::uint64_t>(1, samples.events));
    const double sum = std::accumulate(samples.batch_ns.begin(), samples.batch_ns.end(), 0.0);
    state.counters[name + "_ns"] = percentile(samples.batch_ns, 0.5);
    state.counters[name + "_mean_ns"] = sum / static_cast<double>(samples.batch_ns.size());
    state.counters[name + "_p95_ns"] = percentile(samples.batch_ns, 0.95);
    state.counters[name + "_event_p50_ns"] = percentile(samples.event_ns, 0.5);
    state.counters[name + "_event_p99_ns"] = percentile(samples.event_ns, 0.99);
    state.counters[name + "_allocations"] = static_cast<double>(samples.allocations) / events;
    state.counters[name + "_accepted"] = static_cast<double>(samples.accepted) / events;
  }
}

void report(benchmark::State& state, const RecordSizes& sizes) {
  state.counters["record_mean_bytes"] = sizes.mean;
  state.counters["record_median_bytes"] = sizes.median;
  state.counters["record_p95_bytes"] = sizes.p95;
  state.counters["record_with_stranger"] = sizes.with_stranger;
  state.counters["resident_bytes"] = sizes.resident;
  state.counters["head_bytes"] = sizeof(AccountRecord);
}

void observe(benchmark::State& state, const TownOptions& town_options, bool one_account) {
  Town town(town_options);
  RoundOptions options{.accounts = town_options.accounts, .one_account = one_account};
  if (one_account) {
    grow_relay(town);
    options.round = std::chrono::seconds{64};  // a message a second
  }
  Rounds rounds(town, options);
  AllSamples samples;
  {
    AllSamples warm_up;
    for (int i = 0; i < 3; ++i) rounds.run(warm_up, false);
  }
  for (auto _ : state) {
    rounds.run(samples, false);
    state.SetIterationTime(rounds.last_round_ns() / 1e9);
  }
  const auto single_rounds = 1 + static_cast<std::size_t>(state.max_iterations) / 8;
  for (std::size_t i = 0; i < single_rounds; ++i) rounds.run(samples, true);
  report(state, samples);
  report(state, town.sizes());
}

std::int64_t rounds_for(std::uint64_t accounts) {
  return accounts <= 1000 ? 300 : 12;
}

void add(const std::string& name, const TownOptions& options, bool one_account = false) {
  const std::int64_t rounds = one_account ? 3000 : rounds_for(options.accounts);
  benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& s) { observe(s, options, one_account); })
      ->Iterations(rounds)
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
}

void add_all() {
  const char* geography = std::getenv("POSTREEVE_BENCH_GEO");
  const std::string geo = geography == nullptr ? "" : geography;
  add("observe/accounts:1000", {.accounts = 1000});
  add("observe/accounts:1000/one_hot", {.accounts = 1000}, true);
  add("observe/accounts:1000/limits:3", {.accounts = 1000, .has_limits = true});
  add("observe/accounts:100000", {.accounts = 100'000});
  if (!geo.empty()) {
    add("observe/accounts:1000/geo", {.accounts = 1000, .geography = geo});
    add("observe/accounts:20000/geo", {.accounts = 20'000, .geography = geo});  // for bench/run --quick
    add("observe/accounts:100000/geo", {.accounts = 100'000, .geography = geo});
    add("observe/accounts:1000000/geo", {.accounts = 1'000'000, .geography = geo});
  } else {
    add("observe/accounts:1000000", {.accounts = 1'000'000});
  }
}

}  // namespace

int main(int count, char** arguments) {
  add_all();
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return EXIT_FAILURE;
  benchmark::RunSpecifiedBenchmarks();
  return EXIT_SUCCESS;
}
