#include "lab/logs/exim_log.h"

#include <fmt/format.h>

namespace postreeve::lab {
namespace {

using std::chrono::microseconds;

void append_base62(std::string& text, std::uint64_t number, int width) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string digits(static_cast<std::size_t>(width), '0');
  for (int i = width; i-- > 0; number /= 62) digits[static_cast<std::size_t>(i)] = kDigits[number % 62];
  text += digits;
}

// "name (helo) [address]:port"; the name only when it was verified.
std::string host_of(const Session& session, std::uint32_t port) {
  std::string host = session.client_name;
  if (!session.helo_name.empty() && session.helo_name != session.client_name) {
    if (!host.empty()) host += ' ';
    fmt::format_to(std::back_inserter(host), "({})", session.helo_name);
  }
  fmt::format_to(std::back_inserter(host), " [{}]:{}", session.client_address->to_string(), port);
  return host;
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string host_at(std::string_view domain) {
  const std::uint64_t where = keyed_hash(HashKey{}, domain).low;
  return fmt::format("mx{}.{} [198.51.{}.{}]", where % 3, domain, 100 + (where >> 8) % 2,
                     1 + (where >> 16) % 250);
}

constexpr std::string_view kTls = "X=TLS1.3:ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM:256 CV=no";

}  // namespace

std::string EximLog::new_message_id(Timestamp time) {
  const auto ms = static_cast<std::uint64_t>(time.time_since_epoch().count());
  std::string id;
  append_base62(id, ms / 1000, 6);
  id += '-';
  append_base62(id, 100'000 + ++number_, 6);
  id += '-';
  append_base62(id, ms % 1000 * 2, 2);
  return id;
}

void EximLog::login(const Login& login) {
  if (login.success || login.session.service != Service::kSmtp) return;
  Session session = login.session;
  if (session.helo_name.empty()) session.helo_name = "client";
  ++number_;
  file_.add(login.time, microseconds{0},
            fmt::format("plain authenticator failed for {}: 535 Incorrect authentication data (set_id={})",
                        host_of(session, port()), login.account.text()));
}

void EximLog::submission(const Submission& s) {
  Queued& mail = queue_[s.queue_id];
  mail.id = new_message_id(s.time);
  mail.sender = s.sender;
  mail.left = s.recipients.size();
  std::string line =
      fmt::format("{} <= {} H={} P=esmtpsa {} A=plain:{} S={} id={:x}@{} T={} from <{}> for", mail.id,
                  s.sender.empty() ? "<>" : s.sender, host_of(s.session, port()), kTls, s.account.text(),
                  s.size, mix64(number_), domain_of(s.account.text()), quoted(s.subject), s.sender);
  for (const std::string& recipient : s.recipients) {
    line += ' ';
    line += recipient;
  }
  file_.add(s.time, microseconds{0}, std::move(line));
}

void EximLog::delivery(const Delivery& delivery) {
  const auto found = queue_.find(delivery.queue_id);
  if (found == queue_.end()) return;
  Queued& mail = found->second;
  const std::string_view domain = domain_of(delivery.recipient);
  const bool local = domain == domain_of(delivery.account.text());
  const bool sent = delivery.status == DeliveryStatus::kSent;
  const bool deferred = delivery.status == DeliveryStatus::kDeferred;
  const std::string way = local ? "R=virtual_user T=dovecot_lmtp" : "R=dnslookup T=remote_smtp";
  std::string line = fmt::format("{} {} {} ", mail.id,
                                 sent       ? "=>"
                                 : deferred ? "=="
                                            : "**",
                                 delivery.recipient);
  const auto out = std::back_inserter(line);
  if (sent) {
    fmt::format_to(out, "{} {}C={}", way, local ? "" : "H=" + host_at(domain) + ' ',
                   quoted(delivery.response));
  } else if (delivery.dsn.subject == 4) {
    line.pop_back();
    line += ": Unrouteable address";
  } else {
    fmt::format_to(out, "{}{} H={}: SMTP error from remote mail server after {}: {}", way,
                   deferred ? " defer (-44)" : "", local ? "localhost [127.0.0.1]" : host_at(domain),
                   delivery.dsn.subject == 7 && !deferred ? "end of data"
                                                          : fmt::format("RCPT TO:<{}>", delivery.recipient),
                   delivery.response);
  }
  file_.add(delivery.time, microseconds{0}, std::move(line));
  if (deferred) return;
  mail.bounced |= !sent;
  if (--mail.left > 0) return;
  close(mail, delivery.time);
  queue_.erase(found);
}

void EximLog::close(Queued& mail, Timestamp time) {
  const auto add = [&](std::int64_t later, std::string text) {
    file_.add(time, microseconds{later}, std::move(text));
  };
  if (mail.bounced && !mail.sender.empty()) {
    const std::string bounce = new_message_id(time);
    add(100, fmt::format(
                 "{} <= <> R={} U=Debian-exim P=local S=2283 T=\"Mail delivery failed: returning message to "
                 "sender\" from <> for {}",
                 bounce, mail.id, mail.sender));
    add(300,
        fmt::format("{} => {} R=virtual_user T=dovecot_lmtp C=\"250 2.0.0 Saved\"", bounce, mail.sender));
    add(310, fmt::format("{} Completed", bounce));
  }
  add(200, fmt::format("{} Completed", mail.id));
}

}  // namespace postreeve::lab
