#include "response/fuse_report.h"

#include <utility>

#include <fmt/format.h>

namespace postreeve {

Result<void> FuseReport::recall() {
  const auto latest = outbox_.latest_without_account();
  if (!latest) return fail(latest.error());
  told_ = About::kFuseBack;
  if (!*latest) return {};
  const Result<Task> task = read_task(**latest);
  if (!task) return fail(task.error());
  told_ = task->about;
  story_ = task->incident;
  return {};
}

Result<void> FuseReport::tell(About about, std::uint32_t restrictions, Timestamp now) {
  if (about == About::kFuseOut) story_ = {to_seconds32(now)};
  Task task;
  task.about = about;
  task.incident = story_;
  task.time = now;
  task.author = "postreeve";
  task.reason = about == About::kFuseOut
                    ? fmt::format("{} accounts were restricted within an hour, which is too many to believe",
                                  restrictions)
                    : fmt::format("{} accounts were restricted within the last hour", restrictions);
  std::vector<OutboxAction> rows;
  for (const std::string& name : actions_) {
    task.action = name;
    rows.push_back(outbox_action(task));
  }
  return outbox_.add(story_, AccountId{}, std::move(rows), now);
}

Result<std::optional<About>> FuseReport::look(bool is_out, std::uint32_t restrictions, Timestamp now) {
  if (!told_) {
    if (const Result<void> recalled = recall(); !recalled) return fail(recalled.error());
    last_out_ = now;
  }
  if (is_out) last_out_ = now;
  const bool is_quiet = now - last_out_ >= kQuiet;
  if (is_out == (*told_ == About::kFuseOut) || (!is_out && !is_quiet)) return std::optional<About>{};
  const About about = is_out ? About::kFuseOut : About::kFuseBack;
  if (const Result<void> told = tell(about, restrictions, now); !told) return fail(told.error());
  told_ = about;
  return told_;
}

std::vector<std::string> actions_of_the_fuse(const std::vector<ConfiguredAction>& configured) {
  std::vector<std::string> names;
  for (const ConfiguredAction& one : configured) {
    const ActionType* type = find_action_type(one.type);
    if (type != nullptr && type->tells_of_the_fuse) names.push_back(one.settings.name());
  }
  return names;
}

}  // namespace postreeve
