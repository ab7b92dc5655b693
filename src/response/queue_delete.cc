#include "response/queue_delete.h"

#include <array>

#include <fmt/format.h>

#include "response/mail_keeper.h"

namespace postreeve {
namespace {

using Kind = ActionKey::Kind;

constexpr std::array kKeys{
    kHelperKey,
    kServerKey,
    kConfigDirectoryKey,
    kDefaultDomainKey,
    ActionKey{"preserve_folder", Kind::kText, false,
              "Where each message and its envelope are copied first; what cannot be copied is not deleted."},
    ActionKey{"only_since", Kind::kFlag, false,
              "Only mail that came since the incident's first message (true, the default), or all that is "
              "held of the account."},
    ActionKey{"only_client", Kind::kFlag, false,
              "Only mail from the networks of the incident (true, the default); false: from everywhere."}};

}  // namespace

Result<std::vector<std::string>> preserve_all(QueueTalk& talk, const std::string& folder, IncidentId incident,
                                              const std::vector<std::string>& ids, std::string& why_not) {
  if (folder.empty()) return ids;
  std::vector<std::string> preserved;
  for (const std::string& id : ids) {
    const auto mail = talk.show(id, false);
    if (!mail && mail.error().code == ErrorCode::kUnavailable) return fail(mail.error());
    if (!mail) {
      if (mail.error().code != ErrorCode::kNotFound) why_not = mail.error().detail;
      continue;
    }
    if (const Result<void> kept = keep_mail(folder, incident, id, *mail); !kept) return fail(kept.error());
    preserved.push_back(id);
  }
  return preserved;
}

QueueDelete::QueueDelete(QueueHelper helper, QueueDeleteOptions options, LedgerDatabase& ledger)
    : helper_(std::move(helper)), options_(std::move(options)), ledger_(ledger) {}

std::string QueueDelete::preview(const Task& task) const {
  return fmt::format(
      "delete the held mail of the incident from the queue of {}, of {}{}{}", helper_.server,
      task.account.text(), options_.only_client ? ", from the incident's networks" : "",
      options_.preserve_folder.empty() ? "" : ", copied to " + options_.preserve_folder + " first");
}

Result<std::string> QueueDelete::carry_out(const Task& task) {
  const Result<IncidentSpan> span = span_of_incident(ledger_, task);
  if (!span) return fail(span.error());
  if (!span->is_confirmed)
    return fail(ErrorCode::kConflict, "nobody has confirmed the incident; nothing is deleted before");
  QueueTalk talk(helper_, task.account);
  const auto queue = talk.list(false);
  if (!queue) return fail(queue.error());
  std::vector<std::string> to_delete;
  std::size_t others = 0;
  for (const MailInQueue& mail : *queue) {
    if (!mail.is_held() || (options_.only_since && !came_since(mail, span->since))) continue;
    if (options_.only_client && !is_from_its_networks(mail, *span)) {
      ++others;
    } else {
      to_delete.push_back(mail.queue_id);
    }
  }
  std::string why_not;
  const auto preserved = preserve_all(talk, options_.preserve_folder, task.incident, to_delete, why_not);
  if (!preserved) return fail(preserved.error());
  const auto results = talk.remove(*preserved);
  if (!results) return fail(results.error());
  if (const std::size_t failed = count_of(*results, "failed"); failed > 0)
    return fail(ErrorCode::kUnavailable,
                fmt::format("{} of {} are in the queue still", failed, results->size()));
  std::string says = fmt::format("deleted {} of the held messages of {}", count_of(*results, "deleted"),
                                 task.account.text());
  if (!options_.preserve_folder.empty()) says += ", each copied first";
  if (!why_not.empty()) says += fmt::format("; what could not be copied stays on hold: {}", why_not);
  if (others > 0) says += fmt::format("; {} from other networks stay on hold", others);
  return says;
}

std::span<const ActionKey> queue_delete_keys() noexcept {
  return kKeys;
}

Result<std::unique_ptr<ResponseAction>> make_queue_delete(const ActionSettings& settings,
                                                          const ActionWorld& world) {
  auto helper = read_queue_helper(settings);
  if (!helper) return fail(helper.error());
  QueueDeleteOptions options{.preserve_folder = settings.text("preserve_folder"),
                             .only_since = settings.flag("only_since", true),
                             .only_client = settings.flag("only_client", true)};
  if (!options.preserve_folder.empty() && !options.preserve_folder.starts_with('/'))
    return fail(ErrorCode::kInvalidInput, "preserve_folder: write an absolute path");
  return std::make_unique<QueueDelete>(*std::move(helper), std::move(options), world.ledger);
}

}  // namespace postreeve
