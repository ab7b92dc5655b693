#include "intake/postfix_fields.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace postreeve {
namespace {

constexpr std::uint8_t kHex = 1;
constexpr std::uint8_t kLong = 2;

// Which alphabets of queue IDs a byte belongs to.
constexpr std::array<std::uint8_t, 256> make_alphabets() {
  std::array<std::uint8_t, 256> alphabets{};
  for (const char c : std::string_view("0123456789ABCDEF")) alphabets[static_cast<unsigned char>(c)] |= kHex;
  for (const char c : std::string_view("0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz")) {
    alphabets[static_cast<unsigned char>(c)] |= kLong;
  }
  return alphabets;
}
constexpr auto kAlphabets = make_alphabets();

// Microseconds take five hexadecimal digits, the inode at least one; long IDs have
// six characters of seconds, four of microseconds and a `z`.
constexpr std::size_t kShortestShort = 6;
constexpr std::size_t kShortestLong = 12;

std::size_t queue_id_size(std::string_view text) noexcept {
  std::uint8_t alphabets = kHex | kLong;
  std::size_t size = 0;
  for (const char c : text) {
    const auto of_c = static_cast<std::uint8_t>(alphabets & kAlphabets[static_cast<unsigned char>(c)]);
    if (of_c == 0) break;
    alphabets = of_c;
    ++size;
  }
  const auto shortest = (alphabets & kHex) != 0 ? kShortestShort : kShortestLong;
  return size >= shortest ? size : 0;
}

constexpr std::array<std::string_view, 24> kActions = {"reject",
                                                       "hold",
                                                       "filter",
                                                       "redirect",
                                                       "prepend",
                                                       "replace",
                                                       "warning",
                                                       "info",
                                                       "warn",
                                                       "discard",
                                                       "bcc",
                                                       "milter-reject",
                                                       "milter-hold",
                                                       "milter-discard",
                                                       "milter-quarantine",
                                                       "strip",
                                                       "delay",
                                                       "pass",
                                                       "reject_warning",
                                                       "proxy-accept",
                                                       "proxy-reject",
                                                       "permit",
                                                       "ignore",
                                                       "milter-header-redirect"};

}  // namespace

bool is_postfix_queue_id(std::string_view text) noexcept {
  return !text.empty() && queue_id_size(text) == text.size();
}

std::optional<std::string_view> take_postfix_queue_id(FieldCursor& line) noexcept {
  if (line.take("NOQUEUE: ")) return std::string_view{};
  const auto size = queue_id_size(line.rest());
  if (size == 0) return std::nullopt;
  const auto queue_id = line.rest().substr(0, size);
  FieldCursor behind(line.rest().substr(size));
  if (!behind.take(": ")) return std::nullopt;
  line = behind;
  return queue_id;
}

std::optional<std::string_view> take_address(FieldCursor& line) noexcept {
  if (line.peek() == '<') return line.take_angle();
  const auto address = line.take_before(',');
  if (address.empty() || address.find(' ') != std::string_view::npos) return std::nullopt;
  return address;
}

std::string_view take_sasl_username(FieldCursor& line) noexcept {
  const auto rest = line.rest();
  auto size = rest.size();
  for (auto comma = rest.find(", "); comma != std::string_view::npos; comma = rest.find(", ", comma + 2)) {
    const auto field = rest.substr(comma + 2);
    if (field.starts_with("sasl_sender=") || field.starts_with("orig_queue_id=") ||
        field.starts_with("orig_client=") || field.starts_with("tls=")) {
      size = comma;
      break;
    }
  }
  line = FieldCursor(rest.substr(size));
  return rest.substr(0, size);
}

bool skip_named_field(FieldCursor& line) noexcept {
  const auto name = line.take_while([](char c) { return is_lower(c) || c == '_'; });
  if (name.empty() || !line.take('=')) return false;
  if (line.peek() == '<') return line.take_angle().has_value();
  (void)line.take_before(',');
  return true;
}

bool take_delivery_detail(FieldCursor& line) noexcept {
  if (!line.take("delay=") && !line.take("delays=") && !line.take("tls=") && !line.take("conn_use=")) {
    return false;
  }
  return !line.take_before(',').empty();
}

Record finish_delivery(DeliverySeen& delivery, FieldCursor line) noexcept {
  const auto status = line.take_word();
  if (status == "sent") {
    delivery.status = DeliveryStatus::kSent;
  } else if (status == "deferred" || status == "SOFTBOUNCE") {
    delivery.status = DeliveryStatus::kDeferred;
  } else if (status == "bounced") {
    delivery.status = DeliveryStatus::kBounced;
  } else if (status == "expired") {
    delivery.status = DeliveryStatus::kExpired;
  } else if (status.starts_with("deliverable") || status.starts_with("undeliverable")) {
    return NothingToSay{};
  } else {
    return NotUnderstood{};
  }
  if (line.take(" (")) {
    auto response = line.take_rest();
    if (response.ends_with(')')) response.remove_suffix(1);
    delivery.response = response;
  }
  if (!delivery.dsn.known()) {  // Postfix 2.2 and older do not log dsn=
    delivery.dsn = EnhancedStatus::find_in_reply(delivery.response).value_or(EnhancedStatus{});
  }
  return delivery;
}

std::optional<std::string_view> take_checked_text(FieldCursor& line) noexcept {
  const auto rest = line.rest();
  for (auto end = rest.find("; from=<"); end != std::string_view::npos;
       end = rest.find("; from=<", end + 1)) {
    const auto space = rest.rfind(' ', end);
    if (space == std::string_view::npos || space < 5 || rest.substr(space - 5, 6) != " from ") continue;
    FieldCursor client(rest.substr(space + 1, end - space - 1));
    const bool is_local = client.rest() == "local";
    if (!is_local && !(client.take_client() && client.at_end())) continue;
    line = FieldCursor(rest.substr(end));
    return rest.substr(0, space - 5);
  }
  return std::nullopt;
}

bool is_postfix_action(std::string_view word) noexcept {
  return std::ranges::find(kActions, word) != kActions.end() || word.starts_with("milter-header-");
}

LoginFailure postfix_login_failure(std::string_view reason) noexcept {
  const auto says = [reason](std::string_view text) { return reason.find(text) != std::string_view::npos; };
  if (says("onnection lost") || says("nvalid authentication mechanism") || says("another step") ||
      says("bad protocol") || says("aborted")) {
    return LoginFailure::kOther;
  }
  if (says("user not found") || says("no secret in database")) return LoginFailure::kUnknownUser;
  return LoginFailure::kBadPassword;
}

}  // namespace postreeve
