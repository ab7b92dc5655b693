#include "response/curl_handle.h"

#include <algorithm>

namespace postreeve {
namespace {

// Beyond this an answer is no answer: the transfer ends.
constexpr std::size_t kMostDropped = 16UL * 1024 * 1024;

std::size_t keep_answer(char* data, std::size_t size, std::size_t count, void* into) {
  CurlAnswer& answer = *static_cast<CurlAnswer*>(into);
  const std::size_t bytes = size * count;
  const std::size_t room = answer.most_bytes - std::min(answer.most_bytes, answer.text.size());
  answer.text.append(data, std::min(room, bytes));
  answer.dropped += bytes - std::min(room, bytes);
  return answer.dropped > kMostDropped ? 0 : bytes;
}

}  // namespace

CurlHandle new_curl_handle(CurlAnswer& answer) {
  static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
  CurlHandle handle(kReady == CURLE_OK ? curl_easy_init() : nullptr);
  if (handle == nullptr) return handle;
  answer.text.reserve(answer.most_bytes);
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, &keep_answer);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &answer);
  return handle;
}

}  // namespace postreeve
