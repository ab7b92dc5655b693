#include "response/queue_removal.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "response/mail_keeper.h"
#include "store/ledger/outbox.h"

namespace postreeve {
namespace {

using Clock = std::chrono::steady_clock;

// Few enough that what was copied and not deleted yet is soon done again, after whatever happens.
constexpr std::size_t kCopiedAtOnce = 50;
constexpr std::size_t kDeletedAtOnce = 1'000;

// Whether it is kept, or need not be; false says why not.
Result<bool> copy(QueueTalk& talk, const QueueRemovalOptions& options, IncidentId incident,
                  const Removable& removable, std::string& why_not) {
  const std::string& folder = options.preserve_folder;
  const MailInQueue& mail = removable.mail;
  if (folder.empty() || is_mail_kept(folder, incident, mail)) return true;
  const bool is_bounce = removable.line != mail.queue_id;
  const auto shown = talk.show(mail.queue_id, is_bounce);
  if (!shown && shown.error().code == ErrorCode::kUnavailable) return fail(shown.error());
  if (!shown) {
    if (shown.error().code != ErrorCode::kNotFound) why_not = shown.error().detail;
    return false;
  }
  if (const auto kept = keep_mail(folder, incident, mail.queue_id, *shown); !kept) return fail(kept.error());
  return true;
}

// How many of the batch it came to.
Result<std::size_t> remove_batch(QueueTalk& talk, const QueueRemovalOptions& options, IncidentId incident,
                                 std::span<const Removable> batch, Clock::time_point until,
                                 QueueRemoval& removal) {
  std::vector<std::string> copied;
  std::size_t seen = 0;
  for (const Removable& removable : batch) {
    if (seen > 0 && !options.preserve_folder.empty() && Clock::now() >= until) break;
    ++seen;
    const auto is_copied = copy(talk, options, incident, removable, removal.why_not);
    if (!is_copied) return fail(is_copied.error());
    if (*is_copied) {
      copied.push_back(removable.line);
    } else {
      removal.results.push_back({removable.mail.queue_id, "not_preserved"});
    }
  }
  auto results = talk.remove(copied);
  if (!results) return fail(results.error());
  std::ranges::move(*results, std::back_inserter(removal.results));
  return seen;
}

}  // namespace

Result<QueueRemovalOptions> read_queue_removal(const ActionSettings& settings) {
  QueueRemovalOptions options{.preserve_folder = settings.text("preserve_folder"),
                              .only_since = settings.flag("only_since", true),
                              .only_client = settings.flag("only_client", true),
                              .with_bounces = settings.flag("bounces", true)};
  if (!options.preserve_folder.empty() && !options.preserve_folder.starts_with('/'))
    return fail(ErrorCode::kInvalidInput, "preserve_folder: write an absolute path");
  return options;
}

bool is_thiefs(const MailInQueue& mail, const IncidentSpan& span, const QueueRemovalOptions& options) {
  return (!options.only_since || came_since(mail, span.since)) &&
         (!options.only_client || is_from_its_networks(mail, span));
}

RemovableMail removable_mail(const std::vector<MailInQueue>& queue, const AccountId& account,
                             BounceOriginals originals, const IncidentSpan& span,
                             const QueueRemovalOptions& options) {
  RemovableMail removable;
  for (const MailInQueue& mail : queue) {
    const bool is_theirs = mail.account == account.text();
    if (!is_theirs || (options.only_since && !came_since(mail, span.since))) continue;
    const bool is_meant = is_thiefs(mail, span, options);
    if (is_meant) originals.certain.insert(mail.queue_id);
    if (mail.is_held() && is_meant) removable.messages.push_back({mail, mail.queue_id});
    if (mail.is_held() && !is_meant) ++removable.others;
  }
  for (const MailInQueue& mail : queue) {
    if (!mail.account.empty() || !came_since(mail, span.since)) continue;
    if (std::string line = helper_line_of(mail, account, originals); !line.empty())
      removable.bounces.push_back({mail, std::move(line)});
  }
  return removable;
}

Result<void> check_evidence_is_kept(LedgerDatabase& ledger, IncidentId incident,
                                    const QueueRemovalOptions& options) {
  const auto rows = Outbox(ledger).of_incident(incident);
  if (!rows) return fail(ErrorCode::kUnavailable, rows.error().detail);
  for (const OutboxRow& row : *rows) {
    const bool is_open = row.state == OutboxState::kWaiting || row.state == OutboxState::kTaken;
    const bool keeps_evidence =
        std::ranges::find(options.evidence, row.action.kind) != options.evidence.end();
    if (is_open && keeps_evidence)
      return fail(
          ErrorCode::kConflict,
          fmt::format("{} has not kept the evidence yet; its mail stays until then", row.action.kind));
  }
  return {};
}

Result<QueueRemoval> remove_from_queue(QueueTalk& talk, const QueueRemovalOptions& options,
                                       IncidentId incident, const std::vector<Removable>& mail) {
  const Clock::time_point until = Clock::now() + options.time;
  const std::size_t most = options.preserve_folder.empty() ? kDeletedAtOnce : kCopiedAtOnce;
  QueueRemoval removal;
  for (std::span<const Removable> rest(mail); !rest.empty();) {
    const auto batch = rest.first(std::min(rest.size(), most));
    const auto seen = remove_batch(talk, options, incident, batch, until, removal);
    if (!seen) return fail(seen.error());
    rest = rest.subspan(*seen);
    if (Clock::now() < until) continue;
    removal.left = rest.size();
    break;
  }
  return removal;
}

Result<void> check_removed(const QueueRemoval& removal) {
  const std::size_t failed = count_of(removal.results, "failed");
  if (removal.left > 0)
    return fail(
        ErrorCode::kUnavailable,
        fmt::format("{} deleted, {} to go", count_of(removal.results, "deleted"), removal.left + failed));
  if (failed > 0)
    return fail(ErrorCode::kUnavailable,
                fmt::format("{} of {} are in the queue still", failed, removal.results.size()));
  return {};
}

std::string remarks_on(const QueueRemoval& removal, std::size_t others) {
  std::string remarks;
  if (!removal.why_not.empty())
    remarks += fmt::format("; what could not be copied stays on hold: {}", removal.why_not);
  if (others > 0) remarks += fmt::format("; {} from other networks stay on hold", others);
  return remarks;
}

}  // namespace postreeve
