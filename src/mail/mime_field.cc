#include "mail/mime_field.h"

#include <fmt/format.h>

#include "base/ascii.h"

namespace postreeve {
namespace {

// Reads tokens, quoted strings and punctuation off the front of a field's body.
class FieldReader {
 public:
  explicit FieldReader(std::string_view body) : rest_(body) {}

  [[nodiscard]] bool at_end() {
    skip_space();
    return rest_.empty();
  }
  bool take(char c) {
    skip_space();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // Up to one of `ends`, white space or a comment; a quoted string without its quotes.
  std::string take_word(std::string_view ends) {
    skip_space();
    if (rest_.starts_with('"')) return take_quoted();
    std::size_t size = 0;
    while (size < rest_.size() && !is_space(rest_[size]) && rest_[size] != '(' &&
           ends.find(rest_[size]) == std::string_view::npos) {
      ++size;
    }
    std::string word(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return word;
  }
  void skip_to(char c) { rest_.remove_prefix(std::min(rest_.find(c), rest_.size())); }

 private:
  void skip_space() {
    while (!rest_.empty()) {
      if (rest_.front() == '(') {
        skip_comment();
      } else if (is_space(rest_.front())) {
        rest_.remove_prefix(1);
      } else {
        return;
      }
    }
  }
  void skip_comment() {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] == '\\') {
        ++i;
      } else if (rest_[i] == '(') {
        ++depth;
      } else if (rest_[i] == ')' && --depth == 0) {
        rest_.remove_prefix(i + 1);
        return;
      }
    }
    rest_ = {};
  }
  std::string take_quoted() {
    std::string word;
    std::size_t i = 1;
    for (; i < rest_.size() && rest_[i] != '"'; ++i) {
      if (rest_[i] == '\\' && i + 1 < rest_.size()) ++i;
      word.push_back(rest_[i]);
    }
    rest_.remove_prefix(std::min(i + 1, rest_.size()));
    return word;
  }

  std::string_view rest_;
};

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      decoded.push_back(static_cast<char>(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2])));
      i += 2;
    } else {
      decoded.push_back(text[i]);
    }
  }
  return decoded;
}

// RFC 2231 4: charset'language'text; the names in front are dropped.
std::string_view without_charset(std::string_view text) noexcept {
  const std::size_t first = text.find('\'');
  const std::size_t second = first == std::string_view::npos ? first : text.find('\'', first + 1);
  return second == std::string_view::npos ? text : text.substr(second + 1);
}

}  // namespace

MimeField::MimeField(std::string_view body) {
  FieldReader reader(body);
  value_ = to_lower(reader.take_word(";"));
  while (!reader.at_end() && parameters_.size() < kMostParameters) {
    reader.skip_to(';');
    if (!reader.take(';')) break;
    std::string name = to_lower(reader.take_word("=;"));
    if (name.empty() || !reader.take('=')) continue;
    parameters_.emplace_back(std::move(name), reader.take_word(";"));
  }
}

std::string MimeField::parameter(std::string_view name) const {
  const auto find = [this](const std::string& wanted) -> const std::string* {
    for (const auto& [key, value] : parameters_) {
      if (key == wanted) return &value;
    }
    return nullptr;
  };
  if (const std::string* const whole = find(fmt::format("{}*", name))) {
    return percent_decoded(without_charset(*whole));
  }
  if (const std::string* const plain = find(std::string(name))) return *plain;
  std::string joined;
  for (std::size_t i = 0; i < kMostParameters; ++i) {
    const std::string* const encoded = find(fmt::format("{}*{}*", name, i));
    const std::string* const plain = encoded == nullptr ? find(fmt::format("{}*{}", name, i)) : nullptr;
    if (encoded == nullptr && plain == nullptr) break;
    joined += encoded == nullptr ? *plain : percent_decoded(i == 0 ? without_charset(*encoded) : *encoded);
  }
  return joined;
}

}  // namespace postreeve
