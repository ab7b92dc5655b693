// Which program wrote a line, by the tag that it stands under. Pure; any thread.
#pragma once

#include <string_view>

namespace postreeve {

// "tag[pid]: message"; the tag is empty when the text has none.
struct Tagged {
  std::string_view tag;
  std::string_view message;  // all of the text when there is no tag
  bool has_pid = false;
};
[[nodiscard]] Tagged split_tag(std::string_view text) noexcept;

// "exim", "exim4", "exim-in"; not "eximstats".
[[nodiscard]] bool is_exim_tag(std::string_view tag) noexcept;

// The service of "postfix/smtpd", "postfix-out/smtp", "postfix/submission/smtpd", "mx1/postfix/qmgr",
// "outbound/smtpd"; empty when the tag is not Postfix's.
[[nodiscard]] std::string_view postfix_service(std::string_view tag) noexcept;

// Whether the text begins as the lines of Dovecot's own files do behind the stamp: "imap-login: ",
// "auth-worker(default): ", "imap(a@x.example)<12><abc>: ".
[[nodiscard]] bool begins_with_dovecot_process(std::string_view text) noexcept;

// Dovecot 1.x writes "Info: imap-login: Login: ..." into its own files: the text from the process on.
[[nodiscard]] std::string_view without_severity(std::string_view text) noexcept;

}  // namespace postreeve
