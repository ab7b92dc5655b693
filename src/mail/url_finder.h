// Finds the hosts of web addresses in a text that comes in pieces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace postreeve {

// "http://", "https://" in any case, and "www." where a word begins. What stands before an @ is no host.
// Bounded: hosts above kMostNameBytes are not counted, kMostUrlHosts are kept (message_content.h).
class UrlFinder {
 public:
  void add(std::string_view piece);
  void end_text();  // what comes next is another text

  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
  [[nodiscard]] std::vector<std::string> take_hosts() { return std::move(hosts_); }

 private:
  enum class State : std::uint8_t {
    kText,
    kHost,
    kAfterColon,  // a port, or the password of a user
  };

  void add(char c);
  void scan(char c);
  void finish_host();

  State state_ = State::kText;
  std::uint64_t tail_ = 0;  // the latest eight characters, lower-cased
  std::string host_;
  std::uint32_t count_ = 0;
  std::vector<std::string> hosts_;
};

}  // namespace postreeve
