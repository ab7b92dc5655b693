#include "intake/joiner.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "intake/joiner_texts.h"

namespace postreeve {
namespace {

constexpr Duration kSlowUpload = std::chrono::hours{1};
constexpr Duration kReportedTogether = std::chrono::minutes{1};
constexpr std::size_t kMostLoginsAtOnce = 20;
// A filter puts a message back within seconds; a map that fits the cache is worth more than a long memory.
constexpr std::size_t kMessageIds = 16'384;
constexpr std::size_t kReportedLogins = 4'096;
constexpr std::size_t kMostHosts = 64;

}  // namespace

Joiner::Joiner(JoinerOptions options, Sink sink)
    : options_(std::move(options)),
      accounts_(options_.default_domain),
      messages_(options_.max_messages),
      submissions_by_message_id_(std::min(options_.max_messages, kMessageIds)),
      reported_logins_(kReportedLogins),
      queue_(options_.wait_for_recipients, std::move(sink),
             [this](std::uint64_t key, Submission&& submission) {
               Message* message = messages_.find(key);
               if (message != nullptr && message->pending) message->pending->parked = std::move(submission);
             }) {}

void Joiner::add(Timestamp time, std::string_view host, const Record& record, const LineMark& line) {
  sequence_ = line.sequence;
  queue_.set_line(line);
  now_ = std::max(now_, time);
  queue_.advance(now_);  // whoever waited too long is not changed by this line
  if (std::holds_alternative<NothingToSay>(record)) return;
  set_host(host);
  std::visit([this](const auto& seen) { handle(seen); }, record);
  queue_.advance(now_);
}

void Joiner::wait_until(Timestamp now) {
  queue_.advance(std::max(now_, now));
}

void Joiner::finish() {
  queue_.finish();
}

std::optional<std::uint64_t> Joiner::oldest_open() const {
  auto oldest = queue_.oldest_needed();
  messages_.for_each([&](const Message& message) {
    if (message.kind == Message::Kind::kNearby) return;
    // A client that went away in the middle of its message leaves no line that says so.
    const bool is_given_up =
        message.pending && message.pending->parked && now_ - message.pending->parked->time > kSlowUpload;
    if (!is_given_up) oldest = std::min(oldest.value_or(message.origin.sequence), message.origin.sequence);
  });
  return oldest;
}

void Joiner::handle(const LoginSeen& login) {
  if (login.may_go_on && !login.session_id.empty()) return;  // the login process tells how the session went
  const bool is_success = login.failure == LoginFailure::kNone;
  std::optional<AccountId> account;
  if (!is_success) {
    account = accounts_.account_of_stranger(login.login);
  } else if (const auto number = accounts_.number_of(login.login)) {
    account = accounts_.account(*number);
  }
  if (!account) return;
  Login event;
  event.time = now_;
  event.account = *std::move(account);
  event.session = make_session(login.client_address, login.client_name, login.helo_name, login.service);
  event.success = is_success;
  event.reason = login.failure;
  auto left = unreported_attempts(login);
  if (left == 0) return;
  for (; left > 1; --left) queue_.push(Event(event));
  queue_.push(std::move(event));
}

// Two programs may report one session: the authentication server each wrong password as it
// happens, the login process all of them in the end. Only what is new counts.
std::uint32_t Joiner::unreported_attempts(const LoginSeen& login) {
  const bool is_success = login.failure == LoginFailure::kNone;
  const std::uint32_t attempts =
      is_success ? 1U : std::clamp<std::uint32_t>(login.attempts, 1U, kMostLoginsAtOnce);
  if (login.session_id.empty()) return attempts;
  const auto key = hash_text(login.session_id, is_success ? 1 : 2);
  ReportedLogin* reported = reported_logins_.find(key);
  if (reported == nullptr || now_ - reported->time > kReportedTogether) {
    reported_logins_.put(key, {.attempts = attempts, .time = now_});
    return attempts;
  }
  const auto before = std::exchange(reported->attempts, std::max(reported->attempts, attempts));
  reported->time = now_;
  return reported->attempts - before;
}

void Joiner::handle(const MessageReceived& received) {
  if (received.queue_id.empty()) return remember_proxied(received);
  const auto key = key_of(received.queue_id);
  forget(key);  // the ID is used again
  if (received.is_bounce) return;
  if (!received.login.empty()) {
    const auto account = accounts_.number_of(received.login);
    if (!account) return;
    return submit(
        received, *account,
        make_session(received.client_address, received.client_name, received.helo_name, Service::kSmtp));
  }
  if (auto proxied = take_proxied(received)) {
    return submit(received, proxied->account, std::move(proxied->session));
  }
  if (!received.original_queue_id.empty()) {
    const Message* first = messages_.find(key_of(received.original_queue_id));
    if (first != nullptr && first->kind != Message::Kind::kNearby) {
      Message& second = messages_.put(key, Message{});
      return join(second, first->origin, true);
    }
  }
  remember_nearby(received);
}

void Joiner::submit(const MessageReceived& received, std::uint32_t account, Session session) {
  const auto key = key_of(received.queue_id);
  Message message;
  message.kind = Message::Kind::kSubmission;
  message.origin.account = account;
  message.origin.key = key;
  message.origin.sequence = sequence_;
  message.origin.queue_id = cut_text(received.queue_id);
  Submission submission;
  submission.time = now_;
  submission.account = accounts_.account(account);
  submission.session = std::move(session);
  submission.queue_id = message.origin.queue_id;
  submission.sender = cut_text(received.sender);
  submission.size = received.size;
  submission.message_id = cut_text(received.message_id);
  submission.subject = cut_text(received.subject);
  submission.recipients.reserve(received.recipients.size());
  for (const auto recipient : received.recipients) submission.recipients.push_back(cut_text(recipient));
  submission.recipient_count = static_cast<std::uint32_t>(received.recipients.size());
  if (received.sender_known) message.origin.sender = hash_text(received.sender);
  remember_message_id(message, received.message_id);
  if (!received.recipients.empty() && !received.may_have_more) {  // Exim tells all at once
    queue_.push(std::move(submission));
  } else {
    message.pending = std::make_unique<PendingSubmission>();
    for (const auto recipient : received.recipients) message.pending->asked.insert(hash_text(recipient));
    const bool has_content = received.sender_known || !received.message_id.empty();
    message.pending->slot = queue_.open(std::move(submission), key, has_content);
  }
  messages_.put(key, std::move(message));
}

void Joiner::handle(const MessageIdSeen& seen) {
  Message* message = messages_.find(key_of(seen.queue_id));
  if (message == nullptr) return;
  if (message->kind == Message::Kind::kNearby) {
    if (message->is_loopback) match_message_id(*message, seen.message_id);
    return;
  }
  if (message->kind != Message::Kind::kSubmission) return;
  remember_message_id(*message, seen.message_id);
  // cleanup writes it when it meets the header: the message may still be on its way, and never be whole.
  if (message->pending && message->pending->parked) {
    message->pending->parked->message_id = cut_text(seen.message_id);
  } else if (Submission* submission = open_submission(*message)) {
    submission->message_id = cut_text(seen.message_id);
  }
}

void Joiner::handle(const HeaderSeen& header) {
  Message* message = messages_.find(key_of(header.queue_id));
  Submission* submission = message == nullptr ? nullptr : open_submission(*message);
  if (submission == nullptr) return;
  if (submission->session.helo_name.empty()) submission->session.helo_name = cut_text(header.helo_name);
  if (equals_ignoring_case(header.name, "subject")) submission->subject = cut_text(header.value);
  if (equals_ignoring_case(header.name, "from")) submission->header_from = cut_text(header.value);
  if (equals_ignoring_case(header.name, "to")) submission->header_to = cut_text(header.value);
}

void Joiner::handle(const MessageQueued& queued) {
  Message* message = messages_.find(key_of(queued.queue_id));
  if (message == nullptr) return;
  check_sender(*message, queued.sender);
  if (message->kind != Message::Kind::kSubmission) return;
  note_content(*message);
  Submission* submission = open_submission(*message);
  if (submission == nullptr || message->pending->expected != 0) return;  // queued again after a deferral
  submission->sender = cut_text(queued.sender);
  submission->size = queued.size;
  submission->recipient_count = std::max(submission->recipient_count, queued.recipient_count);
  message->pending->expected = queued.recipient_count;
}

void Joiner::handle(const DeliverySeen& delivery) {
  Message* message = messages_.find(key_of(delivery.queue_id));
  if (message == nullptr || message->kind == Message::Kind::kNearby) return;
  note_recipient(*message, delivery);
  if (is_hand_over(*message, delivery)) return;
  Delivery event;
  event.time = now_;
  event.account = accounts_.account(message->origin.account);
  event.queue_id = message->origin.queue_id;
  event.recipient = cut_text(delivery.recipient);
  event.status = delivery.status;
  event.dsn = delivery.dsn;
  event.response = cut_text(delivery.response);
  queue_.push(std::move(event), message->origin.sequence);
}

void Joiner::handle(const Refused& refused) {
  if (!refused.whole_message || refused.queue_id.empty()) return;
  const auto key = key_of(refused.queue_id);
  const Message* message = messages_.find(key);
  if (message == nullptr) return;
  if (message->pending) queue_.drop(message->pending->slot);
  messages_.erase(key);
}

void Joiner::handle(const NotificationSent& sent) {
  forget(key_of(sent.notification_queue_id));  // whatever had this ID before is gone
}

void Joiner::handle(const MessageRemoved& removed) {
  forget(key_of(removed.queue_id));
}

void Joiner::forget(std::uint64_t key) {
  const Message* message = messages_.find(key);
  if (message == nullptr) return;
  if (message->pending) queue_.close(message->pending->slot);
  messages_.erase(key);
}

void Joiner::set_host(std::string_view host) {
  if (host == host_ && host_hash_ != 0) return;
  host_ = host;
  host_hash_ = hash_text(host, 1);
  const bool is_known = std::ranges::find(host_hashes_, host_hash_) != host_hashes_.end();
  if (!is_known && host_hashes_.size() < kMostHosts) host_hashes_.push_back(host_hash_);
}

std::uint64_t Joiner::key_of(std::string_view queue_id) const {
  return hash_text(queue_id, host_hash_);
}

// The submission of `message` while it waits for its recipients.
Submission* Joiner::open_submission(Message& message) {
  if (!message.pending || message.pending->parked) return nullptr;
  Submission* submission = queue_.find(message.pending->slot);
  if (submission == nullptr) message.pending.reset();
  return submission;
}

void Joiner::note_content(Message& message) {
  if (!message.pending) return;
  auto& parked = message.pending->parked;
  if (!parked) return queue_.mark_content(message.pending->slot);
  Submission late = *std::exchange(parked, std::nullopt);
  late.time = now_;  // a slow upload: it is submitted only now
  message.pending->slot = queue_.open(std::move(late), message.origin.key, true, message.origin.sequence);
}

void Joiner::note_recipient(Message& message, const DeliverySeen& delivery) {
  if (message.kind != Message::Kind::kSubmission || !message.pending || delivery.recipient.empty()) return;
  note_content(message);
  Submission* submission = open_submission(message);
  if (submission == nullptr) return;
  PendingSubmission& pending = *message.pending;
  const auto asked = delivery.original_recipient.empty() ? delivery.recipient : delivery.original_recipient;
  if (pending.asked.insert(hash_text(asked))) submission->recipients.push_back(cut_text(asked));
  pending.delivered.insert(hash_text(delivery.recipient));
  submission->recipient_count =
      std::max(submission->recipient_count, static_cast<std::uint32_t>(submission->recipients.size()));
  if (pending.expected == 0 || pending.delivered.size() < pending.expected) return;
  queue_.close(pending.slot);
  message.pending.reset();
}

}  // namespace postreeve
