#include "app/settings.h"

#include <algorithm>

#include <fmt/format.h>

namespace postreeve {
namespace {

using Type = SettingType;
using Form = Section::Form;

constexpr Section kSections[] = {
    {"accounts", Form::kOne, "Who the accounts are and which senders are theirs."},
    {"geography", Form::kOne, "Where addresses are."},
    {"replay", Form::kOne, "How `postreeve replay` reads logs."},
    {"networks", Form::kOne, "Networks of your own."},
    {"canaries", Form::kOne, "Addresses nobody honest writes to: whoever does has a stolen or bought list."},
    {"ladder", Form::kOne,
     "How sure Postreeve must be before it does something, and for how long. Risk is counted in nats, "
     "the natural logarithm of the odds that somebody else uses the account: 0 is even odds, 3 is 20 to 1."},
    {"suspension", Form::kOne, "What a suspended account's client is told."},
    {"guard", Form::kOne, "How `postreeve serve` answers."},
    {"state", Form::kOne, "Where what is learned and decided lies."},
    {"divert", Form::kOne, "Another way for doubtful mail that is let out."},
    {"activity", Form::kOne, "Whose doings are kept one by one."},
    {"retention", Form::kOne,
     "How long the ledger keeps what. Looked at soon after the start and every hour from then on."},
    {"control", Form::kOne, "How the command line reaches the daemon."},
    {"gate.postfix_policy", Form::kOne, "Postfix's policy delegation, and Exim's `readsocket`."},
    {"gate.socketmap", Form::kOne, "Suspended accounts as a socketmap, for `check_sasl_access`."},
    {"gate.tcp_table", Form::kOne, "The same as a tcp_table."},
    {"gate.milter", Form::kOne, "The milter."},
    {"gate.auth_policy", Form::kOne, "Dovecot's auth policy and weakforced's HTTP interface."},
    {"gate.events", Form::kOne, "Events by HTTP, of a webmail or a panel."},
    {"metrics", Form::kOne, "What monitoring asks."},
    {"logs", Form::kOne, "Logs that are followed."},
    {"response", Form::kOne,
     "What is done outside the mail path when an account's standing changes: names of actions, in the order "
     "in which they begin. When a restriction ends, what was done is undone in reverse order. In observe "
     "mode "
     "only staff is told."},
    {"response.tenant", Form::kNamed,
     "The same for the accounts of one tenant, instead of the lists above: what is not given is empty."},
    {"action", Form::kNamed,
     "An action; its name, of a-z, 0-9 and _, is used in the lists of [response]. Which settings it takes "
     "depends on its type."},
    {"tenant", Form::kList, "A customer: the domains whose accounts are theirs, and their calendar."},
    {"limit", Form::kList,
     "A rule of your own about how much may be sent, from where and when. All conditions that are given "
     "must hold. Limits are numbered in the order in which they stand."},
};

struct TypeWords {
  std::string_view name;
  std::string_view written;
};

TypeWords words_of(SettingType type) noexcept {
  switch (type) {
    case Type::kFlag:
      return {"true or false", "true or false"};
    case Type::kCount:
      return {"whole number", "a whole number"};
    case Type::kNumber:
      return {"number", "a number like 2.5"};
    case Type::kText:
    case Type::kLongText:
      return {"text", "a text in quotes"};
    case Type::kDomain:
      return {"domain", "a domain like \"example.org\""};
    case Type::kTimeZone:
      return {"time zone", "a name like \"Europe/Berlin\""};
    case Type::kDuration:
      return {"duration", "a time like \"10m\", \"2h\" or \"30d\""};
    case Type::kRate:
      return {"rate", "a rate like \"30/1h\""};
    case Type::kHours:
      return {"hours", "hours like \"22:00-06:00\""};
    case Type::kChoice:
      return {"one of", "one of its words in quotes"};
    case Type::kRedis:
      return {"Redis address", "an address like \"redis://127.0.0.1:6379\""};
    case Type::kPath:
    case Type::kAnyPath:
      return {"file", "a file name in quotes"};
    case Type::kChoices:
      return {"list of", "a list like [\"a\", \"b\"]"};
    case Type::kNames:
      return {"list of names", "a list like [\"a\", \"b\"]"};
    case Type::kTexts:
      return {"list of texts", "a list like [\"a\", \"b\"]"};
    case Type::kDomains:
      return {"list of domains", "a list like [\"example.org\"]"};
    case Type::kPaths:
    case Type::kAnyPaths:
      return {"list of files", "a list like [\"a.mmdb\", \"b.mmdb\"]"};
    case Type::kEndpoints:
      return {"list of endpoints", "a list like [\"127.0.0.1:10040\"]"};
    case Type::kAddresses:
      return {"list of addresses", "a list like [\"trap@example.org\"]"};
    case Type::kNetworks:
      return {"list of networks", "a list like [\"192.0.2.0/24\"]"};
    case Type::kCountries:
      return {"list of countries", "a list like [\"DE\", \"JP\"]"};
    case Type::kDates:
      return {"list of days", "a list like [\"2026-12-24\"]"};
  }
  return {};
}

}  // namespace

std::string_view to_text(SettingType type) noexcept {
  return words_of(type).name;
}
std::string_view how_to_write(SettingType type) noexcept {
  return words_of(type).written;
}

const Place& TableDraft::place_of(std::string_view name) const {
  const auto found = given.find(name);
  return found == given.end() ? place : found->second;
}

std::span<const Setting> settings() {
  static const std::vector<Setting> all = [] {
    std::vector<Setting> rows;
    for (const auto table :
         {judging_settings(), serving_settings(), retention_settings(), response_settings()})
      rows.insert(rows.end(), table.begin(), table.end());
    return rows;
  }();
  return all;
}

std::string heading_of(const Section& section) {
  switch (section.form) {
    case Form::kList:
      return fmt::format("[[{}]]", section.name);
    case Form::kNamed:
      return fmt::format("[{}.NAME]", section.name);
    case Form::kOne:
      break;
  }
  return fmt::format("[{}]", section.name);
}

std::span<const Section> sections() {
  return kSections;
}

std::vector<std::string_view> choices_of(const Setting& setting) {
  std::vector<std::string_view> words;
  std::string_view rest = setting.choices;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(' '), rest.size());
    words.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return words;
}

}  // namespace postreeve
