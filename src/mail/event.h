// What happened to an account: the one input of the engine, whatever brought it
// (a gate, a log line, a trace).
//
// Events are plain values. A reader that does not know a field leaves it empty,
// and nothing may assume it. Every event carries its account; its time is the
// event's own, UTC. Texts are as the server gave them: hostile, bounded by the
// reader that made the event (kMaxTextBytes each).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"
#include "mail/account_id.h"
#include "mail/enhanced_status.h"
#include "net/ip_address.h"

namespace postreeve {

struct MessageContent;  // mail/message_content.h

// Readers cut longer texts (subjects, header fields, responses) to this many bytes.
inline constexpr std::size_t kMaxTextBytes = 998;  // RFC 5322 2.1.1: the longest line

enum class Service : std::uint8_t { kUnknown, kSmtp, kImap, kPop3, kSieve, kWebmail };
[[nodiscard]] std::string_view to_text(Service service) noexcept;  // "smtp"; "" when unknown
// "submission", "smtps" are smtp, "imaps" is imap, "managesieve" is sieve, in any case; kUnknown for anything
// else.
[[nodiscard]] Service service_from_text(std::string_view text) noexcept;

// The connection that an account's client had with the server.
struct Session {
  std::optional<IpAddress> client_address;
  std::string client_name;  // reverse name as the server verified it; "unknown" is left empty
  std::string helo_name;    // EHLO name
  Service service = Service::kUnknown;
};

enum class LoginFailure : std::uint8_t {
  kNone,         // it succeeded
  kBadPassword,  // the account exists, or the server does not say
  kUnknownUser,  // no such account
  kDisabled,     // right or wrong password, but not allowed in
  kOther,        // aborted, TLS trouble, policy
};
[[nodiscard]] std::string_view to_text(LoginFailure reason) noexcept;  // "bad_password"; "" for kNone
// kNone for "", kOther for a word not known here.
[[nodiscard]] LoginFailure login_failure_from_text(std::string_view text) noexcept;
// Whether it says that a password was tried in vain: not when the user database is down or the client went
// away.
[[nodiscard]] constexpr bool is_guess(LoginFailure reason) noexcept {
  return reason != LoginFailure::kOther;
}

// A login attempt (SASL, IMAP LOGIN, POP3 PASS, webmail).
struct Login {
  Timestamp time{};
  AccountId account;
  Session session;
  bool success = false;
  LoginFailure reason = LoginFailure::kNone;
  // As the server hashed it, to tell a repeated wrong password from a guessed series; 0 when unknown.
  std::uint64_t password_hash = 0;
};

// One RCPT asked in an authenticated transaction.
struct Recipient {
  Timestamp time{};
  AccountId account;
  Session session;
  std::string transaction;  // instance or queue ID, joins the recipients of one message
  std::string sender;       // envelope sender; empty for the null sender
  std::string recipient;
};

// A whole message was submitted. The trace form: its recipients are judged one by
// one first (engine/message.h), then the message.
struct Submission {
  Timestamp time{};
  AccountId account;
  Session session;
  std::string queue_id;
  std::string transaction;  // as its Recipients carry it, where that is not the queue ID
  std::string sender;       // envelope sender; empty for the null sender
  std::vector<std::string> recipients;
  std::uint32_t recipient_count = 0;  // as the server counted; at least recipients.size()
  std::uint64_t size = 0;             // bytes; 0 when unknown
  std::string header_from;            // raw field body
  std::string header_to;
  std::string subject;
  std::string message_id;
  // What the message says and carries; null where nobody looked inside. Never changed once it is here.
  std::shared_ptr<const MessageContent> content;
};

enum class DeliveryStatus : std::uint8_t { kSent, kDeferred, kBounced, kExpired };
[[nodiscard]] std::string_view to_text(DeliveryStatus status) noexcept;
[[nodiscard]] std::optional<DeliveryStatus> delivery_status_from_text(std::string_view text) noexcept;

// What a destination said about one recipient of an authenticated message.
struct Delivery {
  Timestamp time{};
  AccountId account;
  std::string queue_id;
  std::string recipient;
  DeliveryStatus status = DeliveryStatus::kSent;
  EnhancedStatus dsn;
  std::string response;
};

enum class ScanResult : std::uint8_t { kClean, kSpam, kInfected };
[[nodiscard]] std::string_view to_text(ScanResult result) noexcept;
[[nodiscard]] std::optional<ScanResult> scan_result_from_text(std::string_view text) noexcept;

// A content scanner's opinion of one message.
struct Scan {
  Timestamp time{};
  AccountId account;
  std::string queue_id;
  std::string scanner;
  ScanResult result = ScanResult::kClean;
  std::string signature;
};

// What of an account's settings a thief changes to go on reading, or to stay hidden.
enum class SettingKind : std::uint8_t { kOther, kForward, kFilter, kAppPassword, kRecoveryAddress };
[[nodiscard]] std::string_view to_text(SettingKind setting) noexcept;  // "forward"
// kOther for a word not known here.
[[nodiscard]] SettingKind setting_kind_from_text(std::string_view text) noexcept;

// A setting of the account was made or changed (webmail, ManageSieve, a customer's panel).
struct SettingChange {
  Timestamp time{};
  AccountId account;
  Session session;
  SettingKind setting = SettingKind::kOther;
  std::string target;  // the address that mail is forwarded to or recovered at; else what the server says
};

// Somebody who got a message of the account called it abuse (ARF, RFC 5965; XARF).
struct Complaint {
  Timestamp time{};
  AccountId account;
  std::string queue_id;
  std::string recipient;      // who complained; providers often leave it out
  std::string feedback_type;  // RFC 5965 7.3: "abuse", "fraud", "virus", "not-spam", "other"
  std::string source;         // who reported it
};

// The password (or another credential) was changed, by the owner or by staff.
struct CredentialChange {
  Timestamp time{};
  AccountId account;
};

// A person said what was true about an account.
struct Judgement {
  Timestamp time{};
  AccountId account;
  bool confirmed = false;  // true: it was a take-over; false: the owner was at work
  std::string person;
  std::string reason;
};

using Event = std::variant<Login, Recipient, Submission, Delivery, Scan, SettingChange, Complaint,
                           CredentialChange, Judgement>;

[[nodiscard]] inline Timestamp time_of(const Event& event) noexcept {
  return std::visit([](const auto& e) { return e.time; }, event);
}
[[nodiscard]] inline const AccountId& account_of(const Event& event) noexcept {
  return std::visit([](const auto& e) -> const AccountId& { return e.account; }, event);
}

}  // namespace postreeve
