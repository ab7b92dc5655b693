#include "gate/login_desk.h"

#include <algorithm>

namespace postreeve {
namespace {

constexpr std::string_view kNotFromHere = "Login is not allowed from this place";
constexpr std::string_view kTooManyFailures = "Too many failed logins; try again later";
constexpr std::string_view kSuspended = "This account is suspended; please contact your provider";

std::string_view rule_of(LoginThrottle::Lock lock) {
  switch (lock) {
    case LoginThrottle::Lock::kNone:
      return "";
    case LoginThrottle::Lock::kTarpit:
      return "throttle: tarpit";
    case LoginThrottle::Lock::kAccount:
      return "throttle: account";
    case LoginThrottle::Lock::kAddress:
      return "throttle: address";
    case LoginThrottle::Lock::kNetwork:
      return "throttle: network";
  }
  return "";
}

LoginAnswer refusal(std::string_view message, std::string_view rule) {
  return {.status = -1, .would = -1, .message = message, .rule = rule};
}

}  // namespace

LoginGuard login_guard(Guard& guard, std::function<bool(const AccountId&, const IpAddress&)> is_familiar,
                       Door door) {
  return {
      // A rule is a text of the program, so it outlives the rules that it came from.
      .ruling_on = [&guard](const Login& login) { return guard.rules()->ruling_on(login); },
      .standing_of = [&guard](const AccountId& account) { return guard.standing_of(account); },
      .key_of = [&guard](const AccountId& account) { return guard.key_of(account); },
      .is_familiar = std::move(is_familiar),
      .is_web_server =
          [&guard](const IpAddress& address) { return guard.rules()->policy().is_web_server(address); },
      .judge =
          [&guard, door](Login login, std::move_only_function<void()> done) {
            guard.judge(std::move(login), door, [done = std::move(done)](const Answer&) mutable { done(); });
          },
      .mode = [&guard] { return guard.mode(); },
      .now = [&guard] { return guard.now(); },
  };
}

bool LoginDesk::refuses_suspended(const Login& login) const {
  const bool is_smtp = login.session.service == Service::kSmtp;
  if (!(is_smtp ? options_.suspended_refuses_smtp : options_.suspended_refuses_mailboxes)) return false;
  const Standing standing = guard_.standing_of(login.account);
  if (standing.level != Level::kSuspended) return false;
  if (standing.scope == Scope::kWholeAccount) return true;
  return !login.session.client_address || !guard_.is_familiar(login.account, *login.session.client_address);
}

std::optional<LoginAttempt> LoginDesk::attempt_of(const Login& login) const {
  const std::optional<IpAddress>& address = login.session.client_address;
  if (!address || guard_.is_web_server(*address)) return std::nullopt;
  return LoginAttempt{guard_.key_of(login.account), *address, login.password_hash};
}

LoginAnswer LoginDesk::weigh(const Login& login) const {
  const Ruling ruling = guard_.ruling_on(login);
  if (ruling.kind == Ruling::Kind::kRefused) return refusal(kNotFromHere, ruling.rule);
  if (ruling.kind == Ruling::Kind::kAllowed) return {.message = {}, .rule = ruling.rule};
  LoginAnswer answer{.message = {}, .rule = {}};
  if (const std::optional<LoginAttempt> attempt = attempt_of(login)) {
    const auto locked = throttle_.ask(*attempt, guard_.now(),
                                      [&] { return guard_.is_familiar(login.account, attempt->address); });
    if (locked.is_locked()) return refusal(kTooManyFailures, rule_of(locked.lock));
    answer.rule = rule_of(locked.lock);
    answer.would = static_cast<int>(std::min(locked.wait, options_.longest_tarpit).count());
  }
  if (refuses_suspended(login)) return refusal(kSuspended, "suspended");
  return answer;
}

LoginAnswer LoginDesk::allow(const LoginQuery& query) const {
  if (query.login.account.empty()) return {.message = {}, .rule = {}};
  LoginAnswer answer = weigh(query.login);
  const bool is_enforced = guard_.mode() == Mode::kEnforce;
  answer.status = is_enforced ? answer.would : 0;
  if (!is_enforced) answer.message = {};
  return answer;
}

void LoginDesk::report(LoginQuery query, std::move_only_function<void()> done) {
  Login& login = query.login;
  // What we refused was not tried: neither a guess nor a login.
  if (login.account.empty() || (query.policy_reject && !login.success)) {
    done();
    return;
  }
  login.time = guard_.now();
  if (const std::optional<LoginAttempt> attempt = attempt_of(login)) {
    if (login.success) {
      throttle_.succeeded(*attempt, login.time);
    } else {
      throttle_.failed(*attempt, login.time);
    }
  }
  guard_.judge(std::move(login), std::move(done));
}

}  // namespace postreeve
