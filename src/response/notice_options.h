// What a section [action.NAME] of type "notice" says.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "mail/address.h"
#include "response/action_type.h"
#include "response/mail_office.h"
#include "response/recovery_lookup.h"

namespace postreeve {

struct NoticeOptions {
  std::string action;  // its name in the configuration
  MailOffice office;
  std::vector<std::string> to;  // "recovery", "contact", "owner"
  RecoveryLookup recovery;
  std::map<std::string, Address, std::less<>> contacts;       // by tenant
  std::map<std::string, std::string, std::less<>> languages;  // by tenant; "": of all others
  std::string certificate_file;                               // empty: not signed
  std::string key_file;
  std::string support;
  std::string zone;
  std::uint64_t most_per_hour = 0;
  std::uint64_t contact_alone = 0;  // tenant_digest.h
};

[[nodiscard]] std::span<const ActionKey> notice_keys();
// kInvalidInput says which key is wrong.
[[nodiscard]] Result<NoticeOptions> read_notice_options(const ActionSettings& settings);

}  // namespace postreeve
