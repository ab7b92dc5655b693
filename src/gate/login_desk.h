// Answers whether a login may be tried, and hears how logins went: what is behind the auth policy protocol.
//
// allow asks people's rules, then the throttle of wrong passwords, then the account's standing; it counts
// nothing, because Dovecot asks twice for one login, before and after the password. Only report counts.
//
// Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/login_throttle.h"
#include "finding/standing.h"
#include "gate/login_query.h"
#include "guard/guard.h"
#include "guard/rules.h"
#include "mail/event.h"

namespace postreeve {

// What the desk asks of the guard.
struct LoginGuard {
  std::function<Ruling(const Login&)> ruling_on;
  std::function<Standing(const AccountId&)> standing_of;
  std::function<Hash128(const AccountId&)> key_of;
  // Whether the account has long used the place (engine/familiar_places.h).
  std::function<bool(const AccountId&, const IpAddress&)> is_familiar;
  // Whether it is a web server's address, which is everybody's: a guess there tells nothing of the place.
  std::function<bool(const IpAddress&)> is_web_server;
  // Judges a login that was tried; `done` once.
  std::function<void(Login, std::move_only_function<void()> done)> judge;
  std::function<Mode()> mode;
  std::function<Timestamp()> now;
};
// Of the running guard, which must outlive it.
[[nodiscard]] LoginGuard login_guard(Guard& guard,
                                     std::function<bool(const AccountId&, const IpAddress&)> is_familiar,
                                     Door door);

struct LoginDeskOptions {
  // A suspended account's logins are refused, where its standing covers the place. SMTP: by default the SMTP
  // gates refuse the mail, with a reply that clients understand. Mailboxes stay open so that the owner can
  // read what happened.
  bool suspended_refuses_smtp = false;
  bool suspended_refuses_mailboxes = false;
  // A login is held back at most so long, whatever the throttle says; 0: never.
  std::chrono::seconds longest_tarpit{10};
};

struct LoginAnswer {
  int status = 0;  // -1: refused; 0: go on; else seconds to wait first
  // What it would be in enforce mode; the same as `status` there.
  int would = 0;
  std::string_view message;  // for the user who is refused; "" else
  std::string_view rule;  // "throttle: account", "block list", "suspended"; "" when nothing spoke against it
};

class LoginDesk {
 public:
  // The throttle must outlive the desk.
  LoginDesk(LoginGuard guard, LoginThrottle& throttle, const LoginDeskOptions& options)
      : guard_(std::move(guard)), throttle_(throttle), options_(options) {}

  [[nodiscard]] LoginAnswer allow(const LoginQuery& query) const;
  void report(LoginQuery query, std::move_only_function<void()> done);

  [[nodiscard]] const LoginGuard& guard() const noexcept { return guard_; }
  [[nodiscard]] LoginThrottle& throttle() const noexcept { return throttle_; }

 private:
  [[nodiscard]] LoginAnswer weigh(const Login& login) const;
  [[nodiscard]] bool refuses_suspended(const Login& login) const;
  // What the throttle counts; nullopt where nothing is counted.
  [[nodiscard]] std::optional<LoginAttempt> attempt_of(const Login& login) const;

  LoginGuard guard_;
  LoginThrottle& throttle_;
  LoginDeskOptions options_;
};

}  // namespace postreeve
