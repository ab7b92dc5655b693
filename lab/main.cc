// postreeve-lab: honest and hostile mail traffic from a seed, and the engine's score on it.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <CLI/CLI.hpp>

#include "detect/detectors.h"
#include "lab/attackers/families.h"
#include "lab/attackers/underworld.h"
#include "lab/fit/command.h"
#include "lab/geography/mmdb_geography.h"
#include "lab/log_sink.h"
#include "lab/logs/dovecot_log.h"
#include "lab/logs/exim_log.h"
#include "lab/logs/postfix_log.h"
#include "lab/people/personas.h"
#include "lab/population/population.h"
#include "lab/score/neighbours.h"
#include "lab/score/run.h"
#include "lab/trace_sink.h"

namespace postreeve::lab {
namespace {

struct Arguments {
  ScoreOptions score;
  std::string variant = "dev";
  std::string retry;
  std::string disaster;
  std::string output = "text";
  std::string trace;
  std::string truth;
  std::string postfix_log;
  std::string exim_log;
  std::string dovecot_log;
  bool shuffled = false;
  std::filesystem::path mmdb;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void add_world_options(CLI::App& command, Arguments& arguments) {
  WorldOptions& world = arguments.score.world;
  command.add_option("--seed", world.seed, "Everything follows from it");
  command.add_option("--accounts", world.accounts, "Accounts of the server");
  command.add_option("--days", world.days, "Days of traffic");
  command.add_option("--attacks", world.attacks, "Take-overs, spread over the families");
  command.add_option("--attacks-from", world.attacks_from_day, "First day of take-overs");
  command.add_option("--variant", arguments.variant, "Parameter distributions of the families")
      ->check(CLI::IsMember({"dev", "test"}));
  command.add_option("--mmdb", arguments.mmdb,
                     "Addresses from this geography file, not of the lab's own internet");
  command.add_option("--family", world.only_families, "Only these families");
  command.add_option("--without-family", world.without_families, "Hold these families out");
  command.add_option("--persona", world.only_personas, "Only these personas");
  command.add_flag("--even", world.even_mix, "As many accounts of each persona, not their natural shares");
  command.add_flag("--bare", world.bare, "As from logs: no headers, no subject, no EHLO or client names");
  command.add_flag("--scanners", world.scanners, "A content scanner looks at every message");
  command.add_option("--retry", arguments.retry, "What every client does after a 4xx, in minutes")
      ->check(CLI::IsMember({"1", "5", "15", "never"}));
  command.add_flag("!--no-smtp-logins", world.smtp_logins, "The server reports no logins beside submissions");
}

void add_score_options(CLI::App& command, Arguments& arguments) {
  ScoreOptions& score = arguments.score;
  command.add_option("--leave-out", score.left_out, "Without this detector");
  command.add_option("--weights", score.weights, "Factors of findings as `fit --weights` writes them");
  command.add_option("--redis", score.servers.redis, "URL of an empty Redis for --nodes");
  command.add_option("--postgresql", score.servers.postgresql,
                     "Connection to an empty PostgreSQL database for --nodes, as libpq reads it");
  command
      .add_option("--nodes", score.nodes,
                  "Let so many nodes on --redis and --postgresql judge too, and compare")
      ->needs("--redis", "--postgresql");
  command.add_option("--neighbour", score.neighbour, "Judge by a neighbour's rule instead")
      ->excludes("--nodes")
      ->check([](const std::string& name) { return neighbour_rule(name) ? "" : "no such rule: " + name; });
  command.add_option("--shift", score.shift, "Nats added to every risk: as if the thresholds were lower");
  command.add_option("--warm-up", score.scorer.warm_up_days,
                     "Days whose false alarms and honest mail do not count");
  command.add_option("--show-false-alarms", score.scorer.show_false_alarms,
                     "Tell the stories of the first N");
  command.add_flag("--staff", score.world.staff, "Somebody judges every incident within hours");
  command.add_option("--disaster", arguments.disaster, "What goes wrong")
      ->excludes("--nodes")
      ->check(CLI::IsMember({"shuffled-geography", "one-address"}));
  command.add_option("--disaster-day", score.disaster_day, "The day on which it goes wrong");
  command.add_option("--geo", score.geography, "The lab's MMDB, if not beside the program");
  command.add_flag("--without-geo", score.without_geography, "The engine gets no geography file")
      ->excludes("--geo", "--disaster");
  command.add_option("-o,--output", arguments.output, "text or json (all take-overs and alarms)")
      ->excludes("--nodes")
      ->check(CLI::IsMember({"text", "json"}));
}

// The addresses of somebody else's geography file, where one is given.
bool use_mmdb(Arguments& arguments) {
  if (arguments.mmdb.empty()) return true;
  WorldOptions& world = arguments.score.world;
  auto geography = geography_of(std::span(&arguments.mmdb, 1), world.seed);
  if (!geography) {
    fmt::print(std::cerr, "postreeve-lab: {}\n", geography.error().detail);
    return false;
  }
  world.geography = std::make_shared<const Geography>(*std::move(geography));
  return true;
}

// What the words of the command line mean.
void interpret(Arguments& arguments) {
  ScoreOptions& score = arguments.score;
  score.world.variant = arguments.variant == "test" ? Variant::kTest : Variant::kDev;
  if (!arguments.retry.empty()) {
    score.world.retry_minutes =
        arguments.retry == "never" ? 0U : static_cast<std::uint32_t>(std::stoul(arguments.retry));
  }
  if (arguments.disaster == "shuffled-geography") score.disaster = DisasterKind::kShuffledGeography;
  if (arguments.disaster == "one-address") score.disaster = DisasterKind::kOneAddress;
  // The build puts the geography files beside the program.
  const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  if (score.geography.empty()) score.geography = arguments.mmdb.empty() ? here / "geo.mmdb" : arguments.mmdb;
  score.shuffled_geography = here / "geo_shuffled.mmdb";
  score.as_sheet = arguments.output == "json";
}

int generate(const Arguments& arguments) {
  TraceSink sink(arguments.trace, arguments.truth);
  if (!sink.good()) {
    fmt::print(std::cerr, "postreeve-lab: cannot write {} or {}\n", arguments.trace, arguments.truth);
    return 1;
  }
  LogSink logs;
  BothSinks both(sink, logs);
  World world(arguments.score.world, both);
  if (!arguments.postfix_log.empty()) logs.add(std::make_unique<PostfixLog>(arguments.postfix_log));
  if (!arguments.exim_log.empty()) logs.add(std::make_unique<EximLog>(arguments.exim_log));
  if (!arguments.dovecot_log.empty())
    logs.add(std::make_unique<DovecotLog>(arguments.dovecot_log, world.webmail_server()));
  const auto start = std::chrono::steady_clock::now();
  populate(world);
  unleash(world);
  const double made = seconds_since(start);
  world.run();
  sink.write_truth(world);
  logs.finish(world.end());
  const double all = seconds_since(start);
  fmt::print(std::cerr, "{} accounts in {:.1f} s, {} events in {:.1f} s ({:.0f}/s)\n",
             world.accounts().size(), made, world.happened(), all - made,
             static_cast<double>(world.happened()) / (all - made));
  return sink.good() && logs.good() ? 0 : 1;
}

// The rows of the table, each with the place of another network.
void shuffle_table(std::istream& table, std::ostream& out) {
  std::string line;
  std::getline(table, line);
  out << line << '\n';
  std::vector<std::string> networks, places;
  while (std::getline(table, line)) {
    const auto tab = line.find('\t');
    networks.push_back(line.substr(0, tab));
    places.push_back(line.substr(tab));
  }
  Random random(815);
  for (std::size_t i = places.size(); i > 1; --i) std::swap(places[i - 1], places[random.below(i)]);
  for (std::size_t i = 0; i < networks.size(); ++i) out << networks[i] << places[i] << '\n';
}

int print_geography(bool shuffled) {
  std::stringstream table;
  Geography().write_table(table);
  if (shuffled) {
    shuffle_table(table, std::cout);
  } else {
    std::cout << table.rdbuf();
  }
  return std::cout.good() ? 0 : 1;
}

int run_fit(const Arguments& arguments, FitArguments& fitting) {
  const WorldOptions& world = arguments.score.world;
  fitting.world = world;
  fitting.geography = arguments.score.geography;
  fitting.command =
      fmt::format("postreeve-lab fit --seed {} --worlds {} --accounts {} --days {} --attacks {}", world.seed,
                  fitting.worlds, world.accounts, world.days, world.attacks);
  return fit_weights(fitting);
}

int print_lists() {
  for (const Family& family : all_families()) fmt::print("family     {}\n", family.name);
  for (const Persona& persona : all_personas())
    fmt::print("persona    {}  {}\n", persona.name, persona.share);
  for (const Detector& detector : all_detectors()) fmt::print("detector   {}\n", to_text(detector.id));
  for (const NeighbourRule& rule : neighbour_rules()) fmt::print("neighbour  {}  {}\n", rule.name, rule.says);
  return 0;
}

int run(int argc, char** argv) {
  CLI::App app("Mail traffic of honest people and thieves from a seed, and the engine's score on it",
               "postreeve-lab");
  app.require_subcommand(1);
  Arguments arguments;
  CLI::App* generating = app.add_subcommand("generate", "Write a trace and its truth");
  add_world_options(*generating, arguments);
  generating->add_option("--trace", arguments.trace, "JSON Lines of events");
  generating->add_option("--truth", arguments.truth, "JSON Lines of accounts and take-overs");
  generating->add_option("--postfix-log", arguments.postfix_log, "The same as Postfix would log it");
  generating->add_option("--exim-log", arguments.exim_log, "The same as Exim would log it");
  generating->add_option("--dovecot-log", arguments.dovecot_log,
                         "IMAP and POP sessions as Dovecot logs them");
  CLI::App* scoring = app.add_subcommand("score", "Feed the engine and print how well it did");
  add_world_options(*scoring, arguments);
  add_score_options(*scoring, arguments);
  FitArguments fitting;
  CLI::App* fit = app.add_subcommand("fit", "Fit the factors of findings to development traffic");
  add_world_options(*fit, arguments);
  fit->add_option("--worlds", fitting.worlds, "So many worlds, with seeds from --seed on");
  fit->add_option("--weights", fitting.weights, "Write this file (src/judge/weights.cc)");
  fit->add_option("--geo", arguments.score.geography, "The lab's MMDB, if not beside the program");
  fit->add_option("--prevalence", fitting.options.prevalence, "Take-overs an account-month");
  fit->add_option("--ridge", fitting.options.ridge, "How strongly factors are drawn to 1");
  CLI::App* mapping = app.add_subcommand("geography", "Print the table of networks for write_mmdb.pl");
  mapping->add_flag("--shuffled", arguments.shuffled, "Each network has the place of another one");
  CLI::App* listing = app.add_subcommand("list", "Print families, personas, detectors, neighbours' rules");
  CLI11_PARSE(app, argc, argv);
  interpret(arguments);
  if (!use_mmdb(arguments)) return 1;
  if (mapping->parsed()) return print_geography(arguments.shuffled);
  if (listing->parsed()) return print_lists();
  if (generating->parsed()) return generate(arguments);
  if (fit->parsed()) return run_fit(arguments, fitting);
  return scoring->parsed() ? score(arguments.score) : 0;
}

}  // namespace
}  // namespace postreeve::lab

int main(int argc, char** argv) {
  try {
    return postreeve::lab::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(std::cerr, "postreeve-lab: {}\n", error.what());
    return 1;
  }
}
