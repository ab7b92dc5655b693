// queue list|hold|release|delete, sessions list|kick
#include <fmt/format.h>

#include "control/rows.h"
#include "control/verbs.h"

namespace postreeve {
namespace {

namespace json = boost::json;

Result<const QueueDesk*> queue_of(const Desk& desk) {
  if (desk.queue) return &*desk.queue;
  return fail(
      ErrorCode::kNotFound,
      "the configuration has no [action.NAME] of type \"queue\", which says how the queue is reached");
}

Result<const Doveadm*> sessions_of(const Desk& desk) {
  if (desk.sessions) return &*desk.sessions;
  return fail(ErrorCode::kNotFound,
              "the configuration has no [action.NAME] of type \"sessions\", which says how Dovecot is asked");
}

Result<MailScope> scope_argument(const Desk& desk, const Request& request) {
  MailScope scope;
  if (!text_argument(request, "incident").empty()) {
    const Result<IncidentRow> incident = incident_argument(desk, request);
    if (!incident) return fail(incident.error());
    scope.incident = incident->id;
    return scope;
  }
  if (text_argument(request, "account").empty())
    return fail(ErrorCode::kInvalidInput, "whose mail? give --account or --incident");
  Result<AccountId> account = account_argument(desk, request);
  if (!account) return fail(account.error());
  scope.account = *std::move(account);
  return scope;
}

json::object row_of(const MailInQueue& mail) {
  return {{"queue_id", mail.queue_id},
          {"queue", mail.queue},
          {"account", mail.account},
          {"arrived", time_to_json(Timestamp{Duration{mail.arrived / 1000}})},
          {"client", mail.client_address},
          {"sender", mail.sender},
          {"open_recipients", mail.open_recipients},
          {"size", mail.size}};
}

VerbReply list(Desk& desk, const Request& request) {
  const auto queue = queue_of(desk);
  if (!queue) return fail(queue.error());
  const auto scope = scope_argument(desk, request);
  if (!scope) return fail(scope.error());
  const auto messages = (*queue)->list(*scope);
  if (!messages) return fail(messages.error());
  json::array rows;
  for (const MailInQueue& mail : *messages) rows.push_back(row_of(mail));
  return rows;
}

std::string result_of(const QueueChange& change, const std::string& queue_id) {
  for (const QueueResult& result : change.results) {
    if (result.queue_id == queue_id) return result.result;
  }
  return {};
}

VerbReply change(Desk& desk, const Request& request, QueueVerb verb) {
  const auto queue = queue_of(desk);
  if (!queue) return fail(queue.error());
  const auto scope = scope_argument(desk, request);
  if (!scope) return fail(scope.error());
  const QueueOrder order{.verb = verb,
                         .is_dry_run = flag_argument(request, "dry_run"),
                         .is_forced = flag_argument(request, "force")};
  const auto changed = (*queue)->change(order, *scope);
  if (!changed) return fail(changed.error());
  json::array rows;
  for (const MailInQueue& mail : changed->messages) {
    json::object row = row_of(mail);
    row.emplace("result", result_of(*changed, mail.queue_id));
    rows.push_back(std::move(row));
  }
  return json::object{{"says", changed->says}, {"messages", std::move(rows)}};
}

VerbReply hold(Desk& desk, const Request& request) {
  return change(desk, request, QueueVerb::kHold);
}
VerbReply release(Desk& desk, const Request& request) {
  return change(desk, request, QueueVerb::kRelease);
}
VerbReply remove(Desk& desk, const Request& request) {
  return change(desk, request, QueueVerb::kDelete);
}

VerbReply list_sessions(Desk& desk, const Request& request) {
  const auto sessions = sessions_of(desk);
  if (!sessions) return fail(sessions.error());
  const Result<AccountId> account = account_argument(desk, request);
  if (!account) return fail(account.error());
  const auto found = (*sessions)->sessions(*account);
  if (!found) return fail(found.error());
  json::array rows;
  for (const MailboxSession& session : *found) {
    rows.push_back(json::object{
        {"service", session.service}, {"client", session.address}, {"process", session.process}});
  }
  return rows;
}

VerbReply kick(Desk& desk, const Request& request) {
  const auto sessions = sessions_of(desk);
  if (!sessions) return fail(sessions.error());
  const Result<AccountId> account = account_argument(desk, request);
  if (!account) return fail(account.error());
  if (flag_argument(request, "dry_run")) {
    const auto found = (*sessions)->sessions(*account);
    if (!found) return fail(found.error());
    return json::object{{"account", account->text()},
                        {"says", fmt::format("would end {} sessions", found->size())}};
  }
  const auto ended = (*sessions)->kick(*account);
  if (!ended) return fail(ended.error());
  return json::object{{"account", account->text()}, {"says", fmt::format("ended {} sessions", *ended)}};
}

constexpr Verb kVerbs[] = {
    {"queue list", list},
    {"queue hold", hold, always},
    {"queue release", release, always},
    {"queue delete", remove, always},
    {"sessions list", list_sessions},
    {"sessions kick", kick, always},
};

}  // namespace

std::span<const Verb> mail_verbs() {
  return kVerbs;
}

}  // namespace postreeve
