// Dovecot's and Exim's side of the wiring.
#pragma once

#include <optional>
#include <string>

#include "app/wiring/check.h"
#include "app/wiring/postfix_settings.h"
#include "app/wiring/wiring_settings.h"
#include "base/result.h"

namespace postreeve {

// Dovecot's settings that matter here, by doveconf; `file`: dovecot.conf, "" for the installed one.
// kNotFound: there is no Dovecot.
[[nodiscard]] Result<NamedValues> read_dovecot(const std::string& file);
[[nodiscard]] Checks check_dovecot(const NamedValues& dovecot, const WiringSettings& ours);

// Exim's main section: `name = value`, up to "begin". `text` of the configuration file; includes are not
// followed.
[[nodiscard]] NamedValues parse_exim_main(std::string_view text);
// Exim's configuration with the files that it includes, as far as they can be read.
[[nodiscard]] Result<std::string> read_exim(const std::string& file);
// Whether it asks our policy gate.
[[nodiscard]] bool exim_asks(std::string_view text, const WiringSettings& ours);
[[nodiscard]] Checks check_exim(std::string_view text, const WiringSettings& ours);

// Seconds of "2d", "1h30m", "0s", "90"; nullopt for anything else.
[[nodiscard]] std::optional<std::uint64_t> parse_exim_time(std::string_view text);

}  // namespace postreeve
