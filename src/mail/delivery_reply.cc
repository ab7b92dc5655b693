#include "mail/delivery_reply.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/ascii.h"

namespace postreeve {
namespace {

using namespace std::string_view_literals;

constexpr std::array kOfAddress{"your ip"sv,    "sending ip"sv,    "sender ip"sv,     "the ip "sv,
                                "ip address"sv, "ip reputation"sv, "block list"sv,    "blocklist"sv,
                                "black list"sv, "blacklist"sv,     "blocked using"sv, "dnsbl"sv,
                                " rbl"sv,       "spamhaus"sv,      "spamcop"sv,       "barracudacentral"sv};
constexpr std::array kOfMessage{"url"sv,   "uribl"sv,   "surbl"sv,       "dbl."sv,
                                "link "sv, "content"sv, "helo command"sv};

bool has_one_of(std::string_view text, std::span<const std::string_view> words) noexcept {
  const auto same = [](char a, char b) { return to_lower(a) == b; };
  return std::ranges::any_of(
      words, [&](std::string_view word) { return !std::ranges::search(text, word, same).empty(); });
}

}  // namespace

bool blames_our_address(const EnhancedStatus& dsn, std::string_view reply) noexcept {
  constexpr std::uint16_t kAddress = 1, kMailbox = 2;  // RFC 3463 3.2, 3.3
  if (dsn.subject == kAddress || dsn.subject == kMailbox) return false;
  return has_one_of(reply, kOfAddress) && !has_one_of(reply, kOfMessage);
}

}  // namespace postreeve
