#include "response/story.h"

#include <string_view>

#include <fmt/format.h>

#include "response/fuse_text.h"
#include "response/outside_text.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostEvidence = 12;
constexpr std::size_t kMostRows = 40;

std::string_view state_of(Level level) {
  switch (level) {
    case Level::kClear:
      return "clear again";
    case Level::kWatched:
      return "watched";
    case Level::kRecovering:
      return "released, on probation";
    case Level::kSlowed:
      return "slowed";
    case Level::kHeld:
      return "held";
    case Level::kSuspended:
      return "suspended";
  }
  return "";
}

std::string becomes(const Task& task) {
  return fmt::format("{} {}", task.is_observed ? "would be" : "is", state_of(task.after));
}

std::string several(std::uint32_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string opening(const Task& task) {
  std::string text = fmt::format("{} {}", outside_text(task.account.text()), becomes(task));
  if (is_restriction(task.after) && task.scope == Scope::kUnfamiliarOrigins)
    text += " for places it was never used from";
  text += fmt::format(" since {} (before: {}).\n", moment_in_utc(task.time), to_text(task.before));
  if (!task.tenant.empty()) text += fmt::format("Tenant: {}\n", outside_text(task.tenant));
  if (task.is_observed) text += "Only observed: nothing was restricted, and no customer was told.\n";
  if (!task.author.empty() && task.author != "postreeve")
    text += fmt::format("Decided by {}.\n", outside_text(task.author));
  if (!task.reason.empty()) text += fmt::format("Reason: {}\n", outside_text(task.reason, 2'000));
  return text;
}

std::string why(const Task& task) {
  if (task.evidence.empty()) return {};
  std::string text = fmt::format("\nWhy (risk {:.1f})\n", task.risk);
  std::size_t shown = 0;
  for (const SaidEvidence& found : task.evidence) {
    if (shown++ == kMostEvidence) break;
    text += fmt::format("* {} ({:+.1f})\n", outside_text(found.says), found.nats);
  }
  return text;
}

std::string what_got_out(const Task& task) {
  std::string text = "\nWhat got out\n";
  if (task.outgo.messages == 0 && task.outgo.recipients == 0) {
    text += "* nothing that is known of\n";
  } else {
    text += fmt::format("* {} to {}", several(task.outgo.messages, "message"),
                        several(task.outgo.recipients, "recipient"));
    if (task.outgo.since != 0)
      text += fmt::format(" since {}", moment_in_utc(from_seconds32(task.outgo.since)));
    text += '\n';
  }
  if (!task.client.empty()) text += fmt::format("* deciding event from {}\n", outside_text(task.client, 60));
  return text;
}

std::string what_became_of(const OutboxRow& row) {
  switch (row.state) {
    case OutboxState::kDone:
      return "done" + (row.says.empty() ? "" : ": " + outside_text(row.says, 300));
    case OutboxState::kGivenUp:
      return "given up: " + outside_text(row.error, 300);
    case OutboxState::kWaiting:
    case OutboxState::kTaken:
      return row.error.empty() ? "to come"
                               : fmt::format("is tried again ({} so far): {}",
                                             several(row.attempts, "attempt"), outside_text(row.error, 300));
  }
  return "";
}

std::string what_was_done(const Task& task, const std::vector<OutboxRow>& rows) {
  std::string lines;
  std::size_t shown = 0;
  for (const OutboxRow& row : rows) {
    if (row.id == task.id) continue;
    if (shown++ == kMostRows) {
      lines += "* and more\n";
      break;
    }
    const auto read = read_task(row);
    const bool is_undo = read && read->direction == Direction::kUndo;
    lines += fmt::format("* {}{}: {}\n", is_undo ? "undo " : "", outside_text(row.action.kind, 64),
                         what_became_of(row));
  }
  return lines.empty() ? std::string{} : "\nWhat was done\n" + lines;
}

std::string what_comes_next(const Task& task) {
  const std::string incident = task.incident.to_string();
  std::string text = fmt::format("\nWhat comes next\n* look: postreeve incident show {}\n", incident);
  if (is_restriction(task.after)) {
    text += fmt::format(
        "* it was a stranger: postreeve incident confirm {0} --reason '...'\n"
        "* it was the owner: postreeve incident dismiss {0} --reason '...'\n",
        incident);
    if (!task.is_observed) {
      // The name may be anything, and people copy this line into a shell.
      text += fmt::format("* let the account go: postreeve account release {} --reason '...'\n",
                          shell_word(outside_text(task.account.text())));
    }
  }
  return text;
}

}  // namespace

std::string moment_in_utc(Timestamp time) {
  std::string text = format_rfc3339(time).substr(0, 16);
  text[10] = ' ';
  return text + " UTC";
}

std::string headline(const Task& task) {
  if (is_about_the_fuse(task)) return fuse_headline(task);
  std::string text = fmt::format("{} {}", outside_text(task.account.text(), 200), becomes(task));
  if (is_restriction(task.after) && !task.evidence.empty())
    text += ": " + outside_text(task.evidence.front().says, 120);
  return text;
}

std::string story(const Task& task, const std::vector<OutboxRow>& rows) {
  if (is_about_the_fuse(task)) return fuse_story(task);
  return opening(task) + why(task) + what_got_out(task) + what_was_done(task, rows) + what_comes_next(task);
}

}  // namespace postreeve
