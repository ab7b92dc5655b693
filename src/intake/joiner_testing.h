// Feeds log lines to a joiner and keeps the events: for tests of the joiner only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "intake/grammars.h"
#include "intake/joiner.h"

namespace postreeve {

inline constexpr Timestamp kStart{std::chrono::hours{24 * 365 * 50}};

[[nodiscard]] inline LoginSeen login_of(std::string_view login, std::string_view session_id = {}) {
  LoginSeen seen;
  seen.login = login;
  seen.session_id = session_id;
  return seen;
}

[[nodiscard]] inline LoginSeen failed_login_of(std::string_view login, std::uint32_t attempts,
                                               std::string_view session_id = {}) {
  LoginSeen seen = login_of(login, session_id);
  seen.failure = LoginFailure::kBadPassword;
  seen.attempts = attempts;
  return seen;
}

class Log {
 public:
  explicit Log(JoinerOptions options = {})
      : joiner_(std::move(options), [this](Event&& event) { events.push_back(std::move(event)); }) {}

  void line(std::string_view service, const std::string& message, std::string_view host = "mx") {
    joiner_.add(now, host, parse_postfix(service, message));
  }
  void record(const Record& record, std::string_view host = "mx") { joiner_.add(now, host, record); }
  void finish() { joiner_.finish(); }

  void received(const std::string& id, const std::string& login) {
    line("smtpd", id + ": client=a.example[203.0.113.9], sasl_method=PLAIN, sasl_username=" + login);
  }
  void queued(const std::string& id, const std::string& sender, int recipients) {
    line("qmgr",
         id + ": from=<" + sender + ">, size=1000, nrcpt=" + std::to_string(recipients) + " (queue active)");
  }
  void delivered(const std::string& id, const std::string& recipient,
                 const std::string& outcome = "sent (250 ok)",
                 const std::string& relay = "mx.ok.example[198.51.100.7]:25") {
    line("smtp", id + ": to=<" + recipient + ">, relay=" + relay +
                     ", delay=1, delays=0/0/0/1, dsn=2.0.0, status=" + outcome);
  }
  void removed(const std::string& id) { line("qmgr", id + ": removed"); }

  template <typename T>
  [[nodiscard]] std::vector<T> all() const {
    std::vector<T> found;
    for (const auto& event : events) {
      if (const T* value = std::get_if<T>(&event)) found.push_back(*value);
    }
    return found;
  }

  Timestamp now = kStart;
  std::vector<Event> events;

 private:
  Joiner joiner_;
};

}  // namespace postreeve
