// Kind "sessions": ends the account's IMAP and POP3 sessions, which outlive every change of the password, and
// lets Dovecot forget the passwords that it remembers. Undoing gives nothing back: who may log in, does.
#pragma once

#include <memory>
#include <string>

#include "response/action_type.h"
#include "response/doveadm.h"

namespace postreeve {

// One thread at a time.
class SessionsAction final : public ResponseAction {
 public:
  explicit SessionsAction(Doveadm doveadm) : doveadm_(std::move(doveadm)) {}

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kSystems; }
  [[nodiscard]] std::string preview(const Task& task) const override;
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override;

 private:
  Doveadm doveadm_;
};

[[nodiscard]] Result<std::unique_ptr<ResponseAction>> make_sessions(const ActionSettings& settings,
                                                                    const ActionWorld& world);

}  // namespace postreeve
