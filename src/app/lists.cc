#include "app/lists.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

#include "base/ascii.h"
#include "mail/account_id.h"
#include "mail/address.h"

namespace postreeve {
namespace {

std::string_view without_comment(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#' && (i == 0 || is_space(line[i - 1]))) return trim(line.substr(0, i));
  }
  return trim(line);
}

// Calls `entry(content, line number)` for every line that says something.
template <typename Entry>
void for_each_entry(std::string_view text, Entry entry) {
  std::uint32_t number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view content = without_comment(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (!content.empty()) entry(content, number);
  }
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  const auto divides = [](char c) { return is_space(c) || c == ','; };
  auto from = std::ranges::find_if_not(line, divides);
  while (from != line.end()) {
    const auto to = std::find_if(from, line.end(), divides);
    words.emplace_back(from, to);
    from = std::find_if_not(to, line.end(), divides);
  }
  return words;
}

// A pattern like "*@*" would make a canary of everybody.
bool says_something(std::string_view pattern) {
  return std::ranges::any_of(pattern, [](char c) { return c != '*' && c != '@' && c != '.'; });
}

// The canonical form of an alias; empty when it is none.
std::string alias_of(std::string_view text) {
  if (text.starts_with('@')) return text.size() > 1 ? to_lower(text) : std::string{};
  const auto address = Address::parse(text);
  return address && !address->domain().empty() ? address->canonical() : std::string{};
}

}  // namespace

Result<std::string> read_text_file(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored))
    return fail(ErrorCode::kInvalidInput, "this is a directory");
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    const int reason = errno;
    const bool forbidden = reason == EACCES || reason == EPERM;
    return fail(forbidden ? ErrorCode::kUnavailable : ErrorCode::kNotFound,
                forbidden ? "no permission to read it" : "there is no such file");
  }
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (in.bad())
    return fail(ErrorCode::kUnavailable,
                fmt::format("reading failed: {}", std::generic_category().message(errno)));
  return text;
}

std::string add_canary(std::string_view text, CanaryList& canaries) {
  const std::string_view entry = trim(text);
  if (entry.find('*') != std::string_view::npos) {
    if (!says_something(entry))
      return fmt::format("the pattern '{}' fits everybody; write more of the address", entry);
    if (std::ranges::any_of(entry, is_space))
      return fmt::format("'{}' is no pattern; write one a line", entry);
    canaries.patterns.push_back(to_lower(entry));
    return {};
  }
  const auto address = Address::parse(entry);
  if (!address || address->domain().empty()) {
    return fmt::format("'{}' is no address; write one like trap@example.org, or a pattern with *", entry);
  }
  canaries.addresses.insert(address->canonical());
  return {};
}

void read_canaries(std::string_view text, const std::string& file, CanaryList& canaries,
                   std::vector<ConfigurationProblem>& problems) {
  for_each_entry(text, [&](std::string_view line, std::uint32_t number) {
    std::string wrong = add_canary(line, canaries);
    if (!wrong.empty()) problems.push_back({{file, number, 0}, std::move(wrong)});
  });
}

void AliasReader::read(std::string_view text, Aliases& aliases,
                       std::vector<ConfigurationProblem>& problems) const {
  for_each_entry(text, [&](std::string_view line, std::uint32_t number) {
    const auto report = [&](std::string wrong) { problems.push_back({{file, number, 0}, std::move(wrong)}); };
    const auto words = words_of(line);
    const auto account = words.empty() ? std::nullopt : AccountId::from_login(words[0], default_domain);
    if (!account) return report("the line names no account; write the account, then its addresses");
    if (words.size() < 2) return report(fmt::format("'{}' has no addresses; write them behind it", words[0]));
    for (std::string_view word : std::span(words).subspan(1)) {
      std::string alias = alias_of(word);
      if (alias.empty()) {
        report(fmt::format("'{}' is no address; write one like anna@example.org, or @example.org", word));
        continue;
      }
      aliases[account->text()].insert(std::move(alias));
    }
  });
}

}  // namespace postreeve
