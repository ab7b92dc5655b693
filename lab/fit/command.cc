#include "lab/fit/command.h"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "lab/attackers/underworld.h"
#include "lab/fit/collector.h"
#include "lab/population/population.h"

namespace postreeve::lab {

int fit_weights(const FitArguments& arguments) {
  const Result<Locator> locator = Locator::open(std::span(&arguments.geography, 1));
  if (!locator) {
    fmt::print(std::cerr, "postreeve-lab: {}\n", locator.error().detail);
    return 1;
  }
  const Policy policy = policy_that_watches(Policy{});
  std::vector<HonestMonth> honest;
  std::vector<HostileRun> hostile;
  for (std::uint32_t n = 0; n < arguments.worlds; ++n) {
    WorldOptions options = arguments.world;
    options.seed += n;
    Collector collector(policy, *locator);
    World world(options, collector);
    populate(world);
    unleash(world);
    collector.enter(world);
    world.run();
    honest.insert(honest.end(), collector.honest().begin(), collector.honest().end());
    hostile.insert(hostile.end(), collector.hostile().begin(), collector.hostile().end());
    fmt::print(std::cerr, "seed {}: {} honest account-months, {} take-overs so far\n", options.seed,
               honest.size(), hostile.size());
  }
  const Fit result = fit(honest, hostile, arguments.options);
  fmt::print("loss {:.5f} before, {:.5f} after; caught {:.1f} %, false alarms {:.1f} in 10,000\n",
             result.loss_before, result.loss, 100 * result.caught, 10'000 * result.false_alarms);
  const std::string source = weights_source(result, arguments.command);
  if (arguments.weights.empty()) {
    fmt::print("{}", source);
    return 0;
  }
  std::ofstream file(arguments.weights);
  file << source;
  if (!file.flush()) {
    fmt::print(std::cerr, "postreeve-lab: cannot write {}\n", arguments.weights.string());
    return 1;
  }
  return 0;
}

}  // namespace postreeve::lab
