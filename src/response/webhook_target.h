// A receiver of webhooks: what is posted to it, how it is signed, and what its answers mean.
//
// Each request carries
//   Postreeve-Webhook-Id: 00000000c0ffee00-17         the same at every attempt
//   Postreeve-Signature: t=1772334000,v1=HEX          HMAC-SHA256 of "t.id.body" with the secret, if there is
//   one
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "response/action_type.h"
#include "response/task.h"
#include "response/wall_clock.h"

namespace postreeve {

// HMAC-SHA256 of "t.id.body" as the header's value.
[[nodiscard]] std::string webhook_signature(std::string_view secret, Timestamp time, std::string_view id,
                                            std::string_view body);
// "00000000c0ffee00-17"
[[nodiscard]] std::string webhook_id(const Task& task);

// One thread at a time.
class WebhookTarget {
 public:
  // The keys are those of kWebhookKeys; `url` is read by read_url(). kInvalidInput says which one is wrong.
  [[nodiscard]] static Result<WebhookTarget> make(const ActionSettings& settings, std::string url,
                                                  WallClock clock = &wall_clock);

  // Where it is, without what may be a password.
  [[nodiscard]] std::string place() const;
  // JSON; `rows` are the incident's.
  [[nodiscard]] std::string body_of(const Task& task, const std::vector<OutboxRow>& rows) const;
  // What the receiver said, in one sentence. kUnavailable: again later (no answer, 408, 425, 429, 5xx, and
  // before the time that a Retry-After named, at most an hour); kInvalidInput: never (all else, redirects
  // too).
  [[nodiscard]] Result<std::string> post(const std::string& id, const std::string& body);

 private:
  enum class Format : std::uint8_t { kPostreeve, kSlack, kTemplate };

  WebhookTarget() = default;
  [[nodiscard]] Result<void> read_format(const ActionSettings& settings);
  [[nodiscard]] Result<std::vector<std::string>> headers_for(const std::string& id,
                                                             const std::string& body) const;

  std::string url_;
  std::string secret_file_;
  std::string header_file_;
  std::string ca_file_;
  std::vector<std::string> headers_;
  Format format_{};
  std::string template_;
  WallClock clock_;
  Timestamp wait_until_{};  // the receiver asked for it
};

// The key itself, or the first line of the file that KEY_file names. kInvalidInput when neither or both are
// given, or it is no URL.
[[nodiscard]] Result<std::string> read_url(const ActionSettings& settings, const std::string& key);

inline constexpr ActionKey kWebhookKeys[] = {
    {"url", ActionKey::Kind::kText, false, "where to post to; this or url_file"},
    {"url_file", ActionKey::Kind::kText, false,
     "file with the URL: for those that are as good as a password"},
    {"secret_file", ActionKey::Kind::kText, false, "file with the secret that signs; without it: not signed"},
    {"headers", ActionKey::Kind::kTexts, false, "\"Name: value\", sent along"},
    {"header_file", ActionKey::Kind::kText, false, "file with more of them, a line each: tokens"},
    {"format", ActionKey::Kind::kText, false, "postreeve, slack, or template (postreeve)"},
    {"template_file", ActionKey::Kind::kText, false, "the JSON to post, a mustache template"},
    {"ca_file", ActionKey::Kind::kText, false, "certificates to trust instead of the system's, PEM"}};

}  // namespace postreeve
