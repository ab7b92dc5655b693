// Which handler answers which method and path.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/response.h"

namespace postreeve {

// Filled once, then asked by any number of threads. Hand it to a server with
// `[&router](HttpRequest request, HttpReply reply) { router.answer(std::move(request), std::move(reply)); }`.
class Router {
 public:
  // A pattern is a path whose segments may be parameters: "/v1/accounts/{account}/policy". A parameter takes
  // one segment that is not empty; a literal goes before a parameter. "/static/*" takes any path below, whose
  // rest is the parameter "*". A GET route answers HEAD too.
  void add(std::string_view method, std::string_view pattern, HttpHandler handler);

  // Answers by the route; 404 without one, 405 with Allow when another method has one.
  void answer(HttpRequest request, HttpReply reply) const;

 private:
  struct Route {
    std::string method;
    std::vector<std::string> segments;
    HttpHandler handler;
  };

  std::vector<Route> routes_;
};

}  // namespace postreeve
