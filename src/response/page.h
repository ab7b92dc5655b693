// Kind "page": wakes somebody, once an incident and outside our own mail, and somebody else when nobody took
// the incident over.
//
// A page is a webhook. After `escalate_after` a second row of the outbox, which the first one adds, looks
// whether the incident has an assignee or was judged; if not, it pages `escalate_url`. When the first
// receiver refuses the page, or does not answer until then, the second one gets it at once.
//
// Limits: a crash after the page and before the note of it pages again, with the same id.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "response/action_type.h"
#include "response/wall_clock.h"
#include "response/webhook_target.h"

namespace postreeve {

struct PageOptions {
  WebhookTarget first;
  std::optional<WebhookTarget> second;  // none: nobody else is paged
  Duration escalate_after{};
};

// One thread at a time.
class Page final : public Action {
 public:
  Page(PageOptions options, LedgerDatabase& ledger, WallClock clock = &wall_clock);

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kStaff; }
  [[nodiscard]] std::string preview(const Task& task) const override;
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override;

 private:
  [[nodiscard]] Result<std::string> page_first(const Task& task, const std::vector<OutboxRow>& rows);
  [[nodiscard]] Result<std::string> page_second(const Task& task, const std::vector<OutboxRow>& rows);
  [[nodiscard]] Result<void> add_escalation(const Task& task, const std::vector<OutboxRow>& rows);
  [[nodiscard]] Result<bool> is_taken_over(const Task& task) const;

  PageOptions options_;
  LedgerDatabase& ledger_;
  WallClock clock_;
};

[[nodiscard]] std::span<const ActionKey> page_keys() noexcept;
[[nodiscard]] Result<std::unique_ptr<Action>> make_page(const ActionSettings& settings,
                                                        const ActionWorld& world);

}  // namespace postreeve
