#include "mail/url_finder.h"

#include <algorithm>

#include "base/ascii.h"
#include "mail/message_content.h"

namespace postreeve {
namespace {

constexpr std::uint64_t packed(std::string_view text) noexcept {
  std::uint64_t value = 0;
  for (const char c : text) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}
constexpr std::uint64_t low_bytes(unsigned bytes) noexcept {
  return (std::uint64_t{1} << 8 * bytes) - 1;
}

constexpr bool is_host_byte(char c) noexcept {
  return is_alnum(c) || c == '-' || c == '.' || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

void UrlFinder::add(std::string_view piece) {
  for (const char c : piece) add(to_lower(c));
}

void UrlFinder::end_text() {
  if (state_ != State::kText) finish_host();
  state_ = State::kText;
  tail_ = 0;
}

void UrlFinder::add(char c) {
  switch (state_) {
    case State::kText:
      break;
    case State::kHost:
      if (is_host_byte(c)) {
        if (host_.size() <= kMostNameBytes) host_.push_back(c);
        return;
      }
      if (c == '@') {  // RFC 3986 3.2.1: that was a user
        host_.clear();
        return;
      }
      if (c == ':') {
        state_ = State::kAfterColon;
        return;
      }
      finish_host();
      break;
    case State::kAfterColon:
      if (c == '@') {
        host_.clear();
        state_ = State::kHost;
        return;
      }
      if (is_host_byte(c)) return;
      finish_host();
      break;
  }
  scan(c);
}

void UrlFinder::scan(char c) {
  tail_ = tail_ << 8 | static_cast<unsigned char>(c);
  if (c == '/') {
    if ((tail_ & low_bytes(7)) != packed("http://") && tail_ != packed("https://")) return;
    host_.clear();
    state_ = State::kHost;
  } else if (c == '.' && (tail_ & low_bytes(4)) == packed("www.")) {
    const char before = static_cast<char>(tail_ >> 32 & 0xff);
    if (is_host_byte(before) || before == '@' || before == '/') return;
    host_ = "www.";
    state_ = State::kHost;
  }
}

void UrlFinder::finish_host() {
  state_ = State::kText;
  tail_ = 0;
  while (host_.ends_with('.')) host_.pop_back();
  if (host_.size() > kMostNameBytes || host_.find('.') == std::string::npos || host_ == "www") return;
  ++count_;
  if (hosts_.size() < kMostUrlHosts && std::ranges::find(hosts_, host_) == hosts_.end())
    hosts_.push_back(host_);
}

std::string_view registered_part(std::string_view host) noexcept {
  const std::size_t last = host.rfind('.');
  if (last == std::string_view::npos || last == 0) return host;
  const std::string_view top = host.substr(last + 1);
  if (top.empty() || is_digit(top.front())) return host;  // an address
  const auto label_before = [host](std::size_t dot) {
    const std::size_t before = host.rfind('.', dot - 1);
    return before == std::string_view::npos ? std::size_t{0} : before + 1;
  };
  const std::size_t second = label_before(last);
  const std::string_view name = host.substr(second, last - second);
  // "co.uk", "com.br", "ac.at", "gov.in": countries that sell names below a second label of theirs.
  constexpr std::string_view kSecondLevels[] = {"ac",  "co", "com", "edu", "gob", "gov",
                                                "mil", "ne", "net", "or",  "org"};
  if (top.size() != 2 || second < 2 ||
      std::ranges::find(kSecondLevels, name) == std::ranges::end(kSecondLevels)) {
    return host.substr(second);
  }
  return host.substr(label_before(second - 1));
}

}  // namespace postreeve
