#include "response/page.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "response/mail_office.h"
#include "response/told_before.h"
#include "response/wall_clock.h"
#include "response/webhook_target.h"
#include "store/ledger/incident_book.h"

namespace postreeve {
namespace {

struct PageOptions {
  WebhookTarget first;
  std::optional<WebhookTarget> second;  // none: nobody else is paged
  Duration escalate_after{};
};

// One thread at a time.
class Page final : public ResponseAction {
 public:
  Page(PageOptions options, LedgerDatabase& ledger) : options_(std::move(options)), ledger_(ledger) {}

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kStaff; }
  [[nodiscard]] std::string preview(const Task& task) const override;
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override;

 private:
  [[nodiscard]] Result<std::string> page_first(const Task& task, const std::vector<OutboxRow>& rows);
  [[nodiscard]] Result<std::string> page_second(const Task& task, const std::vector<OutboxRow>& rows);
  [[nodiscard]] Result<void> add_escalation(const Task& task, const std::vector<OutboxRow>& rows);
  // "bob takes care of the incident"; empty: nobody does.
  [[nodiscard]] Result<std::string> who_cares(const Task& task, const std::vector<OutboxRow>& rows) const;

  PageOptions options_;
  LedgerDatabase& ledger_;
};

// Rows of one change of standing are the page and its escalation.
bool is_same_change(const Task& one, const Task& other) {
  return one.time == other.time && one.before == other.before && one.after == other.after;
}

std::string Page::preview(const Task& task) const {
  std::string text = fmt::format("page {} about incident {}, unless that was done before",
                                 options_.first.place(), task.incident.to_string());
  if (options_.second) {
    text += fmt::format("; {} after {} minutes if nobody takes it over", options_.second->place(),
                        std::chrono::floor<std::chrono::minutes>(options_.escalate_after).count());
  }
  return text;
}

Result<std::string> Page::who_cares(const Task& task, const std::vector<OutboxRow>& rows) const {
  if (is_about_the_fuse(task)) {
    const bool is_back = std::ranges::any_of(rows, [](const OutboxRow& row) {
      const auto later = read_task(row);
      return later && later->about == About::kFuseBack;
    });
    return is_back ? "the fuse is back" : "";
  }
  const auto incident = IncidentBook(ledger_).get(task.incident);
  if (!incident && incident.error().code == ErrorCode::kNotFound) return "";
  if (!incident) return fail(ErrorCode::kUnavailable, incident.error().detail);
  if (!incident->assignee.empty()) return incident->assignee + " takes care of the incident";
  return incident->outcome == Outcome::kOpen ? ""
                                             : fmt::format("the incident is {}", to_text(incident->outcome));
}

Result<void> Page::add_escalation(const Task& task, const std::vector<OutboxRow>& rows) {
  // After a crash it may be there already.
  const bool is_there = std::ranges::any_of(rows, [&](const OutboxRow& row) {
    const auto later = row.id > task.id && row.action.kind == task.action ? read_task(row) : Result<Task>{};
    return row.id > task.id && later && is_same_change(*later, task);
  });
  if (is_there) return {};
  OutboxAction escalation = outbox_action(task);
  escalation.not_before = wall_clock() + options_.escalate_after;
  return Outbox(ledger_).add(task.incident, task.account, {std::move(escalation)}, wall_clock());
}

Result<std::string> Page::page_second(const Task& task, const std::vector<OutboxRow>& rows) {
  return options_.second->post(webhook_id(task), options_.second->body_of(task, rows));
}

Result<std::string> Page::page_first(const Task& task, const std::vector<OutboxRow>& rows) {
  auto said = options_.first.post(webhook_id(task), options_.first.body_of(task, rows));
  if (!options_.second || task.about == About::kFuseBack) return said;
  if (said) {
    const auto added = add_escalation(task, rows);
    return added ? said : Result<std::string>(fail(ErrorCode::kUnavailable, added.error().detail));
  }
  const bool again = said.error().code == ErrorCode::kUnavailable;
  if (again && wall_clock() < task.time + options_.escalate_after) return said;
  auto second = page_second(task, rows);
  if (second) return fmt::format("{}; {}", *second, said.error().detail);
  // Either may come back: as long as one of them is worth it, both are tried again.
  if (again) return said;
  return second;
}

Result<std::string> Page::carry_out(const Task& task) {
  const auto rows = rows_of(ledger_, task);
  if (!rows) return fail(rows.error());
  const bool is_escalation =
      was_told_before(*rows, task, [&](const Task& told) { return is_same_change(told, task); });
  if (!is_escalation) {
    const auto round = round_of(ledger_, task);
    if (!round) return fail(round.error());
    const auto is_same = [&](const Task& told) { return told.about == task.about && told.time >= *round; };
    if (was_told_before(*rows, task, is_same)) return "somebody was paged about this incident before";
    return page_first(task, *rows);
  }
  const auto care = who_cares(task, *rows);
  if (!care) return fail(care.error());
  if (!care->empty()) return "nobody else was paged: " + *care;
  if (!options_.second) return "nobody else was paged: the configuration has no escalate_url any more";
  auto said = page_second(task, *rows);
  if (said) return "nobody had taken the incident over: " + *said;
  return said;
}

std::span<const ActionKey> keys() noexcept {
  using enum ActionKey::Kind;
  static constexpr auto kKeys = [] {
    constexpr std::array kOwn{
        ActionKey{"escalate_url", kText, false, "who is paged when nobody takes the incident over"},
        ActionKey{"escalate_url_file", kText, false, "file with that URL"},
        ActionKey{"escalate_after", kDuration, false, "how long somebody has to take it over (15m)"}};
    std::array<ActionKey, std::size(kWebhookKeys) + kOwn.size()> keys{};
    std::ranges::copy(kOwn, std::ranges::copy(kWebhookKeys, keys.begin()).out);
    return keys;
  }();
  return kKeys;
}

Result<std::unique_ptr<ResponseAction>> make(const ActionSettings& settings, const ActionWorld& world) {
  auto url = read_url(settings, "url");
  if (!url) return fail(url.error());
  auto first = WebhookTarget::make(settings, *std::move(url));
  if (!first) return fail(first.error());
  PageOptions options{.first = *std::move(first),
                      .second = std::nullopt,
                      .escalate_after = settings.duration("escalate_after", std::chrono::minutes{15})};
  if (settings.has("escalate_url") || settings.has("escalate_url_file")) {
    auto other = read_url(settings, "escalate_url");
    if (!other) return fail(other.error());
    auto second = WebhookTarget::make(settings, *std::move(other));
    if (!second) return fail(second.error());
    options.second = *std::move(second);
  }
  return std::make_unique<Page>(std::move(options), world.ledger);
}

}  // namespace

ActionType page_type() {
  return {.name = "page",
          .means = "wakes somebody, once an incident",
          .keys = keys(),
          .make = &make,
          .tells_of_the_fuse = true};
}

}  // namespace postreeve
