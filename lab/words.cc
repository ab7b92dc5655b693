#include "lab/words.h"

#include <array>

#include <fmt/format.h>

namespace postreeve::lab {
namespace {

using std::string_view;

constexpr std::array<string_view, 64> kFirst{
    "anna",   "jan",     "maria",  "peter",   "julia",  "thomas", "laura",  "marek",  "sophie",    "paul",
    "eva",    "lukas",   "katja",  "michael", "nina",   "david",  "agnes",  "martin", "ines",      "stefan",
    "carla",  "andreas", "monika", "robert",  "helen",  "simon",  "petra",  "daniel", "karin",     "jakub",
    "elena",  "oliver",  "sandra", "piotr",   "claire", "frank",  "teresa", "george", "birgit",    "pavel",
    "alice",  "ralf",    "joanna", "marco",   "ulrike", "tomasz", "emma",   "bernd",  "lucia",     "henrik",
    "silvia", "mark",    "beata",  "victor",  "ruth",   "klaus",  "ewa",    "adam",   "christine", "leon",
    "marta",  "jens",    "olga",   "felix"};
constexpr std::array<string_view, 72> kLast{
    "nowak",   "mueller", "kowalski", "schmidt",    "smith",       "wagner",  "novak",      "martin",
    "becker",  "jones",   "rossi",    "hoffmann",   "dupont",      "weber",   "wisniewski", "fischer",
    "garcia",  "meyer",   "brown",    "schulz",     "lewandowski", "koch",    "bauer",      "taylor",
    "richter", "klein",   "wolf",     "silva",      "schroeder",   "neumann", "zielinski",  "schwarz",
    "bernard", "braun",   "hofmann",  "zimmermann", "petit",       "krueger", "hartmann",   "lange",
    "mazur",   "werner",  "moreau",   "krause",     "lehmann",     "walker",  "kaiser",     "fuchs",
    "peters",  "lang",    "dvorak",   "scholz",     "moeller",     "weiss",   "jung",       "hahn",
    "vogel",   "jansen",  "horvath",  "keller",     "svoboda",     "berger",  "winkler",    "roth",
    "baumann", "franke",  "laurent",  "albrecht",   "simon",       "ludwig",  "krol",       "winter"};
constexpr std::array<string_view, 40> kThings{
    "contract",  "offer",     "meeting",     "invoice",      "photos",       "project plan",    "minutes",
    "timetable", "order",     "delivery",    "budget",       "draft",        "holiday",         "appointment",
    "report",    "questions", "feedback",    "tickets",      "agenda",       "documents",       "site visit",
    "proposal",  "workshop",  "application", "registration", "key",          "newsletter text", "phone call",
    "repair",    "quotation", "samples",     "test results", "presentation", "insurance",       "travel",
    "course",    "recipe",    "birthday",    "car",          "garden"};
constexpr std::array<string_view, 24> kAsides{
    "on monday", "next week", "for anna", "2026",         "march",           "final version",
    "update",    "urgent?",   "thanks",   "v2",           "please",          "tomorrow",
    "room 12",   "new date",  "spring",   "part 2",       "short question",  "of today",
    "and more",  "corrected", "friday",   "as discussed", "from the office", "list"};
constexpr std::array<string_view, 14> kSpam{"Your parcel could not be delivered {}",
                                            "Account verification required {}",
                                            "You have won {} EUR",
                                            "Cheap meds online {}%",
                                            "Make {} EUR a day from home",
                                            "Sono molto solitaria! {}",
                                            "Invoice {} overdue",
                                            "Your mailbox is full {}",
                                            "Hot singles near you {}",
                                            "Bitcoin profit {}",
                                            "cPanel Service Alert {}",
                                            "Your subscription renews, {} USD",
                                            "Security notice {}",
                                            "Loan offer {}"};
constexpr std::array<string_view, 16> kBrands{
    "DHL Express", "Microsoft 365", "Your bank",   "Webmail Team", "PayPal",
    "IT Helpdesk", "Docu Center",   "Streaming",   "Post AG",      "Tax Office",
    "WeTransfer",  "Amazon",        "Crypto Desk", "HR",           "Adobe",
    "DPD"};
constexpr std::array<string_view, 10> kFraud{"Payment today",
                                             "Are you at your desk?",
                                             "Change of bank details",
                                             "Urgent transfer",
                                             "Confidential",
                                             "Invoice attached",
                                             "Quick task",
                                             "New account number",
                                             "Payment confirmation",
                                             "Wire"};
constexpr string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

template <std::size_t N>
string_view at(const std::array<string_view, N>& items, std::uint64_t number) {
  return items[number % N];
}

template <typename... Args>
void rewrite(std::string& text, fmt::format_string<Args...> format, Args&&... args) {
  text.clear();
  fmt::format_to(std::back_inserter(text), format, std::forward<Args>(args)...);
}

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

}  // namespace

string_view first_name(std::uint64_t number) {
  return at(kFirst, mix64(number) >> 7);
}
string_view last_name(std::uint64_t number) {
  return at(kLast, mix64(number) >> 29);
}
std::string full_name(std::uint64_t number) {
  std::string first(first_name(number));
  std::string last(last_name(number));
  first[0] = upper(first[0]);
  last[0] = upper(last[0]);
  return first + ' ' + last;
}

void write_subject(std::string& text, Random& random) {
  const double kind = random.unit();
  if (kind < 0.45) return write_reply_subject(text, random);
  text.clear();
  if (kind < 0.52) text += "Fwd: ";
  text += random.pick<string_view>(kThings);
  if (random.chance(0.6)) {
    text += ' ';
    text += random.pick<string_view>(kAsides);
  }
  if (random.chance(0.15)) fmt::format_to(std::back_inserter(text), " {}", random.below(90'000));
}
void write_reply_subject(std::string& text, Random& random) {
  text = random.chance(0.7) ? "Re: " : "AW: ";
  text += random.pick<string_view>(kThings);
  text += ' ';
  text += random.pick<string_view>(kAsides);
}
void write_newsletter_subject(std::string& text, Random& random) {
  rewrite(text, "News {}: {} and {}", random.below(200), random.pick<string_view>(kThings),
          random.pick<string_view>(kThings));
}
void write_order_subject(std::string& text, Random& random) {
  constexpr std::array<string_view, 4> kForms{"Your order {}", "Order confirmation #{}",
                                              "Shipment of order {}", "Invoice for your order {}"};
  rewrite(text, fmt::runtime(random.pick<string_view>(kForms)), 100'000 + random.below(900'000));
}
void write_scan_subject(std::string& text, Random& random) {
  rewrite(text, "Scan from device {:04}", random.below(10'000));
}
void write_ticket_subject(std::string& text, Random& random) {
  rewrite(text, "[Ticket#{}] {}", 2026'000'000 + random.below(999'999), random.pick<string_view>(kThings));
}
void write_spam_subject(std::string& text, std::uint64_t campaign, Random& random) {
  Random same(campaign ^ 0x5ab1);
  // Half of the campaigns count, the others keep their number.
  const std::uint32_t number = same.below(10'000);
  const bool counts = same.chance(0.5);
  rewrite(text, fmt::runtime(same.pick<string_view>(kSpam)), counts ? random.below(10'000) : number);
  if (same.chance(0.5)) fmt::format_to(std::back_inserter(text), " - {}", same.pick<string_view>(kBrands));
  const double also = same.unit();
  if (also < 0.2) fmt::format_to(std::back_inserter(text), ", {}", first_name(random.bits()));
  if (also > 0.8) fmt::format_to(std::back_inserter(text), " {:05x}", random.below(0x100000));
}
void write_fraud_subject(std::string& text, Random& random) {
  text = random.pick<string_view>(kFraud);
}
void write_random_subject(std::string& text, Random& random) {
  text.clear();
  const std::uint32_t length = random.from_to(4, 11);
  for (std::uint32_t i = 0; i < length; ++i) text += kLetters[random.below(kLetters.size())];
  if (random.chance(0.5)) {
    text += ", ";
    text += kLetters[random.below(kLetters.size())];
  }
}

}  // namespace postreeve::lab
