#include "response/sql_statement.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/ascii.h"

namespace postreeve {
namespace {

constexpr bool is_name(char c) noexcept {
  return is_alnum(c) || c == '_';
}
constexpr bool is_quote(char c) noexcept {
  return c == '\'' || c == '"' || c == '`';
}

std::string_view name_at(std::string_view text) {
  return text.substr(0, static_cast<std::size_t>(std::ranges::find_if_not(text, is_name) - text.begin()));
}

// A colon with a name behind it; not the second colon of a cast (::text).
bool begins_name(std::string_view text, std::size_t at) {
  return text[at] == ':' && at + 1 < text.size() && is_name(text[at + 1]) && !is_digit(text[at + 1]) &&
         (at == 0 || text[at - 1] != ':');
}

class Reading {
 public:
  Reading(std::string_view text, std::initializer_list<std::string_view> known)
      : text_(text), known_(known) {}

  // What is wrong with it, or nothing.
  std::optional<std::string> read(std::vector<std::string>& names) {
    for (std::size_t at = 0; at < text_.size(); ++at) {
      if (auto wrong = wrong_at(at)) return wrong;
      if (is_quote(text_[at])) {
        if (auto wrong = skip_quoted(at)) return wrong;
      } else if (begins_name(text_, at)) {
        const std::string_view name = name_at(text_.substr(at + 1));
        if (auto wrong = unknown(name)) return wrong;
        if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
        at += name.size();
      }
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] std::optional<std::string> wrong_at(std::size_t at) const {
    const std::string_view rest = text_.substr(at);
    if (rest.starts_with("--") || rest.starts_with("/*") || rest.front() == '#')
      return "contains a comment (--, /* or #)";
    if (rest.front() == ';') return "is more than one statement";
    if (rest.front() == '\\' || rest.front() == '$' || rest.front() == '\0')
      return "contains a backslash, a dollar sign or a zero byte";
    return std::nullopt;
  }

  // Moves `at` to the closing quotation mark.
  [[nodiscard]] std::optional<std::string> skip_quoted(std::size_t& at) const {
    const std::size_t end = text_.find(text_[at], at + 1);
    if (end == std::string_view::npos) return "has a quotation mark that is never closed";
    const std::string_view quoted = text_.substr(at + 1, end - at - 1);
    if (quoted.find_first_of(text_[at] == '\'' ? std::string_view("\\\0", 2)
                                               : std::string_view("\\\0'", 3)) != std::string_view::npos)
      return "contains a backslash or a mixture of quotation marks";
    for (std::size_t i = 0; i < quoted.size(); ++i) {
      if (!begins_name(quoted, i)) continue;
      // Within apostrophes all backends see no name; here it is one that was meant to be one.
      const std::string_view name = name_at(quoted.substr(i + 1));
      if (text_[at] != '\'' || !unknown(name))
        return fmt::format("has :{} within quotation marks; values are written without them", name);
    }
    at = end;
    return std::nullopt;
  }

  [[nodiscard]] std::optional<std::string> unknown(std::string_view name) const {
    if (std::ranges::find(known_, name) != known_.end()) return std::nullopt;
    return fmt::format("has :{}, which is none of :{}", name, fmt::join(known_, ", :"));
  }

  std::string_view text_;
  std::initializer_list<std::string_view> known_;
};

}  // namespace

bool SqlStatement::binds(std::string_view name) const {
  return std::ranges::find(names, name) != names.end();
}

Result<SqlStatement> read_statement(std::string_view text, std::initializer_list<std::string_view> known) {
  text = trim(text);
  if (text.ends_with(';')) text = trim(text.substr(0, text.size() - 1));
  if (text.empty()) return fail(ErrorCode::kInvalidInput, "is empty");
  SqlStatement statement{.text = std::string(text), .names = {}};
  if (auto wrong = Reading(text, known).read(statement.names))
    return fail(ErrorCode::kInvalidInput, std::move(*wrong));
  return statement;
}

}  // namespace postreeve
