// Kind "staff_mail": tells the NOC, the abuse desk or a ticket system the whole story of a change.
//
// The subject has a stable reference, "[Postreeve #00000000c0ffee00]", and the mails of an incident refer to
// its first one, so that mail programs and ticket systems keep them together.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "response/action_type.h"
#include "response/mail_office.h"
#include "response/wall_clock.h"

namespace postreeve {

struct StaffMailOptions {
  MailOffice office;
  std::vector<Address> to;
  // Instead of `to`: "slowed", "held", "suspended", "released".
  std::map<std::string, std::vector<Address>, std::less<>> to_by_stage;
};

// One thread at a time.
class StaffMail final : public Action {
 public:
  StaffMail(StaffMailOptions options, LedgerDatabase& ledger, WallClock clock = &wall_clock);

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kStaff; }
  [[nodiscard]] std::string preview(const Task& task) const override;
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override;

 private:
  [[nodiscard]] const std::vector<Address>& readers_of(const Task& task) const;

  StaffMailOptions options_;
  LedgerDatabase& ledger_;
  WallClock clock_;
  MailRound round_;
};

[[nodiscard]] std::span<const ActionKey> staff_mail_keys() noexcept;
[[nodiscard]] Result<std::unique_ptr<Action>> make_staff_mail(const ActionSettings& settings,
                                                              const ActionWorld& world);

}  // namespace postreeve
