#include "response/lane.h"

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "response/receipts.h"
#include "store/ledger/rows.h"

namespace postreeve {
namespace {

constexpr Duration kFirstPause = std::chrono::seconds{1};
constexpr Duration kLongestPause = std::chrono::minutes{10};

bool may_pass(const Error& error) {
  return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kConflict;
}

// That nothing was done. One that was ended for what it wrote had begun.
bool is_refusal(const Error& error) {
  return !may_pass(error) && error.code != ErrorCode::kLimitExceeded;
}

// Of the ledger: whatever it is, the action has not failed because of it.
std::unexpected<Error> ledger_says(const Error& error) {
  return fail(ErrorCode::kUnavailable, error.detail);
}

// What an action throws is a fault of ours or of the other side; both may pass.
template <typename Call>
Result<std::string> guarded(Call call) {
  try {
    return call();
  } catch (const std::exception& failure) {
    return fail(ErrorCode::kUnavailable, fmt::format("it broke off: {}", failure.what()));
  } catch (...) {
    return fail(ErrorCode::kUnavailable, "it broke off for an unknown reason");
  }
}

std::string sentence_of(const ActionNews& news) {
  const bool is_undo = news.direction == Direction::kUndo;
  std::string what = fmt::format("{}{}", is_undo ? "undoing " : "", news.row.action.kind);
  switch (news.outcome) {
    case ActionNews::Outcome::kDone:
      return fmt::format("{}: {}", what, news.says);
    case ActionNews::Outcome::kFailed:
      return fmt::format("{} did not work yet and is tried again: {}", what, news.says);
    case ActionNews::Outcome::kGivenUp:
      return fmt::format("{} was given up: {}", what, news.says);
  }
  return what;
}

bool is_same(const OutboxRow& a, const OutboxRow& b) {
  return a.id == b.id && a.created == b.created && a.action.kind == b.action.kind &&
         a.action.payload == b.action.payload;
}

TimelineRow line_of(const ActionNews& news, Timestamp now) {
  const boost::json::object details{{"action", news.row.action.kind},
                                    {"number", news.row.id},
                                    {"direction", to_text(news.direction)},
                                    {"outcome", to_text(news.outcome)},
                                    {"attempts", news.row.attempts}};
  return {.id = 0,
          .incident = news.row.incident,
          .time = now,
          .kind = EntryKind::kAction,
          .author = "postreeve",
          .text = sentence_of(news),
          .details = boost::json::serialize(details)};
}

}  // namespace

std::string_view to_text(ActionNews::Outcome outcome) noexcept {
  static constexpr std::array<std::string_view, 3> kTexts{"done", "failed", "given_up"};
  return kTexts[static_cast<std::size_t>(outcome)];
}

Duration pause_after(std::uint32_t attempts, std::uint64_t id) {
  const std::uint32_t doublings = std::min(attempts == 0 ? 0U : attempts - 1, 20U);
  const Duration whole = std::min(kFirstPause * (1U << doublings), kLongestPause);
  // Any spread will do (SplitMix64's last step); a test must see the same one again.
  std::uint64_t mixed = (id + attempts) * 0x9E3779B97F4A7C15U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
  const auto part = static_cast<Duration::rep>((mixed >> 32U) % 501);
  return whole * (500 + part) / 1000;
}

Result<bool> Lane::step() {
  auto taken = parts_.outbox.take(name_, parts_.clock(), kLease);
  if (!taken) return fail(taken.error());
  if (!*taken) return false;
  OutboxRow row = std::move(**taken);
  Direction direction = Direction::kCarryOut;
  const Result<std::string> result = attempt(row, direction);
  if (const Result<void> noted = note(news_of(std::move(row), direction, result)); !noted)
    return fail(noted.error());
  return true;
}

Result<std::string> Lane::attempt(const OutboxRow& row, Direction& direction) {
  Result<Task> task = read_task(row);
  if (!task) return fail(task.error());
  direction = task->direction;
  if (action_ == nullptr)
    return fail(ErrorCode::kNotFound,
                fmt::format("the configuration has no [action.{}] any more", row.action.kind));
  return direction == Direction::kUndo ? undo(*task, row) : carry_out(*task, row);
}

Result<std::string> Lane::carry_out(Task& task, const OutboxRow& row) {
  std::optional<std::string> receipt = receipt_of(row);
  const bool was_begun = receipt.has_value();
  if (!receipt) {
    // Carried out before and not undone: what is there now is our own doing.
    const auto earlier = earlier_receipt(row);
    if (!earlier) return ledger_says(earlier.error());
    task.receipt.clear();
    Result<std::string> asked =
        *earlier ? Result<std::string>(**earlier) : guarded([&] { return action_->prepare(task); });
    if (!asked) return asked;
    if (asked->size() > kMostPreparedBytes || !is_storable(*asked))
      return fail(ErrorCode::kInvalidInput,
                  "what undoing would have to know is no UTF-8 of at most 64 KiB; nothing was changed");
    if (const Result<void> stored = parts_.outbox.keep_receipt(row.id, kept_receipt(*asked)); !stored)
      return ledger_says(stored.error());
    receipt = std::move(*asked);
  }
  task.receipt = std::move(*receipt);
  Result<std::string> done = guarded([&] { return action_->carry_out(task); });
  // Undoing would take back what was never there. Whatever an attempt before this one was killed at, it may
  // have done; and what undoes without a receipt too is given all that is known.
  const bool was_never_done = !was_begun && !done && is_refusal(done.error());
  if (!was_never_done || action_->undo_awaits_judgement()) return done;
  if (const Result<void> taken = parts_.outbox.keep_receipt(row.id, {}); !taken)
    return ledger_says(taken.error());
  return done;
}

Result<std::string> Lane::undo(Task& task, const OutboxRow& row) {
  auto receipt = earlier_receipt(row);
  if (!receipt) return ledger_says(receipt.error());
  // Not only what it did itself is given back by one that waits for a judgement.
  if (!*receipt && !action_->undo_awaits_judgement())
    return std::string("was never carried out; there is nothing to undo");
  task.receipt = receipt->value_or("");
  return guarded([&] { return action_->undo(task); });
}

Result<std::optional<std::string>> Lane::earlier_receipt(const OutboxRow& row) {
  const auto rows = parts_.outbox.of_incident(row.incident);
  if (!rows) return fail(rows.error());
  // With its server away the ledger shows what waits for it, not what is there.
  if (!std::ranges::any_of(*rows, [&](const OutboxRow& one) { return is_same(one, row); }))
    return fail(ErrorCode::kUnavailable, "the ledger does not show the action any more");
  return receipt_in_force(*rows, row.action.kind, row.id, action_->undo_awaits_judgement());
}

ActionNews Lane::news_of(OutboxRow row, Direction direction, const Result<std::string>& result) const {
  ActionNews news{.row = std::move(row), .direction = direction, .outcome = {}, .says = {}};
  if (result) {
    news.outcome = ActionNews::Outcome::kDone;
    news.says = *result;
    return news;
  }
  const Timestamp now = parts_.clock();
  const bool is_over = now - news.row.created >= parts_.give_up_after;
  const bool goes_on = may_pass(result.error()) && !is_over;
  // The outbox tells by its error what has failed.
  news.says = result.error().detail.empty() ? "it failed and did not say why" : result.error().detail;
  news.outcome = goes_on ? ActionNews::Outcome::kFailed : ActionNews::Outcome::kGivenUp;
  news.is_first_failure = news.row.error.empty();
  if (goes_on) news.next_attempt = now + pause_after(news.row.attempts, news.row.id);
  return news;
}

Result<void> Lane::note(ActionNews news) {
  const Timestamp now = parts_.clock();
  const std::uint64_t id = news.row.id;
  const TimelineRow line = line_of(news, now);
  Result<void> noted;
  switch (news.outcome) {
    case ActionNews::Outcome::kDone:
      noted = parts_.outbox.done(id, news.says, now, line);
      break;
    case ActionNews::Outcome::kFailed:
      noted = parts_.outbox.failed(id, news.says, news.next_attempt,
                                   news.is_first_failure ? Outbox::Line(line) : std::nullopt);
      break;
    case ActionNews::Outcome::kGivenUp:
      noted = parts_.outbox.give_up(id, news.says, now, line);
      break;
  }
  if (noted && parts_.tell) parts_.tell(news);
  return noted;
}

}  // namespace postreeve
