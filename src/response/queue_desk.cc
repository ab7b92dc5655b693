#include "response/queue_desk.h"

#include <algorithm>

#include <fmt/format.h>

#include "response/incident_mail.h"
#include "store/ledger/incident_book.h"

namespace postreeve {
namespace {

std::string_view done_word(QueueVerb verb) {
  switch (verb) {
    case QueueVerb::kHold:
      return "held";
    case QueueVerb::kRelease:
      return "released";
    case QueueVerb::kDelete:
      return "deleted";
  }
  return "";
}

std::string_view plain_word(QueueVerb verb) {
  switch (verb) {
    case QueueVerb::kHold:
      return "hold";
    case QueueVerb::kRelease:
      return "release";
    case QueueVerb::kDelete:
      return "delete";
  }
  return "";
}

std::string messages_word(std::size_t count) {
  return fmt::format("{} message{}", count, count == 1 ? "" : "s");
}

std::vector<std::string> ids_of(const std::vector<MailInQueue>& messages) {
  std::vector<std::string> ids;
  ids.reserve(messages.size());
  for (const MailInQueue& mail : messages) ids.push_back(mail.queue_id);
  return ids;
}

}  // namespace

std::optional<QueueVerb> queue_verb_from(std::string_view text) noexcept {
  for (const QueueVerb verb : {QueueVerb::kHold, QueueVerb::kRelease, QueueVerb::kDelete}) {
    if (text == plain_word(verb)) return verb;
  }
  return std::nullopt;
}

struct QueueDesk::Meant {
  std::vector<MailInQueue> mail;
  std::size_t others = 0;  // of the incident, but from other networks
};

QueueDesk::QueueDesk(QueueHelper helper, QueueRemovalOptions removal, LedgerDatabase& ledger,
                     AccountPlaces places)
    : helper_(std::move(helper)), removal_(std::move(removal)), ledger_(ledger), places_(std::move(places)) {}

Result<AccountId> QueueDesk::account_of(const MailScope& scope) const {
  if (!scope.incident.known()) {
    if (scope.account.empty()) return fail(ErrorCode::kInvalidInput, "give an account or an incident");
    return scope.account;
  }
  const auto row = IncidentBook(ledger_).get(scope.incident);
  if (!row) return fail(row.error());
  if (!scope.account.empty() && scope.account != row->account)
    return fail(ErrorCode::kInvalidInput, fmt::format("the incident is one of {}", row->account.text()));
  return row->account;
}

Result<IncidentSpan> QueueDesk::span_of(IncidentId incident) const {
  const auto row = IncidentBook(ledger_).get(incident);
  if (!row) return fail(row.error());
  Task task;
  task.incident = incident;
  task.account = row->account;
  task.time = row->opened;
  task.outgo = row->outgo;
  return span_of_incident(ledger_, task, places_);
}

Result<QueueDesk::Meant> QueueDesk::meant(QueueTalk& talk, const MailScope& scope,
                                          std::optional<QueueOrder> order) const {
  auto messages = talk.list(false);
  if (!messages) return fail(messages.error());
  Meant meant{.mail = *std::move(messages)};
  const bool is_deletion = order && order->verb == QueueVerb::kDelete;
  if (scope.incident.known()) {
    const Result<IncidentSpan> span = span_of(scope.incident);
    if (!span) return fail(span.error());
    if (is_deletion) {
      RemovableMail removable = removable_mail(meant.mail, talk.account(), {}, *span, removal_);
      meant.mail.clear();
      for (Removable& one : removable.messages) meant.mail.push_back(std::move(one.mail));
      meant.others = removable.others;
      return meant;
    }
    QueueRemovalOptions which = removal_;
    if (span->networks.empty()) which.only_client = false;
    std::erase_if(meant.mail, [&](const MailInQueue& mail) { return !is_thiefs(mail, *span, which); });
  }
  if (order && !is_deletion) {
    const bool is_hold = order->verb == QueueVerb::kHold;
    std::erase_if(meant.mail, [&](const MailInQueue& mail) { return mail.is_held() == is_hold; });
  }
  return meant;
}

Result<std::vector<MailInQueue>> QueueDesk::list(const MailScope& scope) const {
  const Result<AccountId> account = account_of(scope);
  if (!account) return fail(account.error());
  QueueTalk talk(helper_, *account);
  auto messages = meant(talk, scope, std::nullopt);
  if (!messages) return fail(messages.error());
  return std::move(messages->mail);
}

Result<std::vector<QueueResult>> QueueDesk::act(QueueVerb verb, QueueTalk& talk, IncidentId incident,
                                                const Meant& meant, std::string& says) const {
  const std::vector<std::string> ids = ids_of(meant.mail);
  if (verb == QueueVerb::kHold) return talk.hold(ids);
  if (verb == QueueVerb::kRelease) return talk.release(ids);
  if (const auto held = talk.hold(ids); !held) return fail(held.error());
  std::vector<Removable> all;
  all.reserve(meant.mail.size());
  for (const MailInQueue& mail : meant.mail) all.push_back({mail, mail.queue_id});
  auto removal = remove_from_queue(talk, removal_, incident, all);
  if (!removal) return fail(removal.error());
  if (const auto done = check_removed(*removal); !done)
    return fail(done.error().code, done.error().detail + "; give the command again to go on");
  says = remarks_on(*removal, meant.others);
  return std::move(removal->results);
}

// Neither can be taken back: what is deleted is gone, and what is released is on its way.
Result<void> QueueDesk::may_change(const QueueOrder& order, IncidentId incident) const {
  if (!incident.known() || order.verb == QueueVerb::kHold || order.is_dry_run || order.is_forced) return {};
  const auto row = IncidentBook(ledger_).get(incident);
  if (!row) return fail(row.error());
  const bool is_deletion = order.verb == QueueVerb::kDelete;
  if (is_deletion && row->outcome != Outcome::kConfirmed)
    return fail(
        ErrorCode::kConflict,
        "nobody has confirmed the incident; confirm it, or delete its mail all the same with --force");
  if (!is_deletion && row->outcome == Outcome::kConfirmed)
    return fail(ErrorCode::kConflict,
                "the incident is confirmed, and its mail the thief's; release it all the same with --force");
  // The owner's mail is no evidence.
  if (row->outcome == Outcome::kDismissed) return {};
  return check_evidence_is_kept(ledger_, incident, removal_);
}

Result<QueueChange> QueueDesk::change(const QueueOrder& order, const MailScope& scope) const {
  const Result<AccountId> account = account_of(scope);
  if (!account) return fail(account.error());
  if (const auto may = may_change(order, scope.incident); !may) return fail(may.error());
  QueueTalk talk(helper_, *account);
  auto messages = meant(talk, scope, order);
  if (!messages) return fail(messages.error());
  QueueChange change;
  if (order.is_dry_run) {
    change.says =
        fmt::format("would {} {} of {}{}", plain_word(order.verb), messages_word(messages->mail.size()),
                    account->text(), remarks_on({}, messages->others));
  } else {
    std::string remarks;
    auto results = act(order.verb, talk, scope.incident, *messages, remarks);
    if (!results) return fail(results.error());
    change.results = *std::move(results);
    change.says = fmt::format("{} {} of {} of {}{}", done_word(order.verb),
                              count_of(change.results, done_word(order.verb)),
                              messages_word(messages->mail.size()), account->text(), remarks);
  }
  change.messages = std::move(messages->mail);
  return change;
}

namespace {

const ActionSettings* first_of(const std::vector<ConfiguredAction>& configured, std::string_view type) {
  const auto found = std::ranges::find(configured, type, &ConfiguredAction::type);
  return found == configured.end() ? nullptr : &found->settings;
}

}  // namespace

std::optional<QueueDesk> queue_desk_of(const std::vector<ConfiguredAction>& configured,
                                       const ActionWorld& world) {
  const ActionSettings* deletion = first_of(configured, "queue_delete");
  const ActionSettings* settings = deletion != nullptr ? deletion : first_of(configured, "queue");
  if (settings == nullptr) return std::nullopt;
  auto helper = read_queue_helper(*settings);
  auto removal = deletion != nullptr ? read_queue_removal(*deletion)
                                     : Result<QueueRemovalOptions>(QueueRemovalOptions{});
  // The action itself was not made then, and the start said why.
  if (!helper || !removal) return std::nullopt;
  removal->evidence = evidence_actions(configured);
  return QueueDesk(*std::move(helper), *std::move(removal), world.ledger, world.places);
}

std::optional<Doveadm> doveadm_of(const std::vector<ConfiguredAction>& configured) {
  const ActionSettings* settings = first_of(configured, "sessions");
  if (settings == nullptr) return std::nullopt;
  auto doveadm = read_doveadm(*settings);
  if (!doveadm) return std::nullopt;
  return *std::move(doveadm);
}

}  // namespace postreeve
