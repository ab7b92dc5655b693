#include "detect/freemail.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace postreeve {

bool is_freemail(std::string_view domain) noexcept {
  static constexpr std::array<std::string_view, 24> kFreemail{
      "163.com",   "aol.com",        "freenet.de", "gmail.com", "gmx.com",   "gmx.de",
      "gmx.net",   "hotmail.com",    "icloud.com", "inbox.ru",  "libero.it", "list.ru",
      "live.com",  "mail.com",       "mail.ru",    "msn.com",   "orange.fr", "outlook.com",
      "proton.me", "protonmail.com", "qq.com",     "web.de",    "yahoo.com", "yandex.ru"};
  const auto is_it = [domain](std::string_view known) { return equals_ignoring_case(known, domain); };
  // Both have a domain for each country.
  return std::ranges::any_of(kFreemail, is_it) || equals_ignoring_case(domain.substr(0, 6), "yahoo.") ||
         equals_ignoring_case(domain.substr(0, 8), "hotmail.");
}

}  // namespace postreeve
