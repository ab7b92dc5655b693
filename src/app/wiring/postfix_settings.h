// What a Postfix is set to: postconf's words as values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace postreeve {

using NamedValues = std::map<std::string, std::string, std::less<>>;

// A line of master.cf.
struct PostfixService {
  std::string name;  // "submission", "127.0.0.1:2587"
  std::string type;  // "inet"
  std::string program;
  NamedValues overrides;  // -o

  [[nodiscard]] std::string id() const { return name + "/" + type; }  // as postconf -P wants it
};

struct PostfixSettings {
  std::string folder;  // config_directory
  NamedValues main;    // everything in main.cf and defaults, $names expanded
  std::vector<PostfixService> services;

  // As `service` has it; "" when it is not set.
  [[nodiscard]] std::string value(const PostfixService& service, std::string_view name) const;
  // The smtpd services that clients log in at.
  [[nodiscard]] std::vector<const PostfixService*> submissions() const;
};

// "name = value" lines.
[[nodiscard]] NamedValues parse_named_values(std::string_view text);
// What `postconf -M` says, and `postconf -P`.
[[nodiscard]] std::vector<PostfixService> parse_postconf_services(std::string_view services,
                                                                  std::string_view overrides);

// One restriction of a list: "check_policy_service" and its argument, braces taken off.
struct Restriction {
  std::string name;
  std::string argument;  // "inet:127.0.0.1:10040"; "" when it takes none
  NamedValues settings;  // of { inet:..., timeout=3s, default_action=DUNNO }
};
// Commas and spaces divide; a word that is no known taker of an argument stands alone.
[[nodiscard]] std::vector<Restriction> parse_restrictions(std::string_view list);

// Runs postconf; "" is the installed configuration. Values as they stand there, or with $names expanded.
// kNotFound: there is no Postfix. kUnavailable: postconf complains.
[[nodiscard]] Result<PostfixSettings> read_postfix(const std::string& folder, bool expands_names = true);

}  // namespace postreeve
