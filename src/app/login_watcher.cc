#include "app/login_watcher.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "app/logfmt.h"

namespace postreeve {

void LoginWatcher::saw(const LoginQuery& query, const LoginAnswer& answer, Timestamp now) {
  metrics_.count_login_answer(answer.status);
  if (answer.would >= 0) return;
  const Login& login = query.login;
  const std::string client = login.session.client_address ? login.session.client_address->to_string() : "";
  const std::string service(to_text(login.session.service));
  std::string line =
      fmt::format("decision event=login account={} verdict=reject client={} gate=auth_policy service={}",
                  logfmt_value(login.account.text()), logfmt_value(client), service);
  if (answer.status >= 0) line += " observed=true";
  logger_->warn("{} rule={}", line, logfmt_value(answer.rule));
  feed_.add({.time = now,
             .event = "login",
             .account = login.account.text(),
             .client = client,
             .about = service,
             .action = std::string(to_text(Action::kReject)),
             .standing = {},
             .risk = 0,
             .says = std::string(answer.rule)});
}

}  // namespace postreeve
