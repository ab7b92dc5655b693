// Result<T>: a value, or an Error that the caller can act on.
//
//   Result<Prefix> parse(std::string_view text) {
//     if (text.empty()) return fail(ErrorCode::kInvalidInput, "an empty prefix");
//     ...
//   }
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace postreeve {

// Kinds by what the caller can do about it.
enum class ErrorCode {
  kInvalidInput,   // correct the input
  kNotFound,       // it is not there
  kConflict,       // read again and retry
  kUnavailable,    // try again later
  kLimitExceeded,  // ask for less
  kCorrupt,        // stored data is broken; restore it
};

struct Error {
  ErrorCode code;
  std::string detail;  // one plain sentence; never a password or token
};

template <typename T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
};

// Returns from a function with a Result: `return fail(ErrorCode::kNotFound, "no such file");`
[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string detail) {
  return std::unexpected<Error>(Error{code, std::move(detail)});
}
[[nodiscard]] inline std::unexpected<Error> fail(Error error) {
  return std::unexpected<Error>(std::move(error));
}

}  // namespace postreeve
