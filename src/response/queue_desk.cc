#include "response/queue_desk.h"

#include <algorithm>

#include <fmt/format.h>

#include "response/incident_mail.h"
#include "response/queue_delete.h"
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

QueueDesk::QueueDesk(QueueHelper helper, std::string preserve_folder, LedgerDatabase& ledger)
    : helper_(std::move(helper)), preserve_folder_(std::move(preserve_folder)), ledger_(ledger) {}

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

Result<std::vector<MailInQueue>> QueueDesk::meant(QueueTalk& talk, const MailScope& scope) const {
  auto messages = talk.list(false);
  if (!messages || !scope.incident.known()) return messages;
  const auto row = IncidentBook(ledger_).get(scope.incident);
  if (!row) return fail(row.error());
  Task task;
  task.incident = scope.incident;
  task.time = row->opened;
  task.outgo = row->outgo;
  const Result<IncidentSpan> span = span_of_incident(ledger_, task);
  if (!span) return fail(span.error());
  std::erase_if(*messages, [&](const MailInQueue& mail) { return !came_since(mail, span->since); });
  return messages;
}

Result<std::vector<MailInQueue>> QueueDesk::list(const MailScope& scope) const {
  const Result<AccountId> account = account_of(scope);
  if (!account) return fail(account.error());
  QueueTalk talk(helper_, *account);
  return meant(talk, scope);
}

Result<std::vector<QueueResult>> QueueDesk::act(QueueVerb verb, QueueTalk& talk, IncidentId incident,
                                                const std::vector<MailInQueue>& messages) const {
  const std::vector<std::string> ids = ids_of(messages);
  if (verb == QueueVerb::kHold) return talk.hold(ids);
  if (verb == QueueVerb::kRelease) return talk.release(ids);
  if (const auto held = talk.hold(ids); !held) return fail(held.error());
  std::string why_not;
  const auto preserved = preserve_all(talk, preserve_folder_, incident, ids, why_not);
  if (!preserved) return fail(preserved.error());
  auto results = talk.remove(*preserved);
  if (!results) return results;
  for (const std::string& id : ids) {
    if (std::ranges::find(*results, id, &QueueResult::queue_id) == results->end())
      results->push_back({id, "not_preserved"});
  }
  return results;
}

Result<QueueChange> QueueDesk::change(QueueVerb verb, const MailScope& scope, bool is_dry_run) const {
  const Result<AccountId> account = account_of(scope);
  if (!account) return fail(account.error());
  QueueTalk talk(helper_, *account);
  auto messages = meant(talk, scope);
  if (!messages) return fail(messages.error());
  std::erase_if(*messages, [verb](const MailInQueue& mail) {
    return verb == QueueVerb::kHold ? mail.is_held() : verb == QueueVerb::kRelease && !mail.is_held();
  });
  QueueChange change{.messages = *std::move(messages), .results = {}, .says = {}};
  if (is_dry_run) {
    change.says = fmt::format("would {} {} of {}", plain_word(verb), messages_word(change.messages.size()),
                              account->text());
    return change;
  }
  auto results = act(verb, talk, scope.incident, change.messages);
  if (!results) return fail(results.error());
  change.results = *std::move(results);
  change.says = fmt::format("{} {} of {} of {}", done_word(verb), count_of(change.results, done_word(verb)),
                            messages_word(change.messages.size()), account->text());
  return change;
}

namespace {

const ActionSettings* first_of(const std::vector<ConfiguredAction>& configured, std::string_view type) {
  const auto found = std::ranges::find(configured, type, &ConfiguredAction::type);
  return found == configured.end() ? nullptr : &found->settings;
}

}  // namespace

std::optional<QueueDesk> queue_desk_of(const std::vector<ConfiguredAction>& configured,
                                       LedgerDatabase& ledger) {
  const ActionSettings* settings = first_of(configured, "queue_delete");
  if (settings == nullptr) settings = first_of(configured, "queue");
  if (settings == nullptr) return std::nullopt;
  auto helper = read_queue_helper(*settings);
  if (!helper) return std::nullopt;  // the action itself was not made then, and the start said why
  return QueueDesk(*std::move(helper), settings->text("preserve_folder"), ledger);
}

std::optional<Doveadm> doveadm_of(const std::vector<ConfiguredAction>& configured) {
  const ActionSettings* settings = first_of(configured, "sessions");
  if (settings == nullptr) return std::nullopt;
  auto doveadm = read_doveadm(*settings);
  if (!doveadm) return std::nullopt;
  return *std::move(doveadm);
}

}  // namespace postreeve
