// Asks the privileged helper (queue_helper/verbs.h) about the mail queue, and to change it.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mail/account_id.h"
#include "response/action_type.h"

namespace postreeve {

// How the helper is called; from the keys of queue_helper_keys.
struct QueueHelper {
  std::vector<std::string> command;  // with --server and --config
  std::string default_domain;        // which bare logins belong to
  std::string server;                // "postfix", "exim"
};

inline constexpr ActionKey kHelperKey{
    "helper", ActionKey::Kind::kTexts, true,
    "The command that runs postreeve-queue with the rights of root, as a list: path, then arguments."};
inline constexpr ActionKey kServerKey{"server", ActionKey::Kind::kText, false,
                                      "The mail server: postfix (the default) or exim."};
inline constexpr ActionKey kConfigDirectoryKey{
    "config_directory", ActionKey::Kind::kText, false,
    "Of Postfix, where several instances run: the folder of main.cf. Of Exim: the configuration file."};
inline constexpr ActionKey kDefaultDomainKey{
    "default_domain", ActionKey::Kind::kText, false,
    "The domain that logins without one belong to, as in the section [accounts]."};

// kInvalidInput says which key is wrong.
[[nodiscard]] Result<QueueHelper> read_queue_helper(const ActionSettings& settings);

struct MailInQueue {
  std::string queue_id;
  std::string queue;           // "hold", "deferred", "active", "incoming"
  std::string account;         // empty: nobody was logged in
  std::string client_address;  // empty: made on this machine
  std::string sender;
  std::int64_t arrived = 0;  // microseconds since the epoch
  std::int64_t created = 0;  // seconds: queue_helper/queued_message.h
  std::uint64_t size = 0;
  std::vector<std::string> recipients;  // the first ones that are still to be served
  std::uint32_t open_recipients = 0;
  std::uint32_t done_recipients = 0;
  std::vector<std::string> bounce_of;

  [[nodiscard]] bool is_held() const { return queue == "hold"; }
};

struct QueueResult {
  std::string queue_id;
  std::string result;  // "held", "gone", ...: queue_helper/verbs.h
};

struct PreservedMail {
  std::string envelope;  // JSON
  std::string content;   // header, empty line, body
};

// One attempt: all questions together take no longer than `limit`. kUnavailable: try again later;
// kInvalidInput: the helper does not understand; kNotFound, kLimitExceeded of show().
class QueueTalk {
 public:
  QueueTalk(const QueueHelper& helper, AccountId account,
            std::chrono::milliseconds limit = std::chrono::seconds(27));

  [[nodiscard]] const AccountId& account() const noexcept { return account_; }
  // Whether the time is up: whatever is asked now is kUnavailable.
  [[nodiscard]] bool is_over() const { return std::chrono::steady_clock::now() >= until_; }
  // Oldest first. With bounces: also all that the server itself made, whoever it is about.
  [[nodiscard]] Result<std::vector<MailInQueue>> list(bool with_bounces);
  // `ids`: queue IDs, and "ID ORIGINAL" for bounces.
  [[nodiscard]] Result<std::vector<QueueResult>> hold(std::span<const std::string> ids);
  [[nodiscard]] Result<std::vector<QueueResult>> release(std::span<const std::string> ids);
  [[nodiscard]] Result<std::vector<QueueResult>> remove(std::span<const std::string> ids);
  [[nodiscard]] Result<PreservedMail> show(const std::string& queue_id, bool is_bounce);

 private:
  [[nodiscard]] Result<std::vector<std::string>> ask(std::vector<std::string> arguments,
                                                     std::string input) const;
  [[nodiscard]] Result<std::vector<QueueResult>> change(const std::string& verb,
                                                        std::span<const std::string> ids) const;

  const QueueHelper& helper_;
  AccountId account_;
  std::chrono::steady_clock::time_point until_;
};

// How many of the results are that.
[[nodiscard]] std::size_t count_of(const std::vector<QueueResult>& results, std::string_view result);

}  // namespace postreeve
