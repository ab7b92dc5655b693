// What Postfix asks a policy service (SMTPD_POLICY_README): lines of name=value, then an empty line.
//
// Exim's ACLs send the same, with fewer names. Names that are not known here are ignored, and so is a name's
// second value: the first is Postfix's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace postreeve {

// Lines of one request; Postfix 3.7 sends 29.
inline constexpr std::size_t kMostPolicyLines = 200;

enum class PolicyStage : std::uint8_t {
  kOther,  // CONNECT, EHLO, HELO, MAIL, VRFY, ETRN and what may come
  kRecipient,
  kData,
  kEndOfMessage,
};

// Views into the request's bytes, as they were sent: hostile. Empty: not sent, or empty.
struct PolicyRequest {
  std::string_view request;
  std::string_view protocol_state;
  std::string_view protocol_name;
  std::string_view client_address;
  std::string_view client_name;
  std::string_view client_port;
  std::string_view reverse_client_name;
  std::string_view server_address;
  std::string_view server_port;
  std::string_view helo_name;
  std::string_view sender;
  std::string_view recipient;
  std::string_view recipient_count;
  std::string_view queue_id;
  std::string_view instance;
  std::string_view size;
  std::string_view etrn_domain;
  std::string_view stress;
  std::string_view sasl_method;
  std::string_view sasl_username;
  std::string_view sasl_sender;
  std::string_view ccert_subject;
  std::string_view ccert_issuer;
  std::string_view ccert_fingerprint;
  std::string_view ccert_pubkey_fingerprint;
  std::string_view encryption_protocol;
  std::string_view encryption_cipher;
  std::string_view encryption_keysize;
  std::string_view policy_context;

  [[nodiscard]] PolicyStage stage() const noexcept;
};

// How many bytes at the front are one request, its empty line included; 0: it is not whole. The first
// `searched` bytes are known to hold no end. Lines may end with CRLF.
[[nodiscard]] std::size_t policy_request_size(std::string_view input, std::size_t searched = 0) noexcept;

// Reads one whole request; allocates nothing. kInvalidInput: a line without '=', too many lines, or not
// "request=smtpd_access_policy".
[[nodiscard]] Result<PolicyRequest> parse_policy_request(std::string_view bytes);

}  // namespace postreeve
