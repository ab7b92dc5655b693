#include "response/webhook.h"

#include <fmt/format.h>

#include "response/told_before.h"

namespace postreeve {

std::string Webhook::preview(const Task& task) const {
  return fmt::format("post {} to {}", webhook_id(task), target_.place());
}

Result<std::string> Webhook::carry_out(const Task& task) {
  const auto rows = rows_of(ledger_, task);
  if (!rows) return fail(rows.error());
  return target_.post(webhook_id(task), target_.body_of(task, *rows));
}

std::span<const ActionKey> webhook_keys() noexcept {
  return kWebhookKeys;
}

Result<std::unique_ptr<Action>> make_webhook(const ActionSettings& settings, const ActionWorld& world) {
  auto url = read_url(settings, "url");
  if (!url) return fail(url.error());
  auto target = WebhookTarget::make(settings, *std::move(url));
  if (!target) return fail(target.error());
  return std::make_unique<Webhook>(*std::move(target), world.ledger);
}

}  // namespace postreeve
