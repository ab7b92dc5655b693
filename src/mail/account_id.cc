#include "mail/account_id.h"

#include <algorithm>

#include "base/ascii.h"
#include "mail/address.h"

namespace postreeve {
namespace {

constexpr std::size_t kMaxLoginBytes = 320;

// How servers log that there is no name: Postfix "(unavailable)", and "<>", "unknown", "-".
bool stands_for_no_name(std::string_view login) noexcept {
  return (login.front() == '<' && login.back() == '>') || login == "-" ||
         equals_ignoring_case(login, "(unavailable)") || equals_ignoring_case(login, "unknown");
}

}  // namespace

std::optional<AccountId> AccountId::from_login(std::string_view login, std::string_view default_domain) {
  login = trim(login);
  if (login.empty() || stands_for_no_name(login) || std::ranges::any_of(login, is_control))
    return std::nullopt;
  const bool bare = !login.contains('@') && !default_domain.empty();
  if (login.size() + (bare ? 1 + default_domain.size() : 0) > kMaxLoginBytes) return std::nullopt;
  std::string text = to_lower(login);
  if (bare) text.append("@").append(to_lower(default_domain));
  return AccountId(std::move(text));
}

std::string_view AccountId::localpart() const noexcept {
  return std::string_view(text_).substr(0, text_.rfind('@'));
}

std::string_view AccountId::domain() const noexcept {
  return domain_of(text_);
}

}  // namespace postreeve
