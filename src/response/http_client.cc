#include "response/http_client.h"

#include <algorithm>
#include <memory>
#include <string_view>

#include <fmt/format.h>

#include "base/ascii.h"
#include "response/curl_handle.h"

namespace postreeve {
namespace {

struct UrlCleanup {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

void set_limits(CURL* handle, const HttpPost& request) {
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT, static_cast<long>(request.most_time.count()));
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT,
                   std::min(5L, static_cast<long>(request.most_time.count())));
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!request.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, request.ca_file.c_str());
}

}  // namespace

Result<void> check_http_url(const std::string& url) {
  const std::unique_ptr<CURLU, UrlCleanup> parsed(curl_url());
  // Not shown: the path of many a webhook is its password.
  const auto wrong = [](std::string_view why) {
    return fail(ErrorCode::kInvalidInput, fmt::format("the URL {}", why));
  };
  if (std::ranges::any_of(url, [](char c) { return is_control(c) || c == ' '; })) return wrong("is none");
  if (parsed == nullptr || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
    return wrong("is none");
  const std::string scheme = part_of(parsed.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return wrong("begins neither with https:// nor with http://");
  if (!part_of(parsed.get(), CURLUPART_PASSWORD).empty()) {
    return wrong("holds a password: put it into a header (header_file)");
  }
  return {};
}

std::string place_of_url(const std::string& url) {
  const std::unique_ptr<CURLU, UrlCleanup> parsed(curl_url());
  if (parsed == nullptr || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return {};
  const std::string port = part_of(parsed.get(), CURLUPART_PORT);
  return fmt::format("{}://{}{}", part_of(parsed.get(), CURLUPART_SCHEME),
                     part_of(parsed.get(), CURLUPART_HOST), port.empty() ? "" : ":" + port);
}

Result<void> check_http_header(const std::string& header) {
  const std::size_t colon = header.find(':');
  const auto is_name = [](char c) { return is_alnum(c) || c == '-' || c == '_'; };
  if (colon != std::string::npos && colon != 0 && std::ranges::all_of(header.substr(0, colon), is_name) &&
      std::ranges::none_of(header, is_control) && !trim(header.substr(colon + 1)).empty())
    return {};
  // Not shown: it may hold a token.
  return fail(ErrorCode::kInvalidInput, "a header is written 'Name: value', on one line");
}

Result<HttpAnswer> http_post(const HttpPost& request) {
  if (const auto usable = check_http_url(request.url); !usable) return fail(usable.error());
  CurlAnswer kept{.text = {}, .most_bytes = request.most_answer_bytes};
  const CurlHandle handle = new_curl_handle(kept);
  if (handle == nullptr) return fail(ErrorCode::kUnavailable, "libcurl has no memory");
  CurlList headers;
  headers.add("Expect:");  // no round trip before a small body
  for (const std::string& header : request.headers) {
    if (const auto usable = check_http_header(header); !usable) return fail(usable.error());
    headers.add(header);
  }
  set_limits(handle.get(), request);
  curl_easy_setopt(handle.get(), CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, request.body.data());
  const CURLcode outcome = curl_easy_perform(handle.get());
  if (outcome != CURLE_OK) return fail(ErrorCode::kUnavailable, curl_easy_strerror(outcome));
  HttpAnswer answer;
  curl_off_t retry_after = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  curl_easy_getinfo(handle.get(), CURLINFO_RETRY_AFTER, &retry_after);
  answer.retry_after = std::chrono::seconds{retry_after};
  answer.body = std::move(kept.text);
  return answer;
}

}  // namespace postreeve
