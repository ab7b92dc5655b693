#include "gate/login_query.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "base/ascii.h"
#include "base/keyed_hash.h"

namespace postreeve {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostReasonBytes = 500;

// Calls `read(object)` with the body's object, whose memory ends with the call.
template <typename Read>
auto with_object(std::string_view body, Read&& read) -> decltype(read(std::declval<const json::object&>())) {
  std::array<unsigned char, 4096> memory;
  json::monotonic_resource resource(memory.data(), memory.size());
  json::parse_options options;
  options.max_depth = 16;
  boost::system::error_code failure;
  const json::value value = json::parse({body.data(), body.size()}, failure, &resource, options);
  if (failure || !value.is_object()) return fail(ErrorCode::kInvalidInput, "the body is no JSON object");
  return read(value.get_object());
}

Result<std::string_view> text_field(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains({name.data(), name.size()});
  if (value == nullptr || value->is_null()) return std::string_view{};
  if (!value->is_string()) return fail(ErrorCode::kInvalidInput, fmt::format("field '{}' is no text", name));
  return std::string_view(value->get_string().data(), value->get_string().size());
}

Result<bool> bool_field(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains({name.data(), name.size()});
  if (value == nullptr || value->is_null()) return false;
  if (value->is_bool()) return value->get_bool();
  // Clients of weakforced, its own tests among them, write texts too.
  if (value->is_string() && value->get_string() == "true") return true;
  if (value->is_string() && value->get_string() == "false") return false;
  return fail(ErrorCode::kInvalidInput, fmt::format("field '{}' is not true or false", name));
}

// An attribute that the administrator may have added, at the top or in "attrs"; whatever else it is, "".
std::string_view attribute(const json::object& object, std::string_view name) {
  const auto at = [name](const json::object& where) -> std::string_view {
    const json::value* value = where.if_contains({name.data(), name.size()});
    if (value == nullptr || !value->is_string()) return {};
    return {value->get_string().data(), value->get_string().size()};
  };
  if (const std::string_view text = at(object); !text.empty()) return text;
  const json::value* attributes = object.if_contains("attrs");
  return attributes != nullptr && attributes->is_object() ? at(attributes->get_object()) : std::string_view{};
}

Result<std::optional<IpAddress>> address_field(const json::object& object, std::string_view name) {
  const auto text = text_field(object, name);
  if (!text) return fail(text.error());
  if (text->empty()) return std::nullopt;
  const auto address = IpAddress::parse(*text);
  if (!address) return fail(ErrorCode::kInvalidInput, fmt::format("field '{}' is no address", name));
  return address;
}

// "http" and "mobileapi" are weakforced's names of web clients.
Service service_of(std::string_view protocol) {
  if (equals_ignoring_case(protocol, "http") || equals_ignoring_case(protocol, "mobileapi"))
    return Service::kWebmail;
  if (equals_ignoring_case(protocol, "pop")) return Service::kPop3;
  return service_from_text(protocol);
}

// Whether the server gets to see what was typed.
bool shows_password(std::string_view mechanism) {
  constexpr std::array<std::string_view, 4> kShowing = {"", "plain", "login", "xoauth2"};
  return std::ranges::any_of(
      kShowing, [mechanism](std::string_view shown) { return equals_ignoring_case(shown, mechanism); });
}

// Any text as a hash that is not 0; hexadecimal digits in either case are the same.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0;
  for (const char c : text) hash = mix64(hash ^ static_cast<unsigned char>(to_lower(c)));
  return hash == 0 ? 1 : hash;
}

Result<LoginQuery> login_query(const json::object& object, std::string_view default_domain) {
  if (!object.contains("login")) return fail(ErrorCode::kInvalidInput, "field 'login' is missing");
  const auto name = text_field(object, "login");
  const auto remote = address_field(object, "remote");
  const auto hash = text_field(object, "pwhash");
  const auto protocol = text_field(object, "protocol");
  const auto success = bool_field(object, "success");
  const auto policy_reject = bool_field(object, "policy_reject");
  if (!name) return fail(name.error());
  if (!remote) return fail(remote.error());
  if (!hash) return fail(hash.error());
  if (!protocol) return fail(protocol.error());
  if (!success) return fail(success.error());
  if (!policy_reject) return fail(policy_reject.error());
  LoginQuery query;
  query.login.account = AccountId::from_login(*name, default_domain).value_or(AccountId{});
  query.login.session.client_address = *remote;
  query.login.session.service = service_of(*protocol);
  query.login.success = *success;
  query.login.reason = *success ? LoginFailure::kNone : LoginFailure::kBadPassword;
  if (!hash->empty() && shows_password(attribute(object, "mech"))) query.login.password_hash = hash_of(*hash);
  query.policy_reject = *policy_reject;
  return query;
}

Result<Prefix> network_of_text(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return fail(ErrorCode::kInvalidInput, "field 'netmask' is no network");
  if (slash == text.size()) return Prefix::of(*address, 128);
  int length = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data() + slash + 1, end, length);
  if (failure != std::errc{} || rest != end || length < 0 || length > (address->is_v4() ? 32 : 128))
    return fail(ErrorCode::kInvalidInput, "field 'netmask' is no network");
  return Prefix::of(*address, length);
}

Result<std::optional<std::uint32_t>> seconds_field(const json::object& object, std::string_view name) {
  constexpr std::int64_t kMost = 10LL * 365 * 86'400;
  const json::value* value = object.if_contains({name.data(), name.size()});
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (!value->is_int64() || value->get_int64() < 1 || value->get_int64() > kMost)
    return fail(ErrorCode::kInvalidInput, fmt::format("field '{}' is not 1 to {} seconds", name, kMost));
  return static_cast<std::uint32_t>(value->get_int64());
}

Result<ListQuery> list_query(const json::object& object, std::string_view default_domain) {
  const auto address = address_field(object, "ip");
  const auto netmask = text_field(object, "netmask");
  const auto name = text_field(object, "login");
  const auto seconds = seconds_field(object, "expire_secs");
  const auto reason = text_field(object, "reason");
  if (!address) return fail(address.error());
  if (!netmask) return fail(netmask.error());
  if (!name) return fail(name.error());
  if (!seconds) return fail(seconds.error());
  if (!reason) return fail(reason.error());
  ListQuery query;
  query.address = *address;
  query.expire_seconds = *seconds;
  query.reason = reason->substr(0, kMostReasonBytes);
  if (*address) query.network = Prefix::of(**address, 128);
  if (!*address && !netmask->empty()) {
    const auto network = network_of_text(*netmask);
    if (!network) return fail(network.error());
    query.network = *network;
  }
  if (!name->empty()) {
    const auto account = AccountId::from_login(*name, default_domain);
    if (!account) return fail(ErrorCode::kInvalidInput, "field 'login' is no login");
    query.account = *account;
  }
  if (!query.network && query.account.empty())
    return fail(ErrorCode::kInvalidInput, "neither 'ip', 'netmask' nor 'login' is there");
  return query;
}

}  // namespace

Result<LoginQuery> read_login_query(std::string_view body, std::string_view default_domain) {
  return with_object(
      body, [default_domain](const json::object& object) { return login_query(object, default_domain); });
}

Result<ListQuery> read_list_query(std::string_view body, std::string_view default_domain) {
  return with_object(
      body, [default_domain](const json::object& object) { return list_query(object, default_domain); });
}

}  // namespace postreeve
