#include <algorithm>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "control/verbs.h"

namespace postreeve {

std::string text_argument(const Request& request, std::string_view name) {
  const boost::json::value* value = request.arguments.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

Result<std::string> required_argument(const Request& request, std::string_view name) {
  std::string text = text_argument(request, name);
  if (text.empty()) return fail(ErrorCode::kInvalidInput, fmt::format("'{}' is missing", name));
  return text;
}

std::int64_t number_argument(const Request& request, std::string_view name, std::int64_t fallback) {
  const boost::json::value* value = request.arguments.if_contains(name);
  return value != nullptr && value->is_int64() ? value->get_int64() : fallback;
}

bool flag_argument(const Request& request, std::string_view name) {
  const boost::json::value* value = request.arguments.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::vector<std::string> texts_argument(const Request& request, std::string_view name) {
  std::vector<std::string> texts;
  const boost::json::value* value = request.arguments.if_contains(name);
  if (value == nullptr || !value->is_array()) return texts;
  for (const boost::json::value& item : value->get_array()) {
    if (item.is_string()) texts.emplace_back(item.get_string());
  }
  return texts;
}

Result<AccountId> account_argument(const Desk& desk, const Request& request) {
  const Result<std::string> login = required_argument(request, "account");
  if (!login) return fail(login.error());
  std::optional<AccountId> account = AccountId::from_login(*login, desk.default_domain);
  if (!account) return fail(ErrorCode::kInvalidInput, fmt::format("'{}' is no account", *login));
  return std::move(*account);
}

std::optional<Timestamp> expiry_argument(const Desk& desk, const Request& request) {
  constexpr std::int64_t kMostSeconds = 100LL * 366 * 24 * 3600;
  const std::int64_t seconds = std::min(number_argument(request, "expires_in", 0), kMostSeconds);
  if (seconds <= 0) return std::nullopt;
  return desk.guard.now() + std::chrono::seconds(seconds);
}

}  // namespace postreeve
