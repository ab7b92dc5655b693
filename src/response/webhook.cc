#include "response/webhook.h"

#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "response/told_before.h"
#include "response/webhook_target.h"

namespace postreeve {
namespace {

class Webhook final : public ResponseAction {
 public:
  Webhook(WebhookTarget target, LedgerDatabase& ledger) : target_(std::move(target)), ledger_(ledger) {}

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kStaff; }
  [[nodiscard]] std::string preview(const Task& task) const override;
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override;

 private:
  WebhookTarget target_;
  LedgerDatabase& ledger_;
};

std::string Webhook::preview(const Task& task) const {
  return fmt::format("post {} to {}", webhook_id(task), target_.place());
}

Result<std::string> Webhook::carry_out(const Task& task) {
  const auto rows = rows_of(ledger_, task);
  if (!rows) return fail(rows.error());
  return target_.post(webhook_id(task), target_.body_of(task, *rows));
}

Result<std::unique_ptr<ResponseAction>> make(const ActionSettings& settings, const ActionWorld& world) {
  auto url = read_url(settings, "url");
  if (!url) return fail(url.error());
  auto target = WebhookTarget::make(settings, *std::move(url));
  if (!target) return fail(target.error());
  return std::make_unique<Webhook>(*std::move(target), world.ledger);
}

}  // namespace

ActionType webhook_type() {
  return {.name = "webhook",
          .means = "posts JSON to another program, signed",
          .keys = kWebhookKeys,
          .make = &make,
          .tells_of_the_fuse = true};
}

}  // namespace postreeve
