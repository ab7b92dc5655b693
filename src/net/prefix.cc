#include "net/prefix.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace postreeve {
namespace {

constexpr int kMappedBits = 96;  // the part of an IPv4-mapped address that is not the IPv4 address

// The upper `bits` (0..64) of a half set.
constexpr std::uint64_t upper_mask(int bits) noexcept {
  return bits <= 0 ? 0 : ~std::uint64_t{0} << (64 - std::min(bits, 64));
}

IpAddress cut(const IpAddress& address, int bits) noexcept {
  return {address.high() & upper_mask(bits), address.low() & upper_mask(bits - 64)};
}

int length128(const IpAddress& address, int length) noexcept {
  return address.is_v4() ? length + kMappedBits : length;
}

std::optional<int> parse_length(std::string_view digits) noexcept {
  int length = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, length);
  const bool plain = error == std::errc{} && stop == end && (digits.size() == 1 || digits.front() != '0');
  if (!plain || length < 0 || length > 128) return std::nullopt;
  return length;
}

std::unexpected<Error> not_a_network(std::string_view text, std::string_view why) {
  std::string detail = "'";
  detail.append(text).append("' is not a network: ").append(why);
  return fail(ErrorCode::kInvalidInput, std::move(detail));
}

}  // namespace

Prefix Prefix::of(const IpAddress& address, int length) noexcept {
  Prefix prefix;
  prefix.length_ = std::clamp(length, 0, address.is_v4() ? 32 : 128);
  prefix.address_ = cut(address, length128(address, prefix.length_));
  return prefix;
}

Result<Prefix> Prefix::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return not_a_network(text, "expected an address such as 192.0.2.0/24 or 2001:db8::/32");
  if (slash == std::string_view::npos) return of(*address, 128);
  auto length = parse_length(text.substr(slash + 1));
  // "::ffff:192.0.2.0/120" counts the mapped bits, "192.0.2.0/24" does not.
  const bool mapped = address->is_v4() && text.find(':') < slash;
  if (length && mapped) length = *length - kMappedBits;
  const int longest = address->is_v4() ? 32 : 128;
  if (!length || *length < 0 || *length > longest) {
    return not_a_network(text, mapped             ? "its length must be 96 to 128"
                               : address->is_v4() ? "its length must be 0 to 32"
                                                  : "its length must be 0 to 128");
  }
  const Prefix prefix = of(*address, *length);
  if (prefix.address_ != *address) {
    return not_a_network(text, "it has bits set below its length; did you mean " + prefix.to_string() + "?");
  }
  return prefix;
}

bool Prefix::contains(const IpAddress& address) const noexcept {
  return address.is_v4() == is_v4() && cut(address, length128(address, length_)) == address_;
}

std::string Prefix::to_string() const {
  std::string text = address_.to_string();
  if (length_ == (is_v4() ? 32 : 128)) return text;
  return text.append("/").append(std::to_string(length_));
}

Prefix host_of(const IpAddress& address) noexcept {
  return Prefix::of(address, address.is_v4() ? 32 : 64);
}
Prefix network_of(const IpAddress& address) noexcept {
  return Prefix::of(address, address.is_v4() ? 24 : 48);
}

}  // namespace postreeve
