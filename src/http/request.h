// One HTTP request, whole, as a plain value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postreeve {

struct HttpRequest {
  std::string method;  // "GET"; upper case as the client sent it
  // Percent-decoded, without the query; begins with '/', holds no control characters, and no slash that was
  // encoded.
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;       // percent-decoded, in order
  std::vector<std::pair<std::string, std::string>> headers;     // names in lower case, in order
  std::vector<std::pair<std::string, std::string>> parameters;  // of the path, as the router found them
  std::string body;
  std::string remote;  // the client's IP address; empty at a Unix socket

  // The first header of that name (lower case); "" when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept {
    return value_of(headers, name).value_or(std::string_view{});
  }
  // nullopt when the query does not have it.
  [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const noexcept {
    return value_of(query, name);
  }
  // Of the route's pattern; "" when the pattern has no such parameter.
  [[nodiscard]] std::string_view parameter(std::string_view name) const noexcept {
    return value_of(parameters, name).value_or(std::string_view{});
  }

 private:
  [[nodiscard]] static std::optional<std::string_view> value_of(
      const std::vector<std::pair<std::string, std::string>>& values, std::string_view name) noexcept {
    for (const auto& [key, value] : values) {
      if (key == name) return value;
    }
    return std::nullopt;
  }
};

}  // namespace postreeve
