#include "http/response.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/json_writer.h"

namespace postreeve {
namespace {

struct Reason {
  unsigned status;
  std::string_view text;
};
constexpr std::array kReasons = {
    Reason{200, "OK"},
    Reason{201, "Created"},
    Reason{202, "Accepted"},
    Reason{204, "No Content"},
    Reason{303, "See Other"},
    Reason{304, "Not Modified"},
    Reason{400, "Bad Request"},
    Reason{401, "Unauthorized"},
    Reason{403, "Forbidden"},
    Reason{404, "Not Found"},
    Reason{405, "Method Not Allowed"},
    Reason{409, "Conflict"},
    Reason{413, "Content Too Large"},
    Reason{415, "Unsupported Media Type"},
    Reason{422, "Unprocessable Content"},
    Reason{429, "Too Many Requests"},
    Reason{431, "Request Header Fields Too Large"},
    Reason{500, "Internal Server Error"},
    Reason{501, "Not Implemented"},
    Reason{503, "Service Unavailable"},
    Reason{505, "HTTP Version Not Supported"},
};

}  // namespace

std::string_view reason_of(unsigned status) noexcept {
  const auto* const known = std::ranges::find(kReasons, status, &Reason::status);
  return known == kReasons.end() ? std::string_view{} : known->text;
}

HttpResponse json_response(std::string body, unsigned status) {
  return {.status = status, .content_type = "application/json", .body = std::move(body), .headers = {}};
}

HttpResponse text_response(std::string body, unsigned status) {
  return {
      .status = status, .content_type = "text/plain; charset=utf-8", .body = std::move(body), .headers = {}};
}

HttpResponse problem(unsigned status, std::string_view detail) {
  fmt::memory_buffer text;
  JsonWriter json(text);
  json.begin_object().key("type").text("about:blank");
  json.key("title").text(reason_of(status)).key("status").number(status);
  json.key("detail").text(detail).end_object();
  return {.status = status,
          .content_type = "application/problem+json",
          .body = fmt::to_string(text),
          .headers = {}};
}

}  // namespace postreeve
