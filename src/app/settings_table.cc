// Settings of judging.
#include <algorithm>
#include <array>

#include "app/lists.h"
#include "app/settings.h"
#include "mail/event.h"
#include "net/prefix_set.h"

namespace postreeve {
namespace {

using Type = SettingType;

template <typename T>
const T& as(const SettingValue& value) {
  return std::get<T>(value);
}
using Text = std::string;
using Texts = std::vector<std::string>;

Ladder& ladder(SettingsDraft& draft) {
  return draft.configuration.policy.ladder;
}
LimitCondition& condition(SettingsDraft& draft) {
  return draft.limit.limit.when;
}

PrefixSet networks(const SettingValue& value) {
  return PrefixSet(as<std::vector<Prefix>>(value));
}

std::uint32_t count(const SettingValue& value) {
  return static_cast<std::uint32_t>(as<std::int64_t>(value));
}

// The place of a word among the choices of its setting, which it is one of.
std::size_t place_among(std::string_view word, std::span<const std::string_view> words) {
  return static_cast<std::size_t>(std::ranges::find(words, word) - words.begin());
}

constexpr std::array<std::string_view, 7> kWeekdays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::array<std::string_view, 4> kActions{"defer", "hold", "divert", "reject"};
constexpr std::array<Action, 4> kActionValues{Action::kDefer, Action::kHold, Action::kDivert,
                                              Action::kReject};
constexpr std::array<std::string_view, 4> kKeys{"account", "address", "network", "tenant"};
constexpr std::array<std::string_view, 3> kCounted{"messages", "recipients", "recipients_per_message"};
constexpr std::array<std::string_view, 3> kSenders{"envelope", "header", "either"};

constexpr Setting kSettings[] = {
    {.section = "accounts",
     .name = "default_domain",
     .type = Type::kDomain,
     .needs_restart = true,
     .example = "\"example.org\"",
     .sentence =
         "Domain added to logins that have none, so that `anna` and `anna@example.org` are one account.",
     .store = [](auto& d, auto& v) { d.configuration.default_domain = as<Text>(v); }},
    {.section = "accounts",
     .name = "aliases_file",
     .type = Type::kPath,
     .example = "\"aliases\"",
     .sentence =
         "Sender addresses an account owns beside its own name: a line each, the account, then its addresses "
         "(`@example.org` for a whole domain).",
     .store = [](auto& d, auto& v) { d.configuration.aliases_file = as<Text>(v); }},
    {.section = "accounts",
     .name = "time_zone",
     .type = Type::kTimeZone,
     .fallback = "\"UTC\"",
     .example = "\"Europe/Berlin\"",
     .sentence = "Time zone of hours and weekdays for accounts that belong to no tenant.",
     .store = [](auto& d, auto& v) { d.configuration.policy.time_zone = as<Text>(v); }},
    {.section = "geography",
     .name = "files",
     .type = Type::kPaths,
     .fallback = "[]",
     .example = "[\"country.mmdb\", \"asn.mmdb\"]",
     .sentence = "Geography files (MMDB), asked in order; the first that knows a field wins.",
     .store = [](auto& d, auto& v) { d.configuration.geography_files = as<Texts>(v); }},
    {.section = "replay",
     .name = "time_zone",
     .type = Type::kTimeZone,
     .fallback = "\"UTC\"",
     .example = "\"Europe/Berlin\"",
     .sentence = "Time zone of log lines that do not name their offset.",
     .store = [](auto& d, auto& v) { d.configuration.time_zone = as<Text>(v); }},
    {.section = "networks",
     .name = "trusted",
     .type = Type::kNetworks,
     .fallback = "[]",
     .example = "[\"192.0.2.0/24\", \"2001:db8::/32\"]",
     .sentence = "Networks that carry no limits; detectors still look at them.",
     .store = [](auto& d, auto& v) { d.configuration.policy.trusted_networks = networks(v); }},
    {.section = "networks",
     .name = "webmail",
     .type = Type::kNetworks,
     .fallback = "[]",
     .example = "[\"192.0.2.80\", \"2001:db8::80\"]",
     .sentence =
         "Web servers of the webmail: mail from them is judged by where the account's webmail sessions "
         "come from. Private addresses and mail whose service is `webmail` need no mention.",
     .store = [](auto& d, auto& v) { d.configuration.policy.webmail_networks = networks(v); }},
    {.section = "canaries",
     .name = "addresses",
     .type = Type::kAddresses,
     .fallback = "[]",
     .example = "[\"trap@example.org\", \"old-*@example.org\"]",
     .sentence = "Canary addresses; `*` stands for any run of characters.",
     .store =
         [](auto& d, auto& v) {
           d.configuration.policy.canaries = {};
           for (const std::string& text : as<Texts>(v)) add_canary(text, d.configuration.policy.canaries);
         }},
    {.section = "canaries",
     .name = "file",
     .type = Type::kPath,
     .example = "\"canaries\"",
     .sentence = "More of them in a file: a line each, `#` begins a comment.",
     .store = [](auto& d, auto& v) { d.configuration.canaries_file = as<Text>(v); }},

    {.section = "ladder",
     .name = "prior",
     .type = Type::kNumber,
     .unit = "nats",
     .fallback = "-7.5",
     .least = -20,
     .most = 0,
     .example = "-7.0",
     .sentence = "Risk of an account of which nothing is known: -7 is one in a thousand.",
     .store = [](auto& d, auto& v) { ladder(d).prior = as<double>(v); }},
    {.section = "ladder",
     .name = "watched",
     .type = Type::kNumber,
     .unit = "nats",
     .fallback = "-3.5",
     .least = -20,
     .most = 30,
     .example = "-2.0",
     .sentence = "Risk from which an account is watched: nothing happens to its mail.",
     .store = [](auto& d, auto& v) { ladder(d).watched = as<double>(v); }},
    {.section = "ladder",
     .name = "slowed",
     .type = Type::kNumber,
     .unit = "nats",
     .fallback = "0.0",
     .least = -20,
     .most = 30,
     .example = "1.0",
     .sentence = "Risk from which new recipients beyond a small budget are told to try again later.",
     .store = [](auto& d, auto& v) { ladder(d).slowed = as<double>(v); }},
    {.section = "ladder",
     .name = "held",
     .type = Type::kNumber,
     .unit = "nats",
     .fallback = "1.25",
     .least = -20,
     .most = 30,
     .example = "3.0",
     .sentence = "Risk from which mail is accepted into the hold queue.",
     .store = [](auto& d, auto& v) { ladder(d).held = as<double>(v); }},
    {.section = "ladder",
     .name = "suspended",
     .type = Type::kNumber,
     .unit = "nats",
     .fallback = "6.5",
     .least = -20,
     .most = 30,
     .example = "6.0",
     .sentence = "Risk from which the account may send no more, if `strong` agrees.",
     .store = [](auto& d, auto& v) { ladder(d).suspended = as<double>(v); }},
    {.section = "ladder",
     .name = "strong",
     .type = Type::kNumber,
     .unit = "nats",
     .fallback = "3.0",
     .least = 0,
     .most = 8,
     .example = "3.0",
     .sentence =
         "How much the evidence of each of two groups must weigh before an account is suspended without a "
         "conclusive finding.",
     .store = [](auto& d, auto& v) { ladder(d).strong = as<double>(v); }},
    {.section = "ladder",
     .name = "slowed_for",
     .type = Type::kDuration,
     .fallback = "\"2h\"",
     .least = 60,
     .most = 30 * 86'400.0,
     .example = "\"4h\"",
     .sentence = "How long an account stays slowed when nothing more comes.",
     .store = [](auto& d, auto& v) { ladder(d).slowed_for = as<Duration>(v); }},
    {.section = "ladder",
     .name = "held_for",
     .type = Type::kDuration,
     .fallback = "\"24h\"",
     .least = 60,
     .most = 90 * 86'400.0,
     .example = "\"12h\"",
     .sentence = "How long an account stays held when nothing more comes.",
     .store = [](auto& d, auto& v) { ladder(d).held_for = as<Duration>(v); }},
    {.section = "ladder",
     .name = "probation",
     .type = Type::kDuration,
     .fallback = "\"30d\"",
     .least = 0,
     .most = 365 * 86'400.0,
     .example = "\"14d\"",
     .sentence = "How long thresholds are lower after a suspension has ended.",
     .store = [](auto& d, auto& v) { ladder(d).probation = as<Duration>(v); }},
    {.section = "ladder",
     .name = "slowed_recipients_per_hour",
     .type = Type::kCount,
     .unit = "recipients an hour",
     .fallback = "1",
     .least = 0,
     .most = 10'000,
     .example = "3",
     .sentence = "New recipients that a slowed account may still write to.",
     .store = [](auto& d, auto& v) { ladder(d).slowed_recipients_per_hour = count(v); }},
    {.section = "ladder",
     .name = "evidence_half_life",
     .type = Type::kDuration,
     .fallback = "\"6h\"",
     .least = 60,
     .most = 30 * 86'400.0,
     .example = "\"12h\"",
     .sentence = "After how long evidence weighs half.",
     .store = [](auto& d, auto& v) { ladder(d).evidence_half_life = as<Duration>(v); }},
    {.section = "ladder",
     .name = "lesson_wait",
     .type = Type::kDuration,
     .fallback = "\"3d\"",
     .least = 0,
     .most = 30 * 86'400.0,
     .example = "\"5d\"",
     .sentence = "How long what a suspicious account did waits before it counts as its habit.",
     .store = [](auto& d, auto& v) { ladder(d).lesson_wait = as<Duration>(v); }},
    {.section = "suspension",
     .name = "reject",
     .type = Type::kFlag,
     .fallback = "false",
     .example = "true",
     .sentence = "Refuse for good (525 5.7.13) instead of for now (451 4.7.1).",
     .store = [](auto& d, auto& v) { d.configuration.policy.suspended_rejects = as<bool>(v); }},

    {.section = "tenant",
     .name = "name",
     .type = Type::kText,
     .example = "\"school\"",
     .sentence = "Name, used in `tenants` of a limit; each may stand once.",
     .store = [](auto& d, auto& v) { d.tenant.name = as<Text>(v); }},
    {.section = "tenant",
     .name = "domains",
     .type = Type::kDomains,
     .example = "[\"school.example\"]",
     .sentence = "Domains whose accounts are this customer's.",
     .store = [](auto& d, auto& v) { d.tenant.domains = as<Texts>(v); }},
    {.section = "tenant",
     .name = "time_zone",
     .type = Type::kTimeZone,
     .fallback = "\"UTC\"",
     .example = "\"Asia/Tokyo\"",
     .sentence = "Time zone of hours, weekdays and holidays.",
     .store = [](auto& d, auto& v) { d.tenant.time_zone = as<Text>(v); }},
    {.section = "tenant",
     .name = "holidays",
     .type = Type::kDates,
     .fallback = "[]",
     .example = "[\"2026-12-24\", \"2026-12-25\"]",
     .sentence = "Days that count as Sundays.",
     .store = [](auto& d, auto& v) { d.tenant.holidays = as<std::vector<std::uint32_t>>(v); }},

    {.section = "limit",
     .name = "name",
     .type = Type::kText,
     .example = "\"at night\"",
     .sentence = "Name, shown wherever the limit is exceeded; each may stand once.",
     .store = [](auto& d, auto& v) { d.limit.limit.name = as<Text>(v); }},
    {.section = "limit",
     .name = "networks",
     .type = Type::kNetworks,
     .example = "[\"198.51.100.0/24\"]",
     .sentence = "Applies to clients in these networks; of webmail mail that is the web server.",
     .store = [](auto& d, auto& v) { condition(d).networks = networks(v); }},
    {.section = "limit",
     .name = "not_networks",
     .type = Type::kNetworks,
     .example = "[\"192.0.2.0/24\"]",
     .sentence = "Applies to clients outside these networks.",
     .store = [](auto& d, auto& v) { condition(d).not_networks = networks(v); }},
    {.section = "limit",
     .name = "countries",
     .type = Type::kCountries,
     .example = "[\"BR\", \"VN\"]",
     .sentence =
         "Applies to clients in these countries (ISO 3166-1, two letters); of webmail mail that is the "
         "browser.",
     .store = [](auto& d, auto& v) { condition(d).countries = as<std::vector<CountryCode>>(v); }},
    {.section = "limit",
     .name = "not_countries",
     .type = Type::kCountries,
     .example = "[\"DE\", \"AT\", \"CH\"]",
     .sentence = "Applies to clients known to be outside these countries.",
     .store = [](auto& d, auto& v) { condition(d).not_countries = as<std::vector<CountryCode>>(v); }},
    {.section = "limit",
     .name = "hours",
     .type = Type::kHours,
     .example = "\"22:00-06:00\"",
     .sentence = "Applies in these hours of the tenant's day.",
     .store =
         [](auto& d, auto& v) {
           condition(d).from_minute = as<Hours>(v).from;
           condition(d).to_minute = as<Hours>(v).to;
         }},
    {.section = "limit",
     .name = "weekdays",
     .type = Type::kChoices,
     .choices = "mon tue wed thu fri sat sun",
     .example = "[\"sat\", \"sun\"]",
     .sentence = "Applies on these days; the tenant's holidays are Sundays.",
     .store =
         [](auto& d, auto& v) {
           for (const std::string& day : as<Texts>(v)) condition(d).weekdays.set(place_among(day, kWeekdays));
         }},
    {.section = "limit",
     .name = "services",
     .type = Type::kChoices,
     .choices = "smtp imap pop3 sieve webmail",
     .example = "[\"webmail\"]",
     .sentence = "Applies to mail that came over these services.",
     .store =
         [](auto& d, auto& v) {
           for (const std::string& name : as<Texts>(v))
             condition(d).services.push_back(service_from_text(name));
         }},
    {.section = "limit",
     .name = "tenants",
     .type = Type::kNames,
     .example = "[\"school\"]",
     .sentence = "Applies to accounts of these tenants.",
     .store = [](auto& d, auto& v) { condition(d).tenants = as<Texts>(v); }},
    {.section = "limit",
     .name = "sender_not_owned",
     .type = Type::kChoice,
     .choices = "envelope header either",
     .example = "\"header\"",
     .sentence = "Applies to mail whose sender (envelope, From: header, or either) is not the account's.",
     .store =
         [](auto& d, auto& v) {
           condition(d).sender_not_owned = static_cast<SenderCheck>(place_among(as<Text>(v), kSenders) + 1);
         }},
    {.section = "limit",
     .name = "key",
     .type = Type::kChoice,
     .fallback = "\"account\"",
     .choices = "account address network tenant",
     .example = "\"address\"",
     .sentence = "Whose mail is counted together. An address is an IPv4 address or an IPv6 /64, a network a "
                 "/24 or /48; of webmail mail the browser's, and the account where that is not known.",
     .store = [](auto& d,
                 auto& v) { d.limit.limit.key = static_cast<LimitKey>(place_among(as<Text>(v), kKeys)); }},
    {.section = "limit",
     .name = "count",
     .type = Type::kChoice,
     .fallback = "\"messages\"",
     .choices = "messages recipients recipients_per_message",
     .example = "\"recipients\"",
     .sentence = "What is counted.",
     .store =
         [](auto& d, auto& v) {
           d.limit.limit.counted = static_cast<Counted>(place_among(as<Text>(v), kCounted));
         }},
    {.section = "limit",
     .name = "rate",
     .type = Type::kRate,
     .least = 1,
     .most = 365 * 86'400.0,
     .example = "\"30/1h\"",
     .sentence = "So many within so long. Needed unless recipients a message are counted.",
     .store = [](auto& d, auto& v) { d.limit.rate = as<Rate>(v); }},
    {.section = "limit",
     .name = "most",
     .type = Type::kCount,
     .unit = "recipients",
     .least = 1,
     .most = 1'000'000,
     .example = "50",
     .sentence = "So many recipients a message, with `count = \"recipients_per_message\"`.",
     .store = [](auto& d, auto& v) { d.limit.most = count(v); }},
    {.section = "limit",
     .name = "action",
     .type = Type::kChoice,
     .fallback = "\"defer\"",
     .choices = "defer hold divert reject",
     .example = "\"hold\"",
     .sentence = "What happens beyond the limit.",
     .store = [](auto& d,
                 auto& v) { d.limit.limit.action = kActionValues[place_among(as<Text>(v), kActions)]; }},
};

}  // namespace

std::span<const Setting> judging_settings() {
  return kSettings;
}

}  // namespace postreeve
