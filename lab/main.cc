// postreeve-lab: honest and hostile mail traffic from a seed, and the engine's score on it.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <CLI/CLI.hpp>

#include "lab/attackers/families.h"
#include "lab/attackers/underworld.h"
#include "lab/fit/command.h"
#include "lab/log_sink.h"
#include "lab/logs/dovecot_log.h"
#include "lab/logs/exim_log.h"
#include "lab/logs/postfix_log.h"
#include "lab/people/personas.h"
#include "lab/population/population.h"
#include "lab/population/staff.h"
#include "lab/score/leave_out.h"
#include "lab/score/report.h"
#include "lab/score/scorer.h"
#include "lab/trace_sink.h"

namespace postreeve::lab {
namespace {

struct Arguments {
  WorldOptions world;
  ScorerOptions scorer;
  std::string variant = "dev";
  std::string trace;
  std::string truth;
  std::string postfix_log;
  std::string exim_log;
  std::string dovecot_log;
  std::string geo;
  std::string output = "text";
  std::vector<std::string> left_out;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void add_world_options(CLI::App& command, Arguments& arguments) {
  WorldOptions& world = arguments.world;
  command.add_option("--seed", world.seed, "Everything follows from it");
  command.add_option("--accounts", world.accounts, "Accounts of the server");
  command.add_option("--days", world.days, "Days of traffic");
  command.add_option("--attacks", world.attacks, "Take-overs, spread over the families");
  command.add_option("--attacks-from", world.attacks_from_day, "First day of take-overs");
  command.add_option("--variant", arguments.variant, "Parameter distributions of the families")
      ->check(CLI::IsMember({"dev", "test"}));
  command.add_option("--family", world.only_families, "Only these families");
  command.add_option("--without-family", world.without_families, "Hold these families out");
  command.add_option("--persona", world.only_personas, "Only these personas");
  command.add_flag("--even", world.even_mix, "As many accounts of each persona, not their natural shares");
  command.add_flag("--bare", world.bare, "As from logs: no headers, no subject, no EHLO or client names");
  command.add_flag("--scanners", world.scanners, "A content scanner looks at every message");
  command.add_flag("!--no-smtp-logins", world.smtp_logins, "The server reports no logins beside submissions");
}

void make_world(World& world) {
  populate(world);
  unleash(world);
  employ_staff(world);
}

int generate(const Arguments& arguments) {
  TraceSink sink(arguments.trace, arguments.truth);
  if (!sink.good()) {
    fmt::print(std::cerr, "postreeve-lab: cannot write {} or {}\n", arguments.trace, arguments.truth);
    return 1;
  }
  LogSink logs;
  BothSinks both(sink, logs);
  World world(arguments.world, both);
  if (!arguments.postfix_log.empty()) logs.add(std::make_unique<PostfixLog>(arguments.postfix_log));
  if (!arguments.exim_log.empty()) logs.add(std::make_unique<EximLog>(arguments.exim_log));
  if (!arguments.dovecot_log.empty())
    logs.add(std::make_unique<DovecotLog>(arguments.dovecot_log, world.webmail_server()));
  const auto start = std::chrono::steady_clock::now();
  make_world(world);
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

// The geography file that the build put beside the program, unless one is named.
std::filesystem::path geography_file(const Arguments& arguments) {
  if (!arguments.geo.empty()) return arguments.geo;
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "geo.mmdb";
}

void print_stories(World& world, const Scorer& first, const Scorer& second) {
  for (std::size_t i = 0; i < first.false_alarms().size(); ++i) {
    const FalseAlarm& alarm = first.false_alarms()[i];
    const Account& account = world.accounts()[alarm.account];
    fmt::print("\n=== {} ({}, {}): {} at {}\n", account.id.text(), all_personas()[account.persona].name,
               all_countries()[account.country].code, to_text(alarm.change.after.level),
               format_rfc3339(alarm.change.time));
    for (const std::string& sentence : alarm.sentences) fmt::print("  {}\n", sentence);
    for (const std::string& line : second.trails()[i]) fmt::print("    {}\n", line);
  }
}

int score(Arguments& arguments) {
  for (const std::string& detector : arguments.left_out) {
    if (leave_out(detector)) continue;
    fmt::print(std::cerr, "postreeve-lab: no detector is called '{}'\n", detector);
    return 1;
  }
  const std::filesystem::path geo = geography_file(arguments);
  const Result<Locator> locator = Locator::open(std::span(&geo, 1));
  if (!locator) {
    fmt::print(std::cerr, "postreeve-lab: {}\n", locator.error().detail);
    return 1;
  }
  Policy policy;
  for (std::uint32_t i = 0; i < 50; ++i) policy.canaries.addresses.insert(canary_address(i));
  const auto run = [&](Scorer& scorer, World& world, Timestamp until) {
    make_world(world);
    scorer.enter(world);
    const auto start = std::chrono::steady_clock::now();
    world.run(until);
    return Timing{seconds_since(start)};
  };
  Scorer scorer(policy, *locator, arguments.scorer);
  World world(arguments.world, scorer);
  const Timing timing = run(scorer, world, Timestamp::max());
  if (arguments.output == "json") {
    fmt::print("{}", report_json(world, scorer, timing));
  } else {
    fmt::print("{}", report_text(world, scorer, timing));
  }
  std::fflush(stdout);
  if (scorer.false_alarms().empty()) return 0;
  // The same world again, now writing down what the restricted accounts do.
  Timestamp last{};
  for (const FalseAlarm& alarm : scorer.false_alarms()) {
    arguments.scorer.watched.push_back({alarm.account, alarm.change.time});
    last = std::max(last, alarm.change.time);
  }
  Scorer again(policy, *locator, arguments.scorer);
  World same(arguments.world, again);
  run(again, same, last);
  print_stories(world, scorer, again);
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
  scoring->add_option("--leave-out", arguments.left_out, "Without this detector");
  scoring->add_option("--warm-up", arguments.scorer.warm_up_days, "Days whose false alarms do not count");
  scoring->add_option("--show-false-alarms", arguments.scorer.show_false_alarms,
                      "Tell the stories of the first N");
  scoring->add_flag("--staff", arguments.world.staff, "Somebody judges every incident within hours");
  scoring->add_option("--geo", arguments.geo, "The lab's MMDB, if not beside the program");
  scoring->add_option("-o,--output", arguments.output, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  FitArguments fitting;
  CLI::App* fit = app.add_subcommand("fit", "Fit the factors of findings to development traffic");
  add_world_options(*fit, arguments);
  fit->add_option("--worlds", fitting.worlds, "So many worlds, with seeds from --seed on");
  fit->add_option("--weights", fitting.weights, "Write this file (src/judge/weights.cc)");
  fit->add_option("--geo", arguments.geo, "The lab's MMDB, if not beside the program");
  fit->add_option("--prevalence", fitting.options.prevalence, "Take-overs an account-month");
  fit->add_option("--ridge", fitting.options.ridge, "How strongly factors are drawn to 1");
  CLI::App* mapping = app.add_subcommand("geography", "Print the table of networks for write_mmdb.pl");
  CLI::App* listing = app.add_subcommand("list", "Print the families and personas");
  CLI11_PARSE(app, argc, argv);
  arguments.world.variant = arguments.variant == "test" ? Variant::kTest : Variant::kDev;
  if (mapping->parsed()) Geography().write_table(std::cout);
  if (listing->parsed()) {
    for (const Family& family : all_families()) fmt::print("family   {}\n", family.name);
    for (const Persona& persona : all_personas())
      fmt::print("persona  {}  {}\n", persona.name, persona.share);
  }
  if (generating->parsed()) return generate(arguments);
  if (fit->parsed()) {
    fitting.world = arguments.world;
    fitting.geography = geography_file(arguments);
    fitting.command = fmt::format(
        "postreeve-lab fit --seed {} --worlds {} --accounts {} --days {} --attacks {}", arguments.world.seed,
        fitting.worlds, arguments.world.accounts, arguments.world.days, arguments.world.attacks);
    return fit_weights(fitting);
  }
  return scoring->parsed() ? score(arguments) : 0;
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
