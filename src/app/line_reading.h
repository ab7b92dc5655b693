// What one line of a log says, in plain words: Postfix's, Exim's, Dovecot's, or our own of a decision.
#pragma once

#include <string>
#include <string_view>

namespace postreeve {

// Texts are as the line has them: hostile, to be made printable where they are shown.
struct LineReading {
  bool is_understood = false;
  std::string program;  // "postfix", "exim", "dovecot", "postreeve"; empty when unknown
  std::string says;     // a plain sentence
  std::string account;  // empty: the line names none
  std::string client;   // address; empty: the line names none
  std::string incident;
};

// Never throws on content. Bare logins get `default_domain`.
[[nodiscard]] LineReading read_line(std::string_view line, std::string_view default_domain);

}  // namespace postreeve
