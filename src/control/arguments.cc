#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "control/verbs.h"

namespace postreeve {

bool always(const Request& /*request*/) {
  return true;
}

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
  if (!account)
    return fail(ErrorCode::kInvalidInput,
                fmt::format("'{}' is no account; write a login like anna@example.org", *login));
  return std::move(*account);
}

std::optional<Timestamp> expiry_argument(const Desk& desk, const Request& request) {
  const std::int64_t seconds = number_argument(request, "expires_in", 0);
  if (seconds <= 0) return std::nullopt;
  constexpr std::int64_t kLongest = std::chrono::seconds(std::chrono::years{100}).count();
  return desk.guard.now() + std::chrono::seconds(std::min(seconds, kLongest));
}

}  // namespace postreeve
