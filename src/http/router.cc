#include "http/router.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace postreeve {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

// "/a/b" is "a", "b"; "/" is one empty segment.
std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (true) {
    const std::size_t end = std::min(path.find('/'), path.size());
    segments.emplace_back(path.substr(0, end));
    if (end == path.size()) return segments;
    path.remove_prefix(end + 1);
  }
}

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.starts_with('{') && segment.ends_with('}');
}

std::string join(const std::vector<std::string>& segments, std::size_t from) {
  std::string path;
  for (std::size_t i = from; i < segments.size(); ++i) {
    if (i != from) path += '/';
    path += segments[i];
  }
  return path;
}

std::optional<Parameters> match(const std::vector<std::string>& pattern,
                                const std::vector<std::string>& path) {
  Parameters parameters;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (i >= path.size()) return std::nullopt;
    const std::string& wanted = pattern[i];
    if (wanted == "*" && i + 1 == pattern.size()) {
      parameters.emplace_back("*", join(path, i));
      return parameters;
    }
    if (is_parameter(wanted)) {
      if (path[i].empty()) return std::nullopt;
      parameters.emplace_back(wanted.substr(1, wanted.size() - 2), path[i]);
    } else if (wanted != path[i]) {
      return std::nullopt;
    }
  }
  return pattern.size() == path.size() ? std::optional(std::move(parameters)) : std::nullopt;
}

}  // namespace

void Router::add(std::string_view method, std::string_view pattern, HttpHandler handler) {
  routes_.push_back({std::string(method), segments_of(pattern), std::move(handler)});
}

void Router::answer(HttpRequest request, HttpReply reply) const {
  const std::vector<std::string> path = segments_of(request.path);
  const Route* best = nullptr;
  std::optional<Parameters> found;
  std::string allow;
  for (const Route& route : routes_) {
    auto parameters = match(route.segments, path);
    if (!parameters) continue;
    const bool is_head = request.method == "HEAD" && route.method == "GET";
    if (request.method != route.method && !is_head) {
      if (allow.find(route.method) == std::string::npos) allow += (allow.empty() ? "" : ", ") + route.method;
      if (route.method == "GET") allow += ", HEAD";
      continue;
    }
    if (found && parameters->size() >= found->size()) continue;
    best = &route;
    found = std::move(parameters);
  }
  if (best != nullptr) {
    request.parameters = std::move(*found);
    best->handler(std::move(request), std::move(reply));
    return;
  }
  if (allow.empty()) {
    reply(problem(404, "there is nothing at this path"));
    return;
  }
  HttpResponse response = problem(405, "this path does not take the method");
  response.headers.emplace_back("Allow", allow);
  reply(std::move(response));
}

}  // namespace postreeve
