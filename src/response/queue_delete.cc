#include "response/queue_delete.h"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

#include "response/incident_mail.h"

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
              "Only mail from the networks of the incident (true, the default); false: from everywhere."},
    ActionKey{"bounces", Kind::kFlag, false,
              "Also bounces about that mail and about the stranger's that has left the queue, held or not "
              "(true, the default)."}};

std::string others_words(std::size_t others) {
  return others == 0 ? std::string() : fmt::format("; {} from other networks stay on hold", others);
}

// " and 2 bounces that the thief caused"
std::string bounces_words(std::size_t bounces) {
  return bounces == 0
             ? std::string()
             : fmt::format(" and {} bounce{} that the thief caused", bounces, bounces == 1 ? "" : "s");
}

}  // namespace

QueueDelete::QueueDelete(QueueHelper helper, QueueRemovalOptions options, LedgerDatabase& ledger,
                         AccountPlaces places)
    : helper_(std::move(helper)), options_(std::move(options)), ledger_(ledger), places_(std::move(places)) {}

std::string QueueDelete::preview(const Task& task) const {
  return fmt::format(
      "delete the held mail of the incident from the queue of {}, of {}{}{}", helper_.server,
      task.account.text(), options_.only_client ? ", from the incident's networks" : "",
      options_.preserve_folder.empty() ? "" : ", copied to " + options_.preserve_folder + " first");
}

Result<RemovableMail> QueueDelete::meant(QueueTalk& talk, const Task& task, const IncidentSpan& span) const {
  const auto queue = talk.list(options_.with_bounces);
  if (!queue) return fail(queue.error());
  auto originals = originals_of_incident(ledger_, task);
  if (!originals) return fail(originals.error());
  return removable_mail(*queue, task.account, *std::move(originals), span, options_);
}

std::string QueueDelete::rehearse(const Task& task, std::optional<Outcome> judged) const {
  const Result<IncidentSpan> span = span_of_incident(ledger_, task, places_);
  QueueTalk talk(helper_, task.account);
  const Result<RemovableMail> mail = span ? meant(talk, task, *span) : fail(span.error());
  if (!mail)
    return fmt::format("{} (how much that is nobody can say now: {})", preview(task), mail.error().detail);
  if (judged.value_or(span->outcome) != Outcome::kConfirmed)
    return "delete nothing as long as nobody has confirmed the incident";
  return fmt::format(
      "delete {} held message{} of {}{} from the queue of {}{}{}", mail->messages.size(),
      mail->messages.size() == 1 ? "" : "s", task.account.text(), bounces_words(mail->bounces.size()),
      helper_.server,
      options_.preserve_folder.empty() ? "" : ", copied to " + options_.preserve_folder + " first",
      others_words(mail->others));
}

Result<std::string> QueueDelete::carry_out(const Task& task) {
  const Result<IncidentSpan> span = span_of_incident(ledger_, task, places_);
  if (!span) return fail(span.error());
  if (span->outcome != Outcome::kConfirmed)
    return fail(ErrorCode::kConflict, "nobody has confirmed the incident; nothing is deleted before");
  if (const auto kept = check_evidence_is_kept(ledger_, task.incident, options_); !kept)
    return fail(kept.error());
  QueueTalk talk(helper_, task.account);
  const auto mail = meant(talk, task, *span);
  if (!mail) return fail(mail.error());
  std::vector<std::string> bounces;
  bounces.reserve(mail->bounces.size());
  for (const Removable& bounce : mail->bounces) bounces.push_back(bounce.line);
  // Only what is on hold can be deleted.
  if (const auto held = talk.hold(bounces); !held) return fail(held.error());
  std::vector<Removable> all = mail->messages;
  std::ranges::copy(mail->bounces, std::back_inserter(all));
  const auto removal = remove_from_queue(talk, options_, task.incident, all);
  if (!removal) return fail(removal.error());
  if (const auto done = check_removed(*removal); !done) return fail(done.error());
  const auto is_deleted_bounce = [&](const QueueResult& result) {
    return result.result == "deleted" && std::ranges::any_of(mail->bounces, [&](const Removable& bounce) {
             return bounce.mail.queue_id == result.queue_id;
           });
  };
  const auto deleted_bounces =
      static_cast<std::size_t>(std::ranges::count_if(removal->results, is_deleted_bounce));
  return fmt::format(
      "deleted {} of the held messages of {}{}{}{}", count_of(removal->results, "deleted") - deleted_bounces,
      task.account.text(), bounces_words(deleted_bounces),
      options_.preserve_folder.empty() ? "" : ", each copied first", remarks_on(*removal, mail->others));
}

std::span<const ActionKey> queue_delete_keys() noexcept {
  return kKeys;
}

Result<std::unique_ptr<ResponseAction>> make_queue_delete(const ActionSettings& settings,
                                                          const ActionWorld& world) {
  auto helper = read_queue_helper(settings);
  if (!helper) return fail(helper.error());
  auto options = read_queue_removal(settings);
  if (!options) return fail(options.error());
  options->evidence = world.evidence;
  return std::make_unique<QueueDelete>(*std::move(helper), *std::move(options), world.ledger, world.places);
}

}  // namespace postreeve
