// One HTTP request and its answer (libcurl): TLS verified, no redirect followed, a bound on time and size.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace postreeve {

struct HttpPost {
  std::string url;                   // http or https
  std::vector<std::string> headers;  // "Name: value"
  std::string body;                  // sent by POST, also when it is empty
  std::string ca_file = {};          // trusted instead of the system's certificates; empty: the system's
  std::chrono::seconds most_time{15};
  std::size_t most_answer_bytes = 64UL * 1024;
};

struct HttpAnswer {
  long status = 0;                      // 100..599
  std::string body;                     // its first most_answer_bytes
  std::chrono::seconds retry_after{0};  // as the server asked; 0: it did not
};

// Whether a request can be made of it at all; kInvalidInput says what is wrong. Connects to nobody.
[[nodiscard]] Result<void> check_http_url(const std::string& url);
[[nodiscard]] Result<void> check_http_header(const std::string& header);

// "https://hooks.example:8443": without the path, which may be as good as a password.
[[nodiscard]] std::string place_of_url(const std::string& url);

// Blocks. Any status is an answer. kInvalidInput: no such request can be sent; kUnavailable: no answer came
// (refused, too slow, a certificate that is not trusted). Throws nothing. Any thread.
[[nodiscard]] Result<HttpAnswer> http_post(const HttpPost& request);

}  // namespace postreeve
