// Bytes to a whole request, by Beast's parser; only server.cc and the tests include this.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/request.h"
#include "http/server.h"

namespace postreeve {

// Reads one request. Never throws on content.
class HttpMessageParser {
 public:
  explicit HttpMessageParser(const HttpLimits& limits);
  ~HttpMessageParser();
  HttpMessageParser(const HttpMessageParser&) = delete;
  HttpMessageParser& operator=(const HttpMessageParser&) = delete;

  struct Refusal {
    unsigned status = 400;
    std::string detail;
  };

  // Takes bytes from the front of `input`; returns how many. After a refusal or is_done() not to be called.
  std::size_t put(std::string_view input);

  [[nodiscard]] const std::optional<Refusal>& refusal() const noexcept { return refusal_; }
  [[nodiscard]] bool is_done() const;
  // Once, after the header: the client waits for "100 Continue" before it sends its body.
  [[nodiscard]] bool takes_continue();
  [[nodiscard]] bool is_head() const;      // once the request line was read
  [[nodiscard]] bool keeps_alive() const;  // requires is_done()
  [[nodiscard]] std::size_t body_bytes() const;
  // Requires is_done(), once. Fields of a trailer are left out.
  [[nodiscard]] HttpRequest take();

 private:
  struct Impl;

  void refuse(unsigned status, std::string detail);
  void read_header();

  std::unique_ptr<Impl> impl_;
  std::optional<Refusal> refusal_;
};

}  // namespace postreeve
