#include "http/target.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostFields = 100;

int digit_of(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// nullopt: a broken escape or a control character.
std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const int high = digit_of(text[i + 1]);
      const int low = digit_of(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (is_control(c)) return std::nullopt;
    decoded.push_back(c);
  }
  return decoded;
}

Result<std::string> decode_path(std::string_view text) {
  std::string path;
  while (!text.empty()) {
    text.remove_prefix(1);  // the slash
    const std::size_t end = std::min(text.find('/'), text.size());
    const auto segment = decode(text.substr(0, end), false);
    if (!segment || segment->find('/') != std::string::npos)
      return fail(ErrorCode::kInvalidInput, "the path is not encoded as it must be");
    if (*segment == "." || *segment == "..")
      return fail(ErrorCode::kInvalidInput, "the path has a '.' or '..'");
    path += '/';
    path += *segment;
    text.remove_prefix(end);
  }
  return path;
}

}  // namespace

Result<HttpTarget> parse_target(std::string_view target) {
  if (const std::size_t scheme = target.find("://"); scheme != std::string_view::npos && target[0] != '/') {
    const std::size_t path = target.find('/', scheme + 3);
    target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
  }
  if (!target.starts_with('/')) return fail(ErrorCode::kInvalidInput, "the target is no path");
  const std::size_t question = std::min(target.find('?'), target.size());
  auto path = decode_path(target.substr(0, question));
  if (!path) return fail(path.error());
  HttpTarget parsed{std::move(*path), {}};
  std::size_t begin = question + 1;
  while (begin < target.size()) {
    const std::size_t end = std::min(target.find('&', begin), target.size());
    const std::string_view field = target.substr(begin, end - begin);
    begin = end + 1;
    if (field.empty()) continue;
    const std::size_t equals = std::min(field.find('='), field.size());
    auto name = decode(field.substr(0, equals), true);
    auto value = decode(equals < field.size() ? field.substr(equals + 1) : std::string_view{}, true);
    if (!name || !value || parsed.query.size() >= kMostFields)
      return fail(ErrorCode::kInvalidInput, "the query is not encoded as it must be");
    parsed.query.emplace_back(std::move(*name), std::move(*value));
  }
  return parsed;
}

}  // namespace postreeve
