#include "lab/logs/postfix_log.h"

#include <fmt/format.h>

namespace postreeve::lab {
namespace {

using std::chrono::microseconds;

enum Service : std::uint32_t { kSmtpd, kCleanup, kQmgr, kSmtp, kLmtp, kBounce };

std::string client_of(const Session& session) {
  return fmt::format("{}[{}]", session.client_name.empty() ? "unknown" : session.client_name,
                     session.client_address->to_string());
}

// The digits of long queue IDs: no vowels, so that no words come about.
void append_base52(std::string& text, std::uint64_t number, int width) {
  constexpr std::string_view kDigits = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
  std::string digits(static_cast<std::size_t>(width), '0');
  for (int i = width; i-- > 0; number /= 52) digits[static_cast<std::size_t>(i)] = kDigits[number % 52];
  text += digits;
}

std::string relay_of(std::string_view domain) {
  const std::uint64_t where = keyed_hash(HashKey{}, domain).low;
  return fmt::format("mx{}.{}[198.51.{}.{}]", where % 3, domain, 100 + (where >> 8) % 2,
                     1 + (where >> 16) % 250);
}

// What stands behind "status=" for an answer of that destination.
std::string outcome(const Delivery& delivery, const std::string& host, std::uint32_t number) {
  switch (delivery.status) {
    case DeliveryStatus::kSent:
      return fmt::format("sent ({} as 4X{:X})", delivery.response, number);
    case DeliveryStatus::kDeferred:
      return fmt::format("deferred (host {} said: {} (in reply to RCPT TO command))", host,
                         delivery.response);
    default:
      break;
  }
  if (delivery.dsn.subject == 4) {
    return fmt::format(
        "bounced (Host or domain name not found. Name service error for name={} type=AAAA: Host not found)",
        domain_of(delivery.recipient));
  }
  const bool at_end = delivery.dsn.subject == 7;
  return fmt::format("bounced (host {} said: {} (in reply to {}))", host, delivery.response,
                     at_end ? "end of DATA command" : "RCPT TO command");
}

}  // namespace

std::string PostfixLog::new_queue_id(Timestamp time) {
  const auto ms = static_cast<std::uint64_t>(time.time_since_epoch().count());
  std::string id;
  append_base52(id, ms / 1000, 6);
  append_base52(id, ms % 1000 * 1000 + number_ % 1000, 4);
  id += 'z';
  append_base52(id, 100'000 + ++number_, 4);
  return id;
}

void PostfixLog::login(const Login& login) {
  if (login.success || login.session.service != postreeve::Service::kSmtp) return;
  const std::string client = client_of(login.session);
  file_.add(login.time, microseconds{1},
            fmt::format("postfix/submission/smtpd[{}]: connect from {}", pid(kSmtpd), client));
  file_.add(
      login.time, microseconds{2},
      fmt::format("postfix/submission/smtpd[{}]: warning: {}: SASL PLAIN authentication failed: (reason "
                  "unavailable), sasl_username={}",
                  pid(kSmtpd), client, login.account.text()));
  file_.add(
      login.time, microseconds{900},
      fmt::format(
          "postfix/submission/smtpd[{}]: disconnect from {} ehlo=2 starttls=1 auth=0/1 quit=1 commands=4/5",
          pid(kSmtpd), client));
  ++number_;
}

void PostfixLog::submission(const Submission& s) {
  Queued& mail = queue_[s.queue_id];
  mail.id = new_queue_id(s.time);
  mail.sender = s.sender;
  mail.time = s.time;
  mail.size = s.size;
  mail.left = s.recipients.size();
  const std::string client = client_of(s.session);
  const std::uint32_t smtpd = pid(kSmtpd);
  const auto add = [&](std::int64_t later, std::string text) {
    file_.add(s.time, microseconds{later}, std::move(text));
  };
  add(10, fmt::format("postfix/submission/smtpd[{}]: connect from {}", smtpd, client));
  add(500,
      fmt::format("postfix/submission/smtpd[{}]: Anonymous TLS connection established from {}: TLSv1.3 with "
                  "cipher TLS_AES_256_GCM_SHA384 (256/256 bits)",
                  smtpd, client));
  add(900, fmt::format("postfix/submission/smtpd[{}]: {}: client={}, sasl_method=PLAIN, sasl_username={}",
                       smtpd, mail.id, client, s.account.text()));
  add(9'000, fmt::format("postfix/cleanup[{}]: {}: message-id=<{:x}.{}@{}>", pid(kCleanup), mail.id,
                         mix64(number_), number_, domain_of(s.account.text())));
  add(20'000, fmt::format("postfix/qmgr[{}]: {}: from=<{}>, size={}, nrcpt={} (queue active)", 900, mail.id,
                          s.sender, s.size, s.recipients.size()));
  add(30'000,
      fmt::format("postfix/submission/smtpd[{}]: disconnect from {} ehlo=2 starttls=1 auth=1 mail=1 rcpt={} "
                  "data=1 quit=1 commands={}",
                  smtpd, client, s.recipients.size(), 7 + s.recipients.size()));
}

void PostfixLog::delivery(const Delivery& delivery) {
  const auto found = queue_.find(delivery.queue_id);
  if (found == queue_.end()) return;
  Queued& mail = found->second;
  const std::string_view domain = domain_of(delivery.recipient);
  const bool local = domain == domain_of(delivery.account.text());
  const bool nowhere = delivery.status == DeliveryStatus::kBounced && delivery.dsn.subject == 4;
  const std::string host = local ? "mx1[private/dovecot-lmtp]" : relay_of(domain);
  const std::string relay = nowhere ? "none" : local ? host : host + ":25";
  const double delay = std::chrono::duration<double>(delivery.time - mail.time).count();
  file_.add(
      delivery.time, microseconds{200},
      fmt::format(
          "postfix/{}[{}]: {}: to=<{}>, relay={}, delay={:.2g}, delays=0.02/0.01/{:.2g}/{:.2g}, dsn={}, "
          "status={}",
          local ? "lmtp" : "smtp", pid(local ? kLmtp : kSmtp), mail.id, delivery.recipient, relay, delay,
          delay / 3, delay / 2, delivery.dsn.to_string(), outcome(delivery, host, number_)));
  if (delivery.status == DeliveryStatus::kDeferred) return;
  mail.bounced |= delivery.status == DeliveryStatus::kBounced;
  if (--mail.left > 0) return;
  close(mail, delivery.time);
  queue_.erase(found);
}

// The bounce, when there is one, goes to the sender; then the message leaves the queue.
void PostfixLog::close(Queued& mail, Timestamp time) {
  const auto add = [&](std::int64_t later, std::string text) {
    file_.add(time, microseconds{later}, std::move(text));
  };
  if (mail.bounced && !mail.sender.empty()) {
    const std::string bounce = new_queue_id(time);
    add(300, fmt::format("postfix/cleanup[{}]: {}: message-id=<{}@mx1.host.example>", pid(kCleanup), bounce,
                         bounce));
    add(400, fmt::format("postfix/bounce[{}]: {}: sender non-delivery notification: {}", pid(kBounce),
                         mail.id, bounce));
    add(450, fmt::format("postfix/qmgr[900]: {}: from=<>, size={}, nrcpt=1 (queue active)", bounce,
                         mail.size + 2300));
    add(700, fmt::format("postfix/lmtp[{}]: {}: to=<{}>, relay=mx1[private/dovecot-lmtp], delay=0.03, "
                         "delays=0.01/0/0.01/0.01, dsn=2.0.0, status=sent (250 2.0.0 <{}> Saved)",
                         pid(kLmtp), bounce, mail.sender, mail.sender));
    add(750, fmt::format("postfix/qmgr[900]: {}: removed", bounce));
  }
  add(800, fmt::format("postfix/qmgr[900]: {}: removed", mail.id));
}

}  // namespace postreeve::lab
