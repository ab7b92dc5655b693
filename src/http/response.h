// One HTTP response, whole, as a plain value.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/request.h"

namespace postreeve {

struct HttpResponse {
  unsigned status = 200;
  std::string content_type;  // "": no such field
  std::string body;
  // Beside Content-Type, Content-Length and Connection, which the server writes. Control characters in them
  // become spaces.
  std::vector<std::pair<std::string, std::string>> headers;
};

// "Not Found" of 404; "" for what we do not use.
[[nodiscard]] std::string_view reason_of(unsigned status) noexcept;

[[nodiscard]] HttpResponse json_response(std::string body, unsigned status = 200);
[[nodiscard]] HttpResponse text_response(std::string body, unsigned status = 200);
// RFC 9457: {"type":"about:blank","title":"Not Found","status":404,"detail":"..."}. `detail` may hold bytes
// of the client's.
[[nodiscard]] HttpResponse problem(unsigned status, std::string_view detail);

// Takes the response; to be called once, inline or later from any thread. Dropped without a call it answers
// 500.
using HttpReply = std::move_only_function<void(HttpResponse)>;
using HttpHandler = std::function<void(HttpRequest request, HttpReply reply)>;

}  // namespace postreeve
