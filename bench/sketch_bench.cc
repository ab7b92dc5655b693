// What single sketches cost: the dear ones, in the middle and in their tails.
#include <benchmark/benchmark.h>

#include <array>

#include "base/keyed_hash.h"
#include "sketch/decay.h"
#include "sketch/gamma_poisson.h"
#include "sketch/hyper_log_log.h"

namespace postreeve::bench {
namespace {

// state.range(0): how many were seen, where 12 are usual.
void gamma_poisson_upper_tail(benchmark::State& state) {
  GammaPoisson model = gamma_poisson_of(12, 2.3, 1);
  const auto seen = static_cast<std::uint64_t>(state.range(0));
  double exposure = 1;
  for (auto _ : state) {
    const double tail = log_upper_tail(model, seen, exposure);
    exposure = 1 - tail * 1e-9;  // each depends on the one before
    benchmark::DoNotOptimize(tail);
  }
}

void keyed_hash_of_an_address(benchmark::State& state) {
  const HashKey key;
  std::array<char, 32> address{"somebody.else@domain17.example"};
  for (auto _ : state) {
    const Hash128 hash = keyed_hash(key, {address.data(), 30});
    address[0] = static_cast<char>('a' + hash.low % 26);
    benchmark::DoNotOptimize(hash);
  }
}

void decay_of_a_count(benchmark::State& state) {
  std::uint32_t age = 1;
  for (auto _ : state) {
    const double left = decay_factor(age, std::chrono::hours{6});
    age = 1 + static_cast<std::uint32_t>(left * 1000);
    benchmark::DoNotOptimize(left);
  }
}

void hyper_log_log_estimate_of_two(benchmark::State& state) {
  HyperLogLog<5> sketch;
  std::uint64_t next = 0;
  for (auto _ : state) {
    sketch.add(mix64(++next));
    benchmark::DoNotOptimize(sketch.estimate());
  }
}

BENCHMARK(gamma_poisson_upper_tail)->Arg(13)->Arg(60)->Arg(5000);
BENCHMARK(keyed_hash_of_an_address);
BENCHMARK(decay_of_a_count);
BENCHMARK(hyper_log_log_estimate_of_two);

}  // namespace
}  // namespace postreeve::bench
