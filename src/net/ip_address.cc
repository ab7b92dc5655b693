#include "net/ip_address.h"

#include <array>

#include "base/ascii.h"

namespace postreeve {
namespace {

constexpr std::size_t kGroups = 8;  // of 16 bits, RFC 4291 2.2

// Reads a dotted quad that is the whole of [at, end).
bool read_v4(const char* at, const char* end, std::uint32_t& address) noexcept {
  if (end - at < 7 || end - at > 15) return false;
  std::uint32_t bits = 0;
  for (int octets = 0;; ++at) {
    if (at == end || !is_digit(*at)) return false;
    unsigned value = static_cast<unsigned>(*at++ - '0');
    // "01" is octal to some readers and decimal to others: nobody's address.
    const bool leading_zero = value == 0;
    while (at != end && is_digit(*at)) {
      if (leading_zero) return false;
      value = value * 10 + static_cast<unsigned>(*at++ - '0');
      if (value > 255) return false;
    }
    bits = bits << 8 | value;
    if (++octets == 4) break;
    if (at == end || *at != '.') return false;
  }
  if (at != end) return false;
  address = bits;
  return true;
}

using Groups = std::array<std::uint16_t, kGroups>;

// Reads colon-separated groups one after the other, remembering where "::" stood.
class GroupReader {
 public:
  bool read(std::string_view text) noexcept {
    const char* at = text.data();
    const char* const end = at + text.size();
    if (end - at < 2) return false;
    if (at[0] == ':') {  // only as the start of "::"
      if (at[1] != ':') return false;
      gap_ = 0;
      at += 2;
    }
    while (at != end) {
      if (!read_group(at, end)) return false;
    }
    return gap_ == kNoGap ? count_ == kGroups : count_ < kGroups;
  }

  // The groups behind "::" moved to the end.
  [[nodiscard]] Groups spread() const noexcept {
    if (gap_ == kNoGap) return groups_;
    Groups spread{};
    for (std::size_t i = 0; i < gap_; ++i) spread[i] = groups_[i];
    for (std::size_t i = gap_; i < count_; ++i) spread[kGroups - count_ + i] = groups_[i];
    return spread;
  }

 private:
  static constexpr std::size_t kNoGap = kGroups + 1;

  // Reads one group (or a dotted quad at the end) and the colons behind it.
  bool read_group(const char*& at, const char* end) noexcept {
    if (count_ == kGroups) return false;
    const char* const start = at;
    unsigned value = 0;
    for (int digit = 0; at != end && (digit = hex_value(*at)) >= 0; ++at) {
      if (at - start == 4) return false;
      value = value << 4 | static_cast<unsigned>(digit);
    }
    if (at != end && *at == '.') return read_quad(at, start, end);
    if (at == start) return false;
    groups_[count_++] = static_cast<std::uint16_t>(value);
    if (at == end) return true;
    if (*at++ != ':' || at == end) return false;
    if (*at != ':') return true;
    if (gap_ != kNoGap) return false;  // RFC 4291 2.2: "::" once
    gap_ = count_;
    ++at;
    return true;
  }

  bool read_quad(const char*& at, const char* start, const char* end) noexcept {
    std::uint32_t v4 = 0;
    if (count_ + 2 > kGroups || !read_v4(start, end, v4)) return false;
    groups_[count_++] = static_cast<std::uint16_t>(v4 >> 16);
    groups_[count_++] = static_cast<std::uint16_t>(v4 & 0xffff);
    at = end;
    return true;
  }

  Groups groups_{};
  std::size_t count_ = 0;
  std::size_t gap_ = kNoGap;
};

constexpr std::uint64_t join(const Groups& groups, std::size_t first) noexcept {
  std::uint64_t half = 0;
  for (std::size_t i = first; i < first + 4; ++i) half = half << 16 | groups[i];
  return half;
}

// RFC 5952 4.2: the longest run of at least two zero groups, the first of equals.
struct Run {
  std::size_t start = kGroups;
  std::size_t length = 1;
};

Run longest_zero_run(const Groups& groups) noexcept {
  Run best;
  for (std::size_t i = 0; i < kGroups;) {
    std::size_t end = i;
    while (end < kGroups && groups[end] == 0) ++end;
    if (end - i > best.length) best = {i, end - i};
    i = end + 1;
  }
  return best;
}

void append_decimal(std::string& out, std::uint32_t octet) {
  if (octet >= 100) out += static_cast<char>('0' + octet / 100);
  if (octet >= 10) out += static_cast<char>('0' + octet / 10 % 10);
  out += static_cast<char>('0' + octet % 10);
}

void append_hex(std::string& out, std::uint16_t group) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  int shift = 12;
  while (shift > 0 && group >> shift == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) out += kDigits[static_cast<std::size_t>(group >> shift & 0xf)];
}

std::string v4_text(std::uint32_t address) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    if (shift != 24) text += '.';
    append_decimal(text, address >> shift & 0xff);
  }
  return text;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) noexcept {
  std::uint32_t v4_bits = 0;
  if (read_v4(text.data(), text.data() + text.size(), v4_bits)) return v4(v4_bits);
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
    if (read_v4(text.data(), text.data() + text.size(), v4_bits)) return v4(v4_bits);
  }
  constexpr std::string_view kTag = "IPv6:";  // RFC 5321 4.1.3
  if (equals_ignoring_case(text.substr(0, kTag.size()), kTag)) text.remove_prefix(kTag.size());
  GroupReader reader;
  if (!reader.read(text)) return std::nullopt;
  const Groups groups = reader.spread();
  return IpAddress(join(groups, 0), join(groups, 4));
}

bool IpAddress::is_loopback() const noexcept {
  if (is_v4()) return to_v4() >> 24 == 127;
  return high_ == 0 && low_ == 1;
}

bool IpAddress::is_private() const noexcept {
  if (is_loopback()) return true;
  if (is_v4()) {
    const std::uint32_t bits = to_v4();
    return bits >> 24 == 10 || bits >> 20 == 0xac1 ||       // RFC 1918: 10/8, 172.16/12
           bits >> 16 == 0xc0a8 || bits >> 16 == 0xa9fe ||  // 192.168/16; RFC 3927: 169.254/16
           bits >> 22 == 0x64400000U >> 22;                 // RFC 6598: 100.64/10
  }
  return high_ >> 57 == 0xfc >> 1 || high_ >> 54 == 0xfe80 >> 6;  // RFC 4193: fc00::/7; RFC 4291: fe80::/10
}

std::string IpAddress::to_string() const {
  if (is_v4()) return v4_text(to_v4());
  Groups groups;
  for (std::size_t i = 0; i < kGroups; ++i) {
    groups[i] = static_cast<std::uint16_t>((i < 4 ? high_ : low_) >> (48 - 16 * (i % 4)));
  }
  const Run run = longest_zero_run(groups);
  std::string text;
  text.reserve(39);
  for (std::size_t i = 0; i < kGroups; ++i) {
    if (i == run.start) {
      text += "::";
      i += run.length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    append_hex(text, groups[i]);
  }
  return text;
}

}  // namespace postreeve
