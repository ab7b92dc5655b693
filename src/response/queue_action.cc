#include "response/queue_action.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace postreeve {
namespace {

using Kind = ActionKey::Kind;

constexpr std::array kKeys{
    kHelperKey,
    kServerKey,
    kConfigDirectoryKey,
    kDefaultDomainKey,
    ActionKey{"only_since", Kind::kFlag, false,
              "Only mail that came since the incident's first message (true, the default), or all of the "
              "account's."},
    ActionKey{
        "only_client", Kind::kFlag, false,
        "Only mail from the address of the deciding event, or from the incident's networks where that has "
        "none. Default false: thieves use many."},
    ActionKey{
        "bounces", Kind::kFlag, false,
        "Also bounces about mail of the account that is in the queue, and about the stranger's that has "
        "left it. Default false."}};

constexpr int kMostRounds = 3;

// "1 message", "2 messages"
std::string messages(std::size_t count) {
  return fmt::format("{} message{}", count, count == 1 ? "" : "s");
}

// What a bounce is about, where that is in the queue as well.
const MailInQueue* original_of(const MailInQueue& bounce, const std::vector<MailInQueue>& queue) {
  const auto found = std::ranges::find_first_of(queue, bounce.bounce_of, {}, &MailInQueue::queue_id);
  return found == queue.end() ? nullptr : &*found;
}

// What `only_client` means where nobody knows the client.
std::string_view clientless_words(const QueueOptions& options, const IncidentSpan& span, const Task& task) {
  if (!options.only_client || !task.client.empty()) return "";
  return span.networks.empty() ? "; from everywhere, because nobody knows where the stranger was"
                               : "; from the incident's networks, because what decided has no address";
}

// "; 2 from other places stay on hold until ..."
std::string kept_words(std::size_t kept, Outcome outcome) {
  if (kept == 0) return {};
  return fmt::format(
      "; {} {}", kept,
      outcome == Outcome::kConfirmed
          ? "of the confirmed incident stay on hold"
          : "from other places stay on hold until somebody confirms or dismisses the incident");
}

}  // namespace

QueueAction::QueueAction(QueueHelper helper, QueueOptions options, const ActionWorld& world)
    : helper_(std::move(helper)), options_(options), ledger_(world.ledger), places_(world.places) {}

// The account's mail in the queue, what was recorded before, and the stranger's that is gone.
Result<BounceOriginals> QueueAction::originals_in(const std::vector<MailInQueue>& queue,
                                                  const Task& task) const {
  if (!options_.with_bounces) return BounceOriginals{};
  auto originals = originals_of_incident(ledger_, task);
  if (!originals) return originals;
  for (const MailInQueue& mail : queue) {
    if (mail.account == task.account.text()) originals->certain.insert(mail.queue_id);
  }
  if (const auto receipt = read_queue_receipt(task.receipt); receipt && !receipt->is_exclusion) {
    for (const std::string& line : receipt->lines) originals->certain.insert(line.substr(line.find(' ') + 1));
  }
  return originals;
}

std::string QueueAction::preview(const Task& task) const {
  const std::string_view which = !options_.only_client ? ""
                                 : task.client.empty() ? " from the incident's networks"
                                                       : " from the address of the deciding event";
  const char* const when = options_.only_since ? " that came since the incident's first message" : "";
  if (task.direction == Direction::kUndo)
    return fmt::format(
        "release held mail of {} in the queue of {}, in the order of arrival: all of it once "
        "the incident is dismissed, before that what came from places that the account has "
        "long sent from",
        task.account.text(), helper_.server);
  return fmt::format("put mail of {}{}{} on hold in the queue of {}", task.account.text(), which, when,
                     helper_.server);
}

bool QueueAction::is_honest(const MailInQueue& mail, const IncidentSpan& span,
                            const QueueReceipt& receipt) const {
  const auto address = IpAddress::parse(mail.client_address);
  return address && places_.key_of && receipt.familiar.contains(places_.key_of(*address)) &&
         !is_from_its_networks(mail, span);
}

bool QueueAction::is_meant(const MailInQueue& mail, const IncidentSpan& span, const Task& task) const {
  if (options_.only_since && !came_since(mail, span.since)) return false;
  // A bounce comes from this machine.
  if (!options_.only_client || mail.account.empty()) return true;
  if (!task.client.empty()) return mail.client_address == task.client;
  return span.networks.empty() || is_from_its_networks(mail, span);
}

Result<std::string> QueueAction::prepare(const Task& task) {
  const Result<IncidentSpan> span = span_of_incident(ledger_, task, places_);
  if (!span) return fail(span.error());
  QueueTalk talk(helper_, task.account);
  const auto queue = talk.list(options_.with_bounces);
  if (!queue) return fail(queue.error());
  const auto originals = originals_in(*queue, task);
  if (!originals) return fail(originals.error());
  std::vector<std::string> to_hold;
  std::vector<std::string> held_before;
  for (const MailInQueue& mail : *queue) {
    const std::string line = helper_line_of(mail, task.account, *originals);
    if (line.empty() || !is_meant(mail, *span, task)) continue;
    if (!mail.is_held()) {
      to_hold.push_back(line);
    } else if (!came_since(mail, span->opened)) {
      held_before.push_back(line);
    }
  }
  const auto familiar = places_.familiar ? places_.familiar(task.account) : std::vector<std::uint32_t>{};
  const auto receipt =
      queue_receipt_for(to_hold, held_before, options_.only_since ? span->since : 0, familiar);
  if (!receipt) return fail(receipt.error());
  return to_text(*receipt);
}

Result<std::string> QueueAction::carry_out(const Task& task) {
  const Result<IncidentSpan> span = span_of_incident(ledger_, task, places_);
  if (!span) return fail(span.error());
  const auto receipt = read_queue_receipt(task.receipt);
  if (!receipt) return fail(receipt.error());
  QueueTalk talk(helper_, task.account);
  // The mail server moves files while we look: what was missed is seen the next time.
  std::size_t newly_held = 0;
  for (int round = 0; round < kMostRounds; ++round) {
    const auto queue = talk.list(options_.with_bounces);
    if (!queue) return fail(queue.error());
    const auto originals = originals_in(*queue, task);
    if (!originals) return fail(originals.error());
    std::vector<std::string> to_hold;
    std::size_t held = 0;
    for (const MailInQueue& mail : *queue) {
      const std::string line = helper_line_of(mail, task.account, *originals);
      if (line.empty() || !is_meant(mail, *span, task)) continue;
      // What came meanwhile is given free by its time, and need not be in the receipt.
      const bool is_new = came_since(mail, span->opened);
      if (!is_new && !receipt->is_ours(line, came_since(mail, receipt->since))) continue;
      ++held;
      if (!mail.is_held()) to_hold.push_back(line);
    }
    if (to_hold.empty())
      return fmt::format("{} of {} on hold, {} of them newly{}", messages(held), task.account.text(),
                         newly_held, clientless_words(options_, *span, task));
    const auto results = talk.hold(to_hold);
    if (!results) return fail(results.error());
    newly_held += count_of(*results, "held");
  }
  return fail(ErrorCode::kUnavailable,
              fmt::format("{} put on hold, and there is still more under way", messages(newly_held)));
}

Result<QueueAction::Sorted> QueueAction::sort_out(QueueTalk& talk, const Task& task,
                                                  std::optional<Outcome> judged) const {
  const Result<IncidentSpan> span = span_of_incident(ledger_, task, places_);
  if (!span) return fail(span.error());
  const auto receipt = read_queue_receipt(task.receipt);
  if (!receipt) return fail(receipt.error());
  const auto queue = talk.list(options_.with_bounces);
  if (!queue) return fail(queue.error());
  const auto originals = originals_in(*queue, task);
  if (!originals) return fail(originals.error());
  Sorted sorted{.to_release = {}, .kept = 0, .outcome = judged.value_or(span->outcome)};
  for (const MailInQueue& mail : *queue) {
    const std::string line = helper_line_of(mail, task.account, *originals);
    if (line.empty() || !mail.is_held()) continue;
    const bool was_waiting = receipt->is_ours(line, came_since(mail, receipt->since));
    const bool was_held_by_the_gate = !span->is_observed && came_since(mail, span->opened);
    if (!(was_waiting || was_held_by_the_gate) || !came_before_the_next(mail, *span)) continue;
    const MailInQueue* original = mail.account.empty() ? original_of(mail, *queue) : &mail;
    if (sorted.outcome == Outcome::kDismissed ||
        (original != nullptr && is_honest(*original, *span, *receipt))) {
      sorted.to_release.push_back(line);
    } else {
      ++sorted.kept;
    }
  }
  return sorted;
}

Result<std::string> QueueAction::undo(const Task& task) {
  QueueTalk talk(helper_, task.account);
  const Result<Sorted> sorted = sort_out(talk, task, std::nullopt);
  if (!sorted) return fail(sorted.error());
  const auto results = talk.release(sorted->to_release);
  if (!results) return fail(results.error());
  const std::size_t released = count_of(*results, "released");
  const std::size_t left = count_of(*results, "later") + count_of(*results, "failed");
  if (left > 0)
    return fail(ErrorCode::kUnavailable,
                fmt::format("{} released, {} still on hold; it goes on later", messages(released), left));
  return fmt::format("released {} of {}{}", messages(released), task.account.text(),
                     kept_words(sorted->kept, sorted->outcome));
}

Result<std::vector<std::string>> QueueAction::still_to_hold(QueueTalk& talk, const Task& task) const {
  const Result<IncidentSpan> span = span_of_incident(ledger_, task, places_);
  if (!span) return fail(span.error());
  const auto queue = talk.list(options_.with_bounces);
  if (!queue) return fail(queue.error());
  const auto originals = originals_in(*queue, task);
  if (!originals) return fail(originals.error());
  std::vector<std::string> lines;
  for (const MailInQueue& mail : *queue) {
    std::string line = helper_line_of(mail, task.account, *originals);
    if (!line.empty() && !mail.is_held() && is_meant(mail, *span, task)) lines.push_back(std::move(line));
  }
  return lines;
}

std::string QueueAction::rehearse(const Task& task, std::optional<Outcome> judged) const {
  const auto unknown = [&](const Error& error) {
    return fmt::format("{} (how much that is nobody can say now: {})", preview(task), error.detail);
  };
  QueueTalk talk(helper_, task.account);
  if (task.direction == Direction::kUndo) {
    const Result<Sorted> sorted = sort_out(talk, task, judged);
    if (!sorted) return unknown(sorted.error());
    return fmt::format("release {} of {} in the queue of {}, in the order of arrival{}",
                       messages(sorted->to_release.size()), task.account.text(), helper_.server,
                       kept_words(sorted->kept, sorted->outcome));
  }
  const auto lines = still_to_hold(talk, task);
  if (!lines) return unknown(lines.error());
  return fmt::format("put {} of {} on hold in the queue of {}", messages(lines->size()), task.account.text(),
                     helper_.server);
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
  return std::make_unique<QueueAction>(*std::move(helper), options, world);
}

}  // namespace postreeve
