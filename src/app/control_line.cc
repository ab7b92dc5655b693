#include "app/control_line.h"

#include <array>
#include <chrono>
#include <filesystem>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>

#include "app/units.h"

namespace postreeve {
namespace {

constexpr std::string_view kExitCodes =
    "\nExit codes: 0 done, 64 wrong command line, 65 the daemon refused, 67 not known, 69 no daemon answers, "
    "75 try again, 77 not allowed, 78 wrong configuration.";

// Adds verbs of one noun; every option is kept in `words`.
class VerbAdder {
 public:
  VerbAdder(CLI::App& parent, ControlWords& words) : parent_(parent), words_(words) {}

  CLI::App& verb(const char* name, const char* about) {
    CLI::App& app = *parent_.add_subcommand(name, about);
    app.add_option("--config", words_.arguments.config,
                   "Configuration file (/etc/postreeve/postreeve.toml, when it exists)")
        ->type_name("FILE");
    app.add_option("--socket", words_.arguments.socket, "Control socket (the configuration's)")
        ->type_name("FILE");
    app.footer(std::string(kExitCodes));
    return app;
  }

  CLI::App& reading(const char* name, const char* about) {
    static const std::map<std::string, OutputFormat> formats{{"table", OutputFormat::kTable},
                                                             {"json", OutputFormat::kJson},
                                                             {"ndjson", OutputFormat::kNdjson},
                                                             {"csv", OutputFormat::kCsv}};
    CLI::App& app = verb(name, about);
    app.add_option("-o,--output", words_.arguments.output, "table, json, ndjson or csv")
        ->type_name("FORMAT")
        ->transform(CLI::CheckedTransformer(formats).description(""));
    return app;
  }

  CLI::App& changing(const char* name, const char* about) {
    CLI::App& app = reading(name, about);
    app.add_option("--reason", words_.reason, "Why; kept with the incident and in the audit trail")
        ->type_name("TEXT");
    app.add_flag("--dry-run", words_.dry_run, "Only show what would change");
    return app;
  }

 private:
  CLI::App& parent_;
  ControlWords& words_;
};

CLI::App& noun(CLI::App& app, const char* name, const char* about) {
  CLI::App& group = *app.add_subcommand(name, about);
  group.require_subcommand(1);
  return group;
}

void required(CLI::App& verb, const char* name, std::string& into, const char* about) {
  verb.add_option(name, into, about)->required()->type_name("");
}
void required(CLI::App& verb, const char* name, std::vector<std::string>& into, const char* about) {
  verb.add_option(name, into, about)->required()->type_name("");
}

void add_top_verbs(CLI::App& app, ControlWords& words) {
  CLI::App& top = noun(app, "top", "Who sends most, and from where");
  VerbAdder verbs(top, words);
  const auto add = [&](const char* name, const char* about, const char* compared) {
    CLI::App& verb = verbs.reading(name, about);
    verb.add_flag("--compare", words.compare, compared);
    verb.add_option("--most", words.most, "So many (15)")->type_name("N");
  };
  const char* last_week = "Beside the hour before and the same hour last week";
  add("senders", "Accounts with the most recipients this hour", last_week);
  add("logins", "Accounts with the most successful logins this hour", last_week);
  add("addresses", "Client addresses with the most recipients and logins this hour",
      "Beside the hour before");
  add("networks", "The same by networks: IPv4 /24, IPv6 /48", "Beside the hour before");
}

void add_daemon_verbs(CLI::App& app, ControlWords& words) {
  VerbAdder verbs(app, words);
  verbs.reading("status", "Say how the daemon is doing");
  verbs.changing("mode", "Show or change the mode: observe or enforce")
      .add_option("MODE", words.mode, "observe or enforce; shown without it")
      ->type_name("");
  verbs.reading("watch", "Show decisions as they are made");
  required(verbs.verb("backup", "Copy the state into a new file while the daemon runs"), "FILE", words.file,
           "A file that is not there yet");
  CLI::App& cluster = noun(app, "cluster", "The nodes that share a ledger");
  VerbAdder(cluster, words).reading("status", "Which there are, and when each was heard of last");
  add_top_verbs(app, words);
  CLI::App& find =
      verbs.reading("find", "Who had to do with an address, a network, a subject, a recipient, ...");
  required(find, "WHAT", words.text, "192.0.2.7, 192.0.2.0/24, or a part of a text");
  find.add_option("--kind", words.kind,
                  "Only address, network, helo, sender, recipient, subject, subject_template, url_domain, "
                  "attachment, message_id or queue_id")
      ->type_name("KIND");
  find.add_option("--within", words.within, "Seen so short ago: 7d (ever)")->type_name("TIME");
  find.add_option("--most", words.most, "So many (100)")->type_name("N");
}

void add_account_verbs(CLI::App& app, ControlWords& words) {
  CLI::App& account = noun(app, "account", "Look at an account, restrict it, let it go");
  VerbAdder verbs(account, words);
  const auto named = [&](CLI::App& verb) -> CLI::App& {
    required(verb, "ACCOUNT", words.account, "The login");
    return verb;
  };
  named(verbs.reading("show", "Standing, habits and incidents"));
  named(verbs.reading("history", "What happened to it"));
  named(verbs.reading("standing", "Standing alone"));
  named(verbs.changing("hold", "Hold its mail"));
  named(verbs.changing("suspend", "Refuse its mail until a person or a new password ends it"));
  named(verbs.changing("release", "End a restriction; thresholds are lower for a while"));
  CLI::App& policy = named(verbs.changing("policy", "Show or set from where it may be used"));
  policy.add_option("--only-country", words.only_countries, "Refuse logins and mail from other countries")
      ->type_name("CC");
  policy.add_option("--only-network", words.only_networks, "Refuse logins and mail from elsewhere")
      ->type_name("NETWORK");
  policy.add_flag("--clear", words.clear, "From anywhere again");
  CLI::App& trust = named(verbs.changing("trust", "Take what comes from a network for the owner's"));
  required(trust, "NETWORK", words.networks, "Networks like 192.0.2.0/24");
  trust.add_option("--expires", words.expires, "After how long it ends: 7d, never (30d)")->type_name("TIME");
  named(verbs.verb("export", "All that is kept of it, as JSON"));
  named(verbs.changing("forget", "Delete its habits and counts, take its name out of incidents"))
      .add_flag("--force", words.force, "Although an incident is open");
}

void add_incident_verbs(CLI::App& app, ControlWords& words) {
  CLI::App& incident = noun(app, "incident", "Look at take-overs and judge them");
  VerbAdder verbs(incident, words);
  CLI::App& list = verbs.reading("list", "Incidents, newest first");
  list.add_option("--state", words.state, "open, confirmed, dismissed, ended or all (all)")
      ->type_name("STATE");
  list.add_option("--account", words.account, "Of this account only")->type_name("ACCOUNT");
  list.add_option("--most", words.most, "So many (100)")->type_name("N");
  const auto named = [&](CLI::App& verb) -> CLI::App& {
    required(verb, "INCIDENT", words.incident, "As `incident list` shows it");
    return verb;
  };
  named(verbs.reading("show", "The whole story: evidence, changes, notes"));
  named(verbs.reading("clues", "What was seen of the thief: places, subjects, links, attachments"));
  named(verbs.reading("siblings", "Other accounts that share such a clue, and since when"))
      .add_option("--most", words.most, "So many (100)")
      ->type_name("N");
  required(named(verbs.reading("note", "Add a note")), "TEXT", words.text, "The note");
  named(verbs.changing("take", "Say who takes care of it: nobody else is paged then"))
      .add_option("--by", words.by, "Somebody else than you")
      ->type_name("NAME");
  named(verbs.changing("evidence", "Write the archive of evidence now, and say where"));
  named(verbs.changing("confirm", "It was a take-over: suspend the account, forget what the thief taught"))
      .add_option("--cause", words.cause, "How the password went: phishing, malware, guessed, ...")
      ->type_name("TEXT");
  named(verbs.changing("dismiss", "It was the owner: lift the restriction, learn from it"));
  named(verbs.changing("release", "End the restriction, undo what was done because of it"));
}

void add_action_verbs(CLI::App& app, ControlWords& words) {
  CLI::App& action = noun(app, "action", "Look at what is done outside the mail path, do it by hand");
  VerbAdder verbs(action, words);
  CLI::App& list = verbs.reading("list", "Actions that wait for an attempt, oldest first");
  list.add_option("--incident", words.incident, "All of this incident")->type_name("ID");
  list.add_flag("--given-up", words.given_up, "Those that were given up too; of an incident only those");
  verbs.changing("retry", "Try one again now, also when it was given up")
      .add_option("NUMBER", words.number, "As `action list` shows it")
      ->required()
      ->type_name("");
  CLI::App& run = verbs.changing("run", "Carry out one because of an incident, whatever the playbook says");
  required(run, "NAME", words.action, "As in [action.NAME] of the configuration");
  run.add_option("--incident", words.incident, "Because of this incident, for its account")
      ->required()
      ->type_name("ID");
  run.add_flag("--undo", words.undo, "Take it back instead");
}

void add_mail_verbs(CLI::App& app, ControlWords& words) {
  CLI::App& queue = noun(app, "queue", "Look at an account's mail in the mail server's queue, and change it");
  VerbAdder verbs(queue, words);
  const auto scoped = [&](CLI::App& verb) -> CLI::App& {
    auto* account = verb.add_option("--account", words.account, "All mail of this account")->type_name("A");
    auto* incident =
        verb.add_option("--incident", words.incident, "What belongs to this incident")->type_name("ID");
    account->excludes(incident);
    return verb;
  };
  scoped(verbs.reading("list", "What is in the queue, oldest first"));
  scoped(verbs.changing("hold", "Put it on hold"));
  scoped(verbs.changing("release", "Let it go, in the order in which it came"))
      .add_flag("--force", words.force,
                "Although somebody has confirmed the incident, or its evidence is not kept");
  scoped(verbs.changing("delete",
                        "Delete it without bounces; of an incident what is held and from its networks"))
      .add_flag("--force", words.force,
                "Although nobody has confirmed the incident, or its evidence is not kept");
  CLI::App& sessions = noun(app, "sessions", "Look at an account's mailbox sessions, and end them");
  VerbAdder session_verbs(sessions, words);
  required(session_verbs.reading("list", "IMAP and POP3 sessions"), "ACCOUNT", words.account, "The login");
  required(session_verbs.changing("kick", "End them, and forget the cached password"), "ACCOUNT",
           words.account, "The login");
}

void add_list_verbs(CLI::App& app, ControlWords& words) {
  CLI::App& list = noun(app, "list", "Keep the lists: allow, block, canary");
  VerbAdder verbs(list, words);
  const auto named = [&](CLI::App& verb) -> CLI::App& {
    required(verb, "LIST", words.list, "allow, block or canary");
    return verb;
  };
  const auto with_facts = [&](CLI::App& verb) {
    verb.add_option("--comment", words.comment, "What it is for")->type_name("TEXT");
    verb.add_option("--expires", words.expires, "After how long it ends: 7d (never)")->type_name("TIME");
  };
  CLI::App& add = named(verbs.changing("add", "Add networks, accounts or canary addresses"));
  required(add, "VALUE", words.values, "192.0.2.0/24, a@x.example, trap@example.org, old-*@example.org");
  with_facts(add);
  required(named(verbs.changing("remove", "Remove one")), "VALUE", words.value, "As `list show` shows it");
  verbs.reading("show", "What stands in the lists")
      .add_option("LIST", words.list, "Only this one")
      ->type_name("");
  CLI::App& import = named(verbs.changing("import", "Add a line each of a file"));
  required(import, "FILE", words.file, "A text file; - is standard input; # begins a comment");
  with_facts(import);
  named(verbs.verb("export", "The values alone, a line each, as import reads them"));
}

void add_token_verbs(CLI::App& app, ControlWords& words) {
  CLI::App& token = noun(app, "token", "Keep the tokens of programs that tell events");
  VerbAdder verbs(token, words);
  CLI::App& add = verbs.reading("add", "Make one; it is shown this once");
  required(add, "NAME", words.name, "What it is for");
  add.add_option("--event", words.events, "What may be told: login, submission, ...; * for everything")
      ->required()
      ->type_name("KIND");
  add.add_option("--tenant", words.tenant, "Of whose accounts (everybody's)")->type_name("NAME");
  add.add_option("--expires", words.expires, "After how long it ends: 365d (never)")->type_name("TIME");
  verbs.reading("list", "Tokens, oldest first");
  required(verbs.reading("revoke", "End one"), "ID", words.token_id, "As `token list` shows it");
  CLI::App& audit = noun(app, "audit", "Who did what");
  VerbAdder(audit, words)
      .reading("list", "What people changed, newest first")
      .add_option("--most", words.most, "So many (100)")
      ->type_name("N");
}

// The verb that was typed, as its words with a blank between; empty for none.
std::string typed_verb(const CLI::App& app) {
  std::string verb;
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    verb += (verb.empty() ? "" : " ") + at->get_name();
  }
  return verb;
}

boost::json::array array_of(const std::vector<std::string>& texts) {
  boost::json::array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

// A span of time in seconds; `no_end` for 0. False with what is wrong in `mistake`.
bool put_time(const char* name, const std::string& text, std::string_view no_end, boost::json::object& into,
              std::string& mistake) {
  if (text.empty()) return true;
  const bool is_endless = text == no_end;
  const std::optional<Duration> span = is_endless ? Duration{} : parse_duration(text);
  if (!span || (span->count() <= 0 && !is_endless)) {
    mistake = fmt::format("'{}' is no time; write one like 10m, 2h or 30d, or {}", text, no_end);
    return false;
  }
  into.emplace(name, std::chrono::floor<std::chrono::seconds>(*span).count());
  return true;
}

void put_words(const ControlWords& words, boost::json::object& into) {
  const std::array<std::pair<std::string_view, const std::string*>, 16> texts{{{"account", &words.account},
                                                                               {"incident", &words.incident},
                                                                               {"list", &words.list},
                                                                               {"value", &words.value},
                                                                               {"mode", &words.mode},
                                                                               {"text", &words.text},
                                                                               {"reason", &words.reason},
                                                                               {"comment", &words.comment},
                                                                               {"cause", &words.cause},
                                                                               {"state", &words.state},
                                                                               {"name", &words.name},
                                                                               {"tenant", &words.tenant},
                                                                               {"token_id", &words.token_id},
                                                                               {"action", &words.action},
                                                                               {"kind", &words.kind},
                                                                               {"by", &words.by}}};
  for (const auto& [name, text] : texts) {
    if (!text->empty()) into.emplace(name, *text);
  }
  const std::array<std::pair<std::string_view, const std::vector<std::string>*>, 5> lists{
      {{"values", &words.values},
       {"events", &words.events},
       {"networks", &words.networks},
       {"only_networks", &words.only_networks},
       {"only_countries", &words.only_countries}}};
  for (const auto& [name, list] : lists) {
    if (!list->empty()) into.emplace(name, array_of(*list));
  }
  if (words.most > 0) into.emplace("most", words.most);
  if (words.number > 0) into.emplace("number", words.number);
  if (words.given_up) into.emplace("given_up", true);
  if (words.force) into.emplace("force", true);
  if (words.undo) into.emplace("undo", true);
  if (words.compare) into.emplace("compare", true);
  if (words.dry_run) into.emplace("dry_run", true);
  if (words.clear) into.emplace("clear", true);
}

}  // namespace

void add_control_verbs(CLI::App& app, ControlWords& words) {
  add_daemon_verbs(app, words);
  add_account_verbs(app, words);
  add_incident_verbs(app, words);
  add_action_verbs(app, words);
  add_mail_verbs(app, words);
  add_list_verbs(app, words);
  add_token_verbs(app, words);
}

std::optional<ControlArguments> control_arguments(const CLI::App& app, ControlWords& words,
                                                  std::string& mistake) {
  ControlArguments& arguments = words.arguments;
  arguments.verb = typed_verb(app);
  put_words(words, arguments.arguments);
  const bool are_times = put_time("expires_in", words.expires, "never", arguments.arguments, mistake) &&
                         put_time("within", words.within, "ever", arguments.arguments, mistake);
  if (!are_times) return std::nullopt;
  if (arguments.verb == "backup")
    arguments.arguments.emplace("file", std::filesystem::absolute(words.file).string());
  if (arguments.verb == "account export") arguments.output = OutputFormat::kJson;
  if (arguments.verb == "list import") {
    arguments.verb = "list add";
    arguments.values_file = words.file;
  }
  if (arguments.verb == "list export") {
    arguments.verb = "list show";
    arguments.output = OutputFormat::kValues;
  }
  arguments.follow = arguments.verb == "watch";
  return std::move(arguments);
}

}  // namespace postreeve
