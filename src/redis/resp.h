// What Redis says and is told: RESP version 2, https://redis.io/docs/reference/protocol-spec.
//
// A reader of our own: hiredis 0.14 allocates what a length announces before a byte of it has come, and has
// no bound on a whole reply.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace postreeve {

struct RespValue {
  enum class Kind : std::uint8_t { kNil, kStatus, kError, kInteger, kBytes, kArray };

  Kind kind = Kind::kNil;
  std::int64_t integer = 0;
  std::string text = {};  // of a status, an error or bytes
  std::vector<RespValue> items = {};

  [[nodiscard]] bool is_nil() const noexcept { return kind == Kind::kNil; }
  [[nodiscard]] bool is_error() const noexcept { return kind == Kind::kError; }
  [[nodiscard]] bool is_array() const noexcept { return kind == Kind::kArray; }
  // The number that an integer is, or that bytes spell; 0 when they are none.
  [[nodiscard]] std::int64_t number() const noexcept;

  friend bool operator==(const RespValue&, const RespValue&) = default;
};

// Appends one command as an array of bytes.
void append_command(std::string& wire, std::initializer_list<std::string_view> parts);
void append_command(std::string& wire, const std::vector<std::string_view>& parts);

// Cuts what arrives into replies. Bounded: nothing is allocated for what has not come, a reply is at most
// most_bytes long and kMostDepth deep. Any bytes are safe. After an error nothing more is read.
class RespReader {
 public:
  static constexpr int kMostDepth = 8;

  explicit RespReader(std::size_t most_bytes = 4UL * 1024 * 1024) : most_bytes_(most_bytes) {}

  void feed(std::string_view bytes) { input_.append(bytes); }
  // The next reply; nullopt when it has not come whole. kCorrupt: this is not RESP; kLimitExceeded.
  [[nodiscard]] Result<std::optional<RespValue>> next();
  // Whether bytes are left that were not returned.
  [[nodiscard]] bool is_empty() const noexcept { return input_.size() == begin_; }

 private:
  std::size_t most_bytes_;
  std::string input_;
  std::size_t begin_ = 0;  // of what was not returned yet
};

}  // namespace postreeve
