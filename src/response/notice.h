// Kind "notice": tells a mailbox's owner, in plain words and signed, what happened, what was done, what to
// do.
//
// Once an incident and stage; each reader gets a mail of his own, so that a thief who reads the mailbox does
// not learn the recovery address.
//
// Limits: what was handed to some of the readers before a crash is handed to them again, with the same
// Message-ID.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "response/action_type.h"
#include "response/mail_office.h"
#include "response/notice_text.h"
#include "response/wall_clock.h"

namespace postreeve {

struct NoticeOptions {
  std::string action;  // its name in the configuration
  MailOffice office;
  std::vector<std::string> to;                                // "recovery", "contact", "owner"
  std::string recovery_map;                                   // file: "account address" a line; empty: none
  std::map<std::string, Address, std::less<>> contacts;       // by tenant
  std::map<std::string, std::string, std::less<>> languages;  // by tenant; "": of all others
  std::string certificate_file;                               // empty: not signed
  std::string key_file;
  std::string support;
  std::string zone;
  std::uint64_t most_per_hour = 0;
};

// One thread at a time.
class Notice final : public Action {
 public:
  Notice(NoticeOptions options, NoticeTexts texts, LedgerDatabase& ledger, WallClock clock = &wall_clock);

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kCustomers; }
  [[nodiscard]] std::string preview(const Task& task) const override;
  // kUnavailable while the hour's cap is reached; kNotFound when nobody's address is known.
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override;

  struct Reader {
    std::string as;  // "recovery"
    Address address;
  };

 private:
  [[nodiscard]] std::vector<Reader> readers_of(const Task& task) const;
  [[nodiscard]] std::string_view language_of(const Task& task) const;
  [[nodiscard]] Result<void> check_cap(Timestamp now) const;
  [[nodiscard]] OwnMail mail_to(const Reader& reader, const Task& task,
                                const std::vector<OutboxRow>& rows) const;
  // How the mail's content looks, signed if that can be done; `remark` says why not.
  struct Content {
    std::string subject;
    std::string entity;
    std::string remark;
  };
  [[nodiscard]] Content content_for(const Reader& reader, const Task& task) const;
  [[nodiscard]] Result<std::string> tell(const std::vector<Reader>& readers, const Task& task,
                                         const std::vector<OutboxRow>& rows);

  NoticeOptions options_;
  NoticeTexts texts_;
  LedgerDatabase& ledger_;
  WallClock clock_;
  MailRound round_;
};

[[nodiscard]] std::span<const ActionKey> notice_keys() noexcept;
[[nodiscard]] Result<std::unique_ptr<Action>> make_notice(const ActionSettings& settings,
                                                          const ActionWorld& world);

}  // namespace postreeve
