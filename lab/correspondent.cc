#include "lab/correspondent.h"

#include <array>
#include <string_view>

#include <fmt/format.h>

#include "lab/words.h"

namespace postreeve::lab {
namespace {

using std::string_view;

constexpr std::array<string_view, 14> kFreemail{
    "gmail.com", "outlook.com", "gmx.de",      "web.de",    "yahoo.com", "hotmail.com", "wp.pl",
    "orange.fr", "icloud.com",  "t-online.de", "libero.it", "aol.com",   "mail.ru",     "seznam.cz"};
constexpr std::array<string_view, 24> kTrades{"bau",    "med",    "tech",    "logistik", "foods",  "kanzlei",
                                              "soft",   "metal",  "school",  "print",    "media",  "energy",
                                              "auto",   "garten", "textil",  "labs",     "hotel",  "events",
                                              "verein", "data",   "finance", "design",   "pharma", "tools"};
constexpr std::uint32_t kBusinesses = 6000;

}  // namespace

Correspondent random_freemail(Random& random, double dead) {
  const std::uint32_t domain = random.skewed_below(kFreemail.size(), 2.2);
  return Correspondent::of(Realm::kFreemail, domain, random.bits() >> 24, random.chance(dead));
}

Correspondent random_business(Random& random, double dead) {
  const std::uint32_t domain = random.skewed_below(kBusinesses, 1.8);
  return Correspondent::of(Realm::kBusiness, domain, random.bits() >> 24, random.chance(dead));
}

void append_domain(std::string& text, Correspondent who) {
  switch (who.realm()) {
    case Realm::kFreemail:
      text += kFreemail[who.domain() % kFreemail.size()];
      return;
    case Realm::kBusiness:
      fmt::format_to(std::back_inserter(text), "{}{}.example", kTrades[mix64(who.domain()) % kTrades.size()],
                     who.domain());
      return;
    case Realm::kAccount:
    case Realm::kLocalName:
      text += tenant_domain(who.domain());
      return;
    case Realm::kCanary:
      text += "trap.example";
      return;
  }
}

void append_localpart(std::string& text, Correspondent who) {
  const std::uint64_t person = who.person();
  if (who.realm() == Realm::kCanary) {
    fmt::format_to(std::back_inserter(text), "canary{}", person);
    return;
  }
  const string_view first = first_name(person);
  const string_view last = last_name(person);
  const auto out = std::back_inserter(text);
  const std::uint64_t number = mix64(person) % 9973;
  if (who.realm() == Realm::kFreemail) {
    switch (number % 4) {
      case 0:
        fmt::format_to(out, "{}.{}{}", first, last, number);
        return;
      case 1:
        fmt::format_to(out, "{}{}{}", first, last.substr(0, 3), number);
        return;
      case 2:
        fmt::format_to(out, "{}_{}{}", last, first.front(), number);
        return;
      default:
        fmt::format_to(out, "{}{}.{}", first, number, last);
        return;
    }
  }
  if (number % 10 == 0) {
    constexpr std::array<string_view, 6> kRoles{"info", "office", "sales", "support", "kontakt", "orders"};
    text += kRoles[number % kRoles.size()];
  } else {
    fmt::format_to(out, "{}.{}", first, last);
    // two people of one organisation seldom share a name
    if (number % 3 == 0) fmt::format_to(out, "{}", person % 100);
  }
}

std::string tenant_domain(std::uint32_t tenant) {
  return fmt::format("{}-t{}.example", kTrades[mix64(tenant + 77) % kTrades.size()], tenant);
}

std::string canary_address(std::uint32_t number) {
  return fmt::format("canary{}@trap.example", number);
}

}  // namespace postreeve::lab
