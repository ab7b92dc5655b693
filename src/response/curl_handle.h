// What both clients need of libcurl: handles that free themselves, and its library set up once.
#pragma once

#include <memory>
#include <string>

#include <curl/curl.h>

namespace postreeve {

struct CurlCleanup {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
using CurlHandle = std::unique_ptr<CURL, CurlCleanup>;

// Without signals, and with the answer's first `most_bytes` bytes kept in `answer`, which outlives the
// handle; what comes behind them is read and dropped. nullptr: out of memory.
struct CurlAnswer {
  std::string text;
  std::size_t most_bytes = 0;
  std::size_t dropped = 0;
};
[[nodiscard]] CurlHandle new_curl_handle(CurlAnswer& answer);

class CurlList {
 public:
  CurlList() = default;
  CurlList(const CurlList&) = delete;
  CurlList& operator=(const CurlList&) = delete;
  ~CurlList() { curl_slist_free_all(list_); }

  void add(const std::string& text) {
    if (curl_slist* const longer = curl_slist_append(list_, text.c_str()); longer != nullptr) list_ = longer;
  }
  [[nodiscard]] curl_slist* get() const noexcept { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

}  // namespace postreeve
