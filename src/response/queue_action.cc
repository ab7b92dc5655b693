#include "response/queue_action.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "response/queue_receipt.h"

namespace postreeve {
namespace {

using Kind = ActionKey::Kind;
using Originals = std::set<std::string, std::less<>>;

constexpr std::array kKeys{
    kHelperKey,
    kServerKey,
    kConfigDirectoryKey,
    kDefaultDomainKey,
    ActionKey{"only_since", Kind::kFlag, false,
              "Only mail that came since the incident's first message (true, the default), or all of the "
              "account's."},
    ActionKey{"only_client", Kind::kFlag, false,
              "Only mail from the address of the deciding event. Default false: thieves use many."},
    ActionKey{"bounces", Kind::kFlag, false,
              "Also bounces about mail of the account that is in the queue. Default false."}};

constexpr int kMostRounds = 3;

// "1 message", "2 messages"
std::string messages(std::size_t count) {
  return fmt::format("{} message{}", count, count == 1 ? "" : "s");
}

// What bounces may be about: the account's mail in the queue, and what was recorded before.
Originals originals_in(const std::vector<MailInQueue>& queue, const Task& task) {
  Originals originals;
  for (const MailInQueue& mail : queue) {
    if (mail.account == task.account.text()) originals.insert(mail.queue_id);
  }
  if (const auto receipt = read_queue_receipt(task.receipt); receipt && !receipt->is_exclusion) {
    for (const std::string& line : receipt->lines) originals.insert(line.substr(line.find(' ') + 1));
  }
  return originals;
}

}  // namespace

QueueAction::QueueAction(QueueHelper helper, QueueOptions options, LedgerDatabase& ledger)
    : helper_(std::move(helper)), options_(options), ledger_(ledger) {}

std::string QueueAction::preview(const Task& task) const {
  const char* const which = options_.only_client ? " from the address of the deciding event" : "";
  const char* const when = options_.only_since ? " that came since the incident's first message" : "";
  if (task.direction == Direction::kUndo)
    return fmt::format("release the held mail of {} in the queue of {}, in the order of arrival",
                       task.account.text(), helper_.server);
  return fmt::format("put mail of {}{}{} on hold in the queue of {}", task.account.text(), which, when,
                     helper_.server);
}

bool QueueAction::is_meant(const MailInQueue& mail, const IncidentSpan& span, const Task& task) const {
  if (options_.only_since && !came_since(mail, span.since)) return false;
  // A bounce comes from this machine.
  return !options_.only_client || mail.account.empty() || mail.client_address == task.client;
}

Result<std::string> QueueAction::prepare(const Task& task) {
  const Result<IncidentSpan> span = span_of_incident(ledger_, task);
  if (!span) return fail(span.error());
  QueueTalk talk(helper_, task.account);
  const auto queue = talk.list(options_.with_bounces);
  if (!queue) return fail(queue.error());
  const Originals originals = originals_in(*queue, task);
  std::vector<std::string> to_hold;
  std::vector<std::string> held_before;
  for (const MailInQueue& mail : *queue) {
    const std::string line = helper_line_of(mail, task.account, originals);
    if (line.empty() || !is_meant(mail, *span, task)) continue;
    if (!mail.is_held()) {
      to_hold.push_back(line);
    } else if (!came_since(mail, span->opened)) {
      held_before.push_back(line);
    }
  }
  const auto receipt = queue_receipt_for(to_hold, held_before, options_.only_since ? span->since : 0);
  if (!receipt) return fail(receipt.error());
  return to_text(*receipt);
}

Result<std::string> QueueAction::carry_out(const Task& task) {
  const Result<IncidentSpan> span = span_of_incident(ledger_, task);
  if (!span) return fail(span.error());
  const auto receipt = read_queue_receipt(task.receipt);
  if (!receipt) return fail(receipt.error());
  QueueTalk talk(helper_, task.account);
  // The mail server moves files while we look: what was missed is seen the next time.
  std::size_t newly_held = 0;
  for (int round = 0; round < kMostRounds; ++round) {
    const auto queue = talk.list(options_.with_bounces);
    if (!queue) return fail(queue.error());
    const Originals originals = originals_in(*queue, task);
    std::vector<std::string> to_hold;
    std::size_t held = 0;
    for (const MailInQueue& mail : *queue) {
      const std::string line = helper_line_of(mail, task.account, originals);
      if (line.empty() || !is_meant(mail, *span, task)) continue;
      // What came meanwhile is given free by its time, and need not be in the receipt.
      const bool is_new = came_since(mail, span->opened);
      if (!is_new && !receipt->is_ours(line, came_since(mail, receipt->since))) continue;
      ++held;
      if (!mail.is_held()) to_hold.push_back(line);
    }
    if (to_hold.empty())
      return fmt::format("{} of {} on hold, {} of them newly", messages(held), task.account.text(),
                         newly_held);
    const auto results = talk.hold(to_hold);
    if (!results) return fail(results.error());
    newly_held += count_of(*results, "held");
  }
  return fail(ErrorCode::kUnavailable,
              fmt::format("{} put on hold, and there is still more under way", messages(newly_held)));
}

Result<std::string> QueueAction::undo(const Task& task) {
  const Result<IncidentSpan> span = span_of_incident(ledger_, task);
  if (!span) return fail(span.error());
  const auto receipt = read_queue_receipt(task.receipt);
  if (!receipt) return fail(receipt.error());
  QueueTalk talk(helper_, task.account);
  const auto queue = talk.list(options_.with_bounces);
  if (!queue) return fail(queue.error());
  const Originals originals = originals_in(*queue, task);
  std::vector<std::string> to_release;
  std::size_t kept = 0;
  for (const MailInQueue& mail : *queue) {
    const std::string line = helper_line_of(mail, task.account, originals);
    if (line.empty() || !mail.is_held()) continue;
    const bool was_waiting = receipt->is_ours(line, came_since(mail, receipt->since));
    if (!was_waiting && !came_since(mail, span->opened)) continue;
    const bool stays = span->is_confirmed && (!was_waiting || is_from_its_networks(mail, *span));
    if (stays) {
      ++kept;
    } else {
      to_release.push_back(line);
    }
  }
  const auto results = talk.release(to_release);
  if (!results) return fail(results.error());
  const std::size_t released = count_of(*results, "released");
  const std::size_t left = count_of(*results, "later") + count_of(*results, "failed");
  if (left > 0)
    return fail(ErrorCode::kUnavailable,
                fmt::format("{} released, {} still on hold; it goes on later", messages(released), left));
  return fmt::format("released {} of {}{}", messages(released), task.account.text(),
                     kept == 0 ? "" : fmt::format("; {} of the confirmed incident stay on hold", kept));
}

std::span<const ActionKey> queue_keys() noexcept {
  return kKeys;
}

Result<std::unique_ptr<ResponseAction>> make_queue(const ActionSettings& settings, const ActionWorld& world) {
  auto helper = read_queue_helper(settings);
  if (!helper) return fail(helper.error());
  const QueueOptions options{.only_since = settings.flag("only_since", true),
                             .only_client = settings.flag("only_client", false),
                             .with_bounces = settings.flag("bounces", false)};
  return std::make_unique<QueueAction>(*std::move(helper), options, world.ledger);
}

}  // namespace postreeve
