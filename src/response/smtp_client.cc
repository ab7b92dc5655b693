#include "response/smtp_client.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

#include "base/ascii.h"
#include "response/curl_handle.h"
#include "response/outside_text.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostReplyBytes = 1'000;

std::size_t give_bytes(char* to, std::size_t size, std::size_t count, void* from) {
  std::string_view& rest = *static_cast<std::string_view*>(from);
  const std::size_t bytes = std::min(size * count, rest.size());
  std::memcpy(to, rest.data(), bytes);
  rest.remove_prefix(bytes);
  return bytes;
}

// The server's latest refusal, which libcurl hands over as it does HTTP's headers. (The last reply is that to
// QUIT.)
std::size_t keep_reply(char* data, std::size_t size, std::size_t count, void* into) {
  const std::string_view line(data, std::min(size * count, kMostReplyBytes));
  if (line.starts_with('4') || line.starts_with('5')) *static_cast<std::string*>(into) = line;
  return size * count;
}

bool is_this_machine(std::string_view host) {
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

bool is_host(std::string_view text) {
  const bool is_literal = text.starts_with('[') && text.ends_with(']');
  if (is_literal) text = text.substr(1, text.size() - 2);
  return !text.empty() && std::ranges::all_of(text, [=](char c) {
    return is_literal ? hex_value(c) >= 0 || c == ':' || c == '.'
                      : is_alnum(c) || c == '.' || c == '-' || c == '_';
  });
}

void describe_server(CURL* handle, const SmtpServer& server) {
  curl_easy_setopt(handle, CURLOPT_URL, fmt::format("smtp://{}:{}", server.host, server.port).c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp");
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_TIMEOUT, static_cast<long>(server.most_time.count()));
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, 4L);
  curl_easy_setopt(handle, CURLOPT_USE_SSL,
                   static_cast<long>(server.with_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!server.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, server.ca_file.c_str());
}

// A refusal of the mail, not of the conversation: of MAIL, RCPT and DATA, or of the text once all of it is
// sent. (A greeting that is none gives the same code as that last one.)
bool is_about_the_mail(CURLcode outcome, bool is_sent) {
  return outcome == CURLE_SEND_ERROR || (is_sent && outcome == CURLE_WEIRD_SERVER_REPLY);
}

}  // namespace

Result<SmtpServer> parse_smtp_server(std::string_view text) {
  const auto wrong = [&] {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("'{}' is no mail server: write host:port, as 127.0.0.1:25", text));
  };
  SmtpServer server;
  const std::size_t colon = text.rfind(':');
  const bool has_port = colon != std::string_view::npos && !text.ends_with(']');
  server.host = text.substr(0, has_port ? colon : text.size());
  if (!is_host(server.host)) return wrong();
  if (has_port) {
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + colon + 1, end, server.port);
    if (read.ec != std::errc{} || read.ptr != end || server.port == 0) return wrong();
  }
  server.with_tls = !is_this_machine(server.host);
  return server;
}

Result<void> deliver_mail(const SmtpServer& server, const Address& recipient, std::string_view bytes) {
  CurlAnswer nothing;
  const CurlHandle handle = new_curl_handle(nothing);
  if (handle == nullptr) return fail(ErrorCode::kUnavailable, "libcurl has no memory");
  CurlList recipients;
  recipients.add(recipient.to_string());
  std::string reply;
  std::string_view rest = bytes;
  describe_server(handle.get(), server);
  curl_easy_setopt(handle.get(), CURLOPT_MAIL_FROM, "");
  curl_easy_setopt(handle.get(), CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(handle.get(), CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_READFUNCTION, &give_bytes);
  curl_easy_setopt(handle.get(), CURLOPT_READDATA, &rest);
  curl_easy_setopt(handle.get(), CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(bytes.size()));
  curl_easy_setopt(handle.get(), CURLOPT_HEADERFUNCTION, &keep_reply);
  curl_easy_setopt(handle.get(), CURLOPT_HEADERDATA, &reply);
  const CURLcode outcome = curl_easy_perform(handle.get());
  if (outcome == CURLE_OK) return {};
  const std::string said = reply.empty() ? std::string{} : ": " + outside_text(trim(reply), 300);
  const bool for_good = reply.starts_with('5') && is_about_the_mail(outcome, rest.empty());
  return fail(for_good ? ErrorCode::kInvalidInput : ErrorCode::kUnavailable,
              fmt::format("{}:{}: {}{}", server.host, server.port, curl_easy_strerror(outcome), said));
}

}  // namespace postreeve
