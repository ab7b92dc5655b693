#include "app/settings.h"

#include <algorithm>

namespace postreeve {
namespace {

using Type = SettingType;

constexpr Section kSections[] = {
    {"accounts", false, "Who the accounts are and which senders are theirs."},
    {"geography", false, "Where addresses are."},
    {"replay", false, "How `postreeve replay` reads logs."},
    {"networks", false, "Networks of your own."},
    {"canaries", false, "Addresses nobody honest writes to: whoever does has a stolen or bought list."},
    {"ladder", false,
     "How sure Postreeve must be before it does something, and for how long. Risk is counted in nats, "
     "the natural logarithm of the odds that somebody else uses the account: 0 is even odds, 3 is 20 to 1."},
    {"suspension", false, "What a suspended account's client is told."},
    {"guard", false, "How `postreeve serve` answers."},
    {"state", false, "Where what is learned and decided lies."},
    {"control", false, "How the command line reaches the daemon."},
    {"gate.postfix_policy", false, "Postfix's policy delegation, and Exim's `readsocket`."},
    {"gate.socketmap", false, "Suspended accounts as a socketmap, for `check_sasl_access`."},
    {"gate.tcp_table", false, "The same as a tcp_table."},
    {"gate.milter", false, "The milter."},
    {"gate.auth_policy", false, "Dovecot's auth policy and weakforced's HTTP interface."},
    {"gate.events", false, "Events by HTTP, of a webmail or a panel."},
    {"metrics", false, "What monitoring asks."},
    {"logs", false, "Logs that are followed."},
    {"tenant", true, "A customer: the domains whose accounts are theirs, and their calendar."},
    {"limit", true,
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
    case Type::kPath:
    case Type::kAnyPath:
      return {"file", "a file name in quotes"};
    case Type::kChoices:
      return {"list of", "a list like [\"a\", \"b\"]"};
    case Type::kNames:
      return {"list of names", "a list like [\"a\", \"b\"]"};
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
    std::vector<Setting> both(judging_settings().begin(), judging_settings().end());
    both.insert(both.end(), serving_settings().begin(), serving_settings().end());
    return both;
  }();
  return all;
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
