#include "response/ldap_filter.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.h"

namespace postreeve {
namespace {

bool is_plain(char c) {
  return static_cast<unsigned char>(c) < 0x80 && !is_control(c) && c != '*' && c != '(' && c != ')' &&
         c != '\\';
}

// Calls for every part of the filter: text as it stands, or what stands between braces.
template <typename OnText, typename OnName>
bool each_part(std::string_view filter, OnText on_text, OnName on_name) {
  while (!filter.empty()) {
    const std::size_t open = filter.find('{');
    on_text(filter.substr(0, open));
    if (open == std::string_view::npos) return true;
    const std::size_t close = filter.find('}', open);
    if (close == std::string_view::npos || !on_name(filter.substr(open + 1, close - open - 1))) return false;
    filter.remove_prefix(close + 1);
  }
  return true;
}

}  // namespace

std::string escape_filter_value(std::string_view value) {
  std::string escaped;
  for (const char c : value) {
    if (is_plain(c)) {
      escaped += c;
    } else {
      escaped += fmt::format("\\{:02x}", static_cast<unsigned char>(c));
    }
  }
  return escaped;
}

std::string fill_filter(std::string_view filter, const AccountId& account) {
  std::string filled;
  each_part(
      filter, [&](std::string_view text) { filled += text; },
      [&](std::string_view name) {
        filled += escape_filter_value(name == "localpart" ? account.localpart()
                                      : name == "domain"  ? account.domain()
                                                          : std::string_view(account.text()));
        return true;
      });
  return filled;
}

Result<void> check_filter(std::string_view filter) {
  if (!filter.starts_with('(') || !filter.ends_with(')') || filter.contains('\0'))
    return fail(ErrorCode::kInvalidInput, "filter stands in parentheses: filter = \"(uid={account})\"");
  bool has_account = false;
  const bool is_known = each_part(
      filter, [](std::string_view) {},
      [&](std::string_view name) {
        has_account |= name == "account" || name == "localpart";
        return name == "account" || name == "localpart" || name == "domain";
      });
  if (!is_known)
    return fail(ErrorCode::kInvalidInput,
                "filter knows {account}, {localpart} and {domain} and no other braces");
  if (!has_account)
    return fail(ErrorCode::kInvalidInput, "filter names no account: filter = \"(uid={account})\"");
  return {};
}

}  // namespace postreeve
