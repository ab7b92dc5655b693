// The lines that make Postfix, Dovecot and Exim ask Postreeve, and Postreeve's own configuration.
#pragma once

#include <optional>
#include <string>

#include "app/wiring/file_change.h"
#include "app/wiring/postfix_settings.h"
#include "app/wiring/wiring_settings.h"

namespace postreeve {

// Where the servers' configurations lie; nullopt: where the installed programs look.
struct ServerPlaces {
  std::optional<std::string> postfix;  // folder
  std::optional<std::string> dovecot;  // dovecot.conf
  std::optional<std::string> exim;     // exim.conf
};

// What a machine's first configuration says: the usual ports on the loopback, the logs that are there.
[[nodiscard]] WiringSettings suggested_wiring(const ServerPlaces& places);
// As postreeve.toml.
[[nodiscard]] std::string configuration_text(const WiringSettings& wiring);

// nullopt: the server is not installed.
[[nodiscard]] std::optional<ServerWiring> wire_postfix(const ServerPlaces& places,
                                                       const WiringSettings& ours);
[[nodiscard]] std::optional<ServerWiring> wire_dovecot(const ServerPlaces& places,
                                                       const WiringSettings& ours);
[[nodiscard]] std::optional<ServerWiring> wire_exim(const ServerPlaces& places, const WiringSettings& ours);

// Exim's configuration where there is one; "" when there is none.
[[nodiscard]] std::string exim_configuration(const ServerPlaces& places);
// The statements that ask at RCPT and when the message is whole.
[[nodiscard]] std::string exim_rcpt_lines(const std::string& listen);
[[nodiscard]] std::string exim_data_lines(const std::string& listen);
// `text` with `line` put first into the ACL that `option` ("acl_smtp_rcpt") names; nullopt when it names
// none.
[[nodiscard]] std::optional<std::string> with_line_in_acl(const std::string& text, const std::string& option,
                                                          const std::string& line);

}  // namespace postreeve
