// Kind "webhook": tells another program of every change of standing, signed and with an id that stays the
// same over all attempts: chats, ticket systems, monitoring.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>

#include "response/action_type.h"
#include "response/webhook_target.h"

namespace postreeve {

class Webhook final : public Action {
 public:
  Webhook(WebhookTarget target, LedgerDatabase& ledger) : target_(std::move(target)), ledger_(ledger) {}

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kStaff; }
  [[nodiscard]] std::string preview(const Task& task) const override;
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override;

 private:
  WebhookTarget target_;
  LedgerDatabase& ledger_;
};

[[nodiscard]] std::span<const ActionKey> webhook_keys() noexcept;
[[nodiscard]] Result<std::unique_ptr<Action>> make_webhook(const ActionSettings& settings,
                                                           const ActionWorld& world);

}  // namespace postreeve
