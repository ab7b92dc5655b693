#include "gate/policy_request.h"

#include <algorithm>
#include <array>

namespace postreeve {
namespace {

struct Attribute {
  std::string_view name;
  std::string_view PolicyRequest::* value;
};

// In the order in which Postfix sends them: the next line is mostly the next entry.
constexpr std::array<Attribute, 29> kAttributes{{
    {"request", &PolicyRequest::request},
    {"protocol_state", &PolicyRequest::protocol_state},
    {"protocol_name", &PolicyRequest::protocol_name},
    {"client_address", &PolicyRequest::client_address},
    {"client_name", &PolicyRequest::client_name},
    {"client_port", &PolicyRequest::client_port},
    {"reverse_client_name", &PolicyRequest::reverse_client_name},
    {"server_address", &PolicyRequest::server_address},
    {"server_port", &PolicyRequest::server_port},
    {"helo_name", &PolicyRequest::helo_name},
    {"sender", &PolicyRequest::sender},
    {"recipient", &PolicyRequest::recipient},
    {"recipient_count", &PolicyRequest::recipient_count},
    {"queue_id", &PolicyRequest::queue_id},
    {"instance", &PolicyRequest::instance},
    {"size", &PolicyRequest::size},
    {"etrn_domain", &PolicyRequest::etrn_domain},
    {"stress", &PolicyRequest::stress},
    {"sasl_method", &PolicyRequest::sasl_method},
    {"sasl_username", &PolicyRequest::sasl_username},
    {"sasl_sender", &PolicyRequest::sasl_sender},
    {"ccert_subject", &PolicyRequest::ccert_subject},
    {"ccert_issuer", &PolicyRequest::ccert_issuer},
    {"ccert_fingerprint", &PolicyRequest::ccert_fingerprint},
    {"ccert_pubkey_fingerprint", &PolicyRequest::ccert_pubkey_fingerprint},
    {"encryption_protocol", &PolicyRequest::encryption_protocol},
    {"encryption_cipher", &PolicyRequest::encryption_cipher},
    {"encryption_keysize", &PolicyRequest::encryption_keysize},
    {"policy_context", &PolicyRequest::policy_context},
}};

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Fills a request line by line.
class Filler {
 public:
  explicit Filler(PolicyRequest& request) : request_(request) {}

  void fill(std::string_view name, std::string_view value) {
    const std::size_t place = place_of(name);
    if (place == kAttributes.size()) return;
    next_ = place + 1;
    const std::uint32_t bit = 1U << place;
    if ((filled_ & bit) != 0) return;
    filled_ |= bit;
    request_.*kAttributes[place].value = value;
  }

 private:
  std::size_t place_of(std::string_view name) const {
    if (next_ < kAttributes.size() && kAttributes[next_].name == name) return next_;
    const auto* found = std::ranges::find(kAttributes, name, &Attribute::name);
    return static_cast<std::size_t>(found - kAttributes.begin());
  }

  PolicyRequest& request_;
  std::size_t next_ = 0;
  std::uint32_t filled_ = 0;
};

}  // namespace

PolicyStage PolicyRequest::stage() const noexcept {
  if (protocol_state == "RCPT") return PolicyStage::kRecipient;
  if (protocol_state == "DATA") return PolicyStage::kData;
  if (protocol_state == "END-OF-MESSAGE") return PolicyStage::kEndOfMessage;
  return PolicyStage::kOther;
}

std::size_t policy_request_size(std::string_view input, std::size_t searched) noexcept {
  if (input.starts_with('\n')) return 1;
  if (input.starts_with("\r\n")) return 2;
  // The end may have begun within what was searched.
  const std::size_t from = searched < 2 ? 0 : searched - 2;
  const std::string_view tail = input.substr(std::min(from, input.size()));
  const std::size_t end = tail.find("\n\n");
  // With the first line's break of the two, which may end an empty line with CRLF.
  const std::string_view before = tail.substr(0, end == std::string_view::npos ? end : end + 1);
  if (before.contains('\r')) {
    const std::size_t crlf = before.find("\n\r\n");
    if (crlf != std::string_view::npos) return input.size() - tail.size() + crlf + 3;
  }
  return end == std::string_view::npos ? 0 : input.size() - tail.size() + end + 2;
}

Result<PolicyRequest> parse_policy_request(std::string_view bytes) {
  PolicyRequest request;
  Filler filler(request);
  std::size_t lines = 0;
  while (!bytes.empty()) {
    const std::string_view line = take_line(bytes);
    if (line.empty()) break;
    if (++lines > kMostPolicyLines) return fail(ErrorCode::kLimitExceeded, "too many lines in a request");
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return fail(ErrorCode::kInvalidInput, "a line without '='");
    filler.fill(line.substr(0, equals), line.substr(equals + 1));
  }
  if (request.request != "smtpd_access_policy")
    return fail(ErrorCode::kInvalidInput, "not request=smtpd_access_policy");
  return request;
}

}  // namespace postreeve
