// What every action that sends mail has in common: who writes, and through which server.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "response/action_type.h"
#include "response/own_mail.h"
#include "response/smtp_client.h"

namespace postreeve {

struct MailOffice {
  OwnMailbox from;
  std::optional<OwnMailbox> reply_to;
  SmtpServer server;
};

// Hands the mail of one row of the outbox to several readers, each a mail of his own. Who has it is
// remembered while the others are tried again (not over a restart). One thread at a time.
class MailRound {
 public:
  struct Outcome {
    std::vector<std::size_t> taken;  // which readers have it now
    std::optional<Error> refused;    // why another one will never have it
  };

  // `mail_for` makes the mail of that reader. kUnavailable: some have it later; kInvalidInput: nobody ever
  // will. Stops before the next reader when it took longer than 18 seconds.
  [[nodiscard]] Result<Outcome> deliver(std::uint64_t row, const SmtpServer& server,
                                        const std::vector<Address>& readers,
                                        const std::function<std::string(std::size_t)>& mail_for);

 private:
  std::map<std::uint64_t, std::set<std::string>> delivered_;
};

// The keys "from", "reply_to", "smtp", "smtp_ca_file". kInvalidInput says which one is wrong.
[[nodiscard]] Result<MailOffice> mail_office_of(const ActionSettings& settings);

// The word before the last white space, and the one behind it; nullopt of remarks (#) too.
[[nodiscard]] std::optional<std::pair<std::string_view, std::string_view>> two_words(std::string_view line);

// kInvalidInput: "key 'name': why".
[[nodiscard]] std::unexpected<Error> wrong_key(std::string_view key, std::string_view why);

inline constexpr ActionKey kFromKey{"from", ActionKey::Kind::kText, true,
                                    "who writes: \"Abuse desk <abuse@hoster.example>\""};
inline constexpr ActionKey kReplyToKey{"reply_to", ActionKey::Kind::kText, false,
                                       "where answers go, if not to `from`"};
inline constexpr ActionKey kSmtpKey{
    "smtp", ActionKey::Kind::kText, false,
    "the mail server that takes our mail, host:port (127.0.0.1:25); another machine is asked for TLS"};
inline constexpr ActionKey kSmtpCaKey{"smtp_ca_file", ActionKey::Kind::kText, false,
                                      "certificates to trust instead of the system's, PEM"};

}  // namespace postreeve
