#include "lab/logs/dovecot_log.h"

#include <fmt/format.h>

namespace postreeve::lab {

using std::chrono::microseconds;

void DovecotLog::login(const Login& login) {
  const Service service = login.session.service;
  if (service == Service::kSmtp || service == Service::kUnknown) return;
  const std::uint64_t random = mix64(++number_);
  const bool is_pop = service == Service::kPop3;
  const std::string_view protocol = is_pop ? "pop3" : "imap";
  const IpAddress& address = service == Service::kWebmail ? webmail_server_ : *login.session.client_address;
  const std::string session = fmt::format("{:011x}{:05x}", random >> 20, random & 0xfffff);
  const std::string& user = login.account.text();
  if (!login.success) {
    file_.add(login.time, microseconds{100},
              fmt::format(
                  "dovecot: {}-login: Disconnected: Connection closed (auth failed, 1 attempts in {} secs): "
                  "user=<{}>, method=PLAIN, rip={}, lip=192.0.2.25, TLS, session=<{}>",
                  protocol, 1 + random % 3, user, address.to_string(), session));
    return;
  }
  const std::uint64_t pid = 2000 + number_ % 30'000;
  file_.add(
      login.time, microseconds{100},
      fmt::format("dovecot: {}-login: Login: user=<{}>, method=PLAIN, rip={}, lip=192.0.2.25, mpid={}, TLS, "
                  "session=<{}>",
                  protocol, user, address.to_string(), pid, session));
  const auto stays = microseconds{is_pop ? 700'000 : static_cast<std::int64_t>(random % 1'800'000'000)};
  const std::string_view said =
      is_pop
          ? "Disconnected: Logged out top=0/0, retr=1/4120, del=0/12, size=381204"
          : "Disconnected: Connection closed (IDLE running for 0.001 + waiting input/output) in=712 out=5310 "
            "deleted=0 expunged=0 trashed=0 hdr_count=2 hdr_bytes=870 body_count=1 body_bytes=2201";
  file_.add(login.time, stays,
            fmt::format("dovecot: {}({})<{}><{}>: {}", protocol, user, pid, session, said));
}

}  // namespace postreeve::lab
