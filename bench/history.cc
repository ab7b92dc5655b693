#include "bench/history.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <queue>

#include "intake/trace.h"
#include "mail/event.h"

namespace postreeve::bench {
namespace {

using std::chrono::milliseconds;

// Puts lines of overlapping messages in the order of their times.
class Interleaver {
 public:
  explicit Interleaver(const WriteLine& write) : write_(write) {}

  void add(Timestamp time, std::string line) { waiting_.push({time, next_++, std::move(line)}); }
  void write_until(Timestamp time) {
    for (; !waiting_.empty() && waiting_.top().time < time; waiting_.pop()) write_(waiting_.top().text);
  }
  void finish() { write_until(Timestamp::max()); }

 private:
  struct Waiting {
    Timestamp time;
    std::uint64_t number;
    std::string text;
    bool operator<(const Waiting& other) const {
      return std::tie(other.time, other.number) < std::tie(time, number);
    }
  };
  const WriteLine& write_;
  std::priority_queue<Waiting> waiting_;
  std::uint64_t next_ = 0;
};

// As long queue IDs look: time in the front, a running number behind.
std::string queue_id(std::uint64_t number) {
  constexpr std::string_view kLetters = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxy";
  std::string id = "4Qx0000000z0000";
  for (std::size_t i = id.size() - 1; i > 10; --i, number /= kLetters.size())
    id[i] = kLetters[number % kLetters.size()];
  for (std::size_t i = 9; i > 2; --i, number /= kLetters.size()) id[i] = kLetters[number % kLetters.size()];
  return id;
}

class PostfixLog {
 public:
  explicit PostfixLog(const WriteLine& write) : lines_(write) {}

  void add(const Life& life, const Act& act) {
    lines_.write_until(act.time);
    const std::string id = queue_id(1'000'003ULL * ++messages_);
    const std::string client =
        fmt::format("host-{}.provider.example[{}]", act.account, act.address.to_string());
    line(act.time, "submission/smtpd", fmt::format("connect from {}", client));
    line(
        act.time + milliseconds{180}, "submission/smtpd",
        fmt::format("{}: client={}, sasl_method=PLAIN, sasl_username={}", id, client, life.account().text()));
    line(act.time + milliseconds{240}, "cleanup",
         fmt::format("{}: message-id=<{:016x}.{}@{}>", id, mix64(messages_), messages_,
                     life.account().domain()));
    line(act.time + milliseconds{300}, "qmgr",
         fmt::format("{}: from=<{}>, size={}, nrcpt={} (queue active)", id, life.account().text(), act.size,
                     act.contacts.size()));
    line(act.time + milliseconds{420}, "submission/smtpd",
         fmt::format("disconnect from {} ehlo=2 starttls=1 auth=1 mail=1 rcpt={} data=1 quit=1 commands={}",
                     client, act.contacts.size(), act.contacts.size() + 7));
    Timestamp time = act.time + milliseconds{900};
    for (std::size_t i = 0; i < act.contacts.size(); ++i, time += milliseconds{250})
      deliver(time, id, life.contact(act.contacts[i]), act.is_refused && i == 0);
    line(time, "qmgr", fmt::format("{}: removed", id));
  }
  void finish() { lines_.finish(); }

 private:
  void deliver(Timestamp time, const std::string& id, const std::string& recipient, bool is_refused) {
    const std::uint64_t number = mix64(messages_ ^ 0x51);
    const std::string relay = fmt::format("mx{}.{}[198.51.100.{}]", number % 3 + 1,
                                          recipient.substr(recipient.find('@') + 1), number % 250 + 1);
    const std::string answer =
        is_refused ? fmt::format(
                         "dsn=5.1.1, status=bounced (host {} said: 550 5.1.1 <{}>: Recipient address "
                         "rejected: User unknown (in reply to RCPT TO command))",
                         relay, recipient)
                   : fmt::format("dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as {})", queue_id(number));
    line(time, "smtp",
         fmt::format("{}: to=<{}>, relay={}:25, delay=1.2, delays=0.31/0.01/0.48/0.4, {}", id, recipient,
                     relay, answer));
  }
  void line(Timestamp time, std::string_view service, const std::string& text) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    lines_.add(time, fmt::format("{:%b %e %H:%M:%S} mx1 postfix/{}[{}]: {}", seconds, service,
                                 20000 + mix64(messages_ + service.size()) % 9000, text));
  }

  Interleaver lines_;
  std::uint64_t messages_ = 0;
};

class Trace {
 public:
  explicit Trace(const WriteLine& write) : lines_(write) {}

  void add(const Life& life, const Act& act) {
    lines_.write_until(act.time);
    Session session{act.address, "", act.is_message ? life.device(act.device).helo_name : "",
                    act.is_message ? Service::kSmtp : Service::kImap};
    Login login;
    login.time = act.time;
    login.account = life.account();
    login.session = session;
    login.success = true;
    add(login);
    if (!act.is_message) return;
    Submission submission;
    submission.time = act.time + milliseconds{300};
    submission.account = life.account();
    submission.session = std::move(session);
    submission.queue_id = queue_id(1'000'003ULL * ++messages_);
    submission.sender = life.account().text();
    for (const std::uint32_t contact : act.contacts) submission.recipients.push_back(life.contact(contact));
    submission.recipient_count = static_cast<std::uint32_t>(act.contacts.size());
    submission.size = act.size;
    submission.header_from = fmt::format("\"User {}\" <{}>", act.account, life.account().text());
    submission.subject = fmt::format("Re: offer {} of last week", mix64(messages_) % 10'000);
    add(submission);
    deliver(submission, act.is_refused);
  }
  void finish() { lines_.finish(); }

 private:
  void deliver(const Submission& submission, bool is_refused) {
    Delivery delivery;
    delivery.time = submission.time + milliseconds{600};
    delivery.account = submission.account;
    delivery.queue_id = submission.queue_id;
    for (std::size_t i = 0; i < submission.recipients.size(); ++i, delivery.time += milliseconds{250}) {
      const bool bounces = is_refused && i == 0;
      delivery.recipient = submission.recipients[i];
      delivery.status = bounces ? DeliveryStatus::kBounced : DeliveryStatus::kSent;
      delivery.dsn = bounces ? EnhancedStatus{5, 1, 1} : EnhancedStatus{2, 0, 0};
      delivery.response = bounces ? "550 5.1.1 User unknown" : "250 2.0.0 Ok: queued";
      add(delivery);
    }
  }
  void add(const Event& event) { lines_.add(time_of(event), write_trace_line(event)); }

  Interleaver lines_;
  std::uint64_t messages_ = 0;
};

}  // namespace

std::vector<Life> make_lives(std::uint64_t accounts) {
  std::vector<Life> lives;
  lives.reserve(accounts);
  for (std::uint64_t i = 0; i < accounts; ++i) lives.emplace_back(i);
  return lives;
}

std::vector<Act> live(std::vector<Life>& lives, std::uint32_t days) {
  std::vector<Act> acts;
  for (std::uint32_t day = 0; day < days; ++day) {
    const auto first = static_cast<std::ptrdiff_t>(acts.size());
    for (Life& life : lives) life.live_day(day, acts);
    std::ranges::stable_sort(acts.begin() + first, acts.end(), {}, &Act::time);
  }
  return acts;
}

void write_postfix_log(const std::vector<Life>& lives, const std::vector<Act>& acts, const WriteLine& write) {
  PostfixLog log(write);
  for (const Act& act : acts) {
    if (act.is_message) log.add(lives[act.account], act);
  }
  log.finish();
}

void write_trace(const std::vector<Life>& lives, const std::vector<Act>& acts, const WriteLine& write) {
  Trace trace(write);
  for (const Act& act : acts) trace.add(lives[act.account], act);
  trace.finish();
}

}  // namespace postreeve::bench
