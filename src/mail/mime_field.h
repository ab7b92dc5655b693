// Content-Type and Content-Disposition: a value with parameters (RFC 2045 5.1, RFC 2183, RFC 2231).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postreeve {

// Read leniently: what is no parameter is skipped. Total; bounded by the field and kMostParameters.
class MimeField {
 public:
  static constexpr std::size_t kMostParameters = 32;

  MimeField() = default;
  explicit MimeField(std::string_view body);

  // "multipart/mixed", "attachment": lower-cased, without white space and comments; may be empty.
  [[nodiscard]] const std::string& value() const noexcept { return value_; }
  // Unquoted; continuations joined and percent-encoding undone (RFC 2231 3, 4; the charset is not converted).
  // `name` in lower case. Empty when there is none.
  [[nodiscard]] std::string parameter(std::string_view name) const;

 private:
  std::string value_;
  std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace postreeve
