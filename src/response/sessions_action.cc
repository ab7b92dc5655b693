#include "response/sessions_action.h"

#include <fmt/format.h>

namespace postreeve {

std::string SessionsAction::preview(const Task& task) const {
  return fmt::format("end the IMAP and POP3 sessions of {}, by {}", task.account.text(), doveadm_.place());
}

Result<std::string> SessionsAction::carry_out(const Task& task) {
  const Result<std::size_t> ended = doveadm_.kick(task.account);
  if (!ended) return fail(ended.error());
  if (*ended == 0)
    return fmt::format("{} had no IMAP or POP3 session; the auth cache forgot it", task.account.text());
  return fmt::format("ended {} IMAP and POP3 session{} of {}; the auth cache forgot it", *ended,
                     *ended == 1 ? "" : "s", task.account.text());
}

Result<std::unique_ptr<ResponseAction>> make_sessions(const ActionSettings& settings, const ActionWorld&) {
  auto doveadm = read_doveadm(settings);
  if (!doveadm) return fail(doveadm.error());
  return std::make_unique<SessionsAction>(*std::move(doveadm));
}

}  // namespace postreeve
