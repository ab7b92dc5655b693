// Joins the records of log lines into events in the order in which their
// messages were submitted.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "intake/joiner_queue.h"
#include "intake/message_index.h"
#include "intake/record.h"
#include "mail/event.h"

namespace postreeve {

struct JoinerOptions {
  std::string default_domain;  // added to bare logins; empty: left bare
  // A message whose recipients are not all known by then is handed on with what is known.
  Duration wait_for_recipients = std::chrono::minutes{5};
  std::size_t max_messages = 1'000'000;  // remembered at once, least recently seen out
};

// A submission is complete when as many recipients were seen as the server counted, when
// the message left the queue, or after `wait_for_recipients` of log time. Events leave in
// the order of their lines; behind an incomplete submission they wait, so that whoever
// consumes them sees each submission at its own time with all its recipients.
//
// Only what belongs to an account becomes an event. A message that a content filter puts
// back under a second queue ID (orig_queue_id=, "queued as", the same Message-ID from the
// loopback) is the same message: counted once, the hand-over to the filter is no delivery.
// A queue ID used again after its message was removed, or received again, is a new message.
//
// A transaction that never brought a message, and a message that the server refused, is no
// submission. A bounce and its deliveries are the server's own and no events.
//
// Not thread-safe; feed lines in time order (a step back is taken as the time before).
class Joiner {
 public:
  using Sink = std::function<void(Event&&)>;

  Joiner(JoinerOptions options, Sink sink);
  Joiner(const Joiner&) = delete;
  Joiner& operator=(const Joiner&) = delete;

  // `host` is the machine the line came from: queue IDs of two machines are apart.
  // `line` is where it came from, for those who ask below.
  void add(Timestamp time, std::string_view host, const Record& record, const LineMark& line = {});

  // Time goes on without lines: hands on what has waited too long at `now` (log time).
  void wait_until(Timestamp now);

  // During a call of the sink: the line that made its event. Events leave in the order of their lines.
  [[nodiscard]] const LineMark& line_of_event() const noexcept { return queue_.line_of_event(); }
  // The sequence of the earliest line without which a joiner could not make the events that are still to
  // come of messages it knows: of those not handed on, and of messages still in the server's queue. nullopt:
  // none. Looks at every message.
  [[nodiscard]] std::optional<std::uint64_t> oldest_open() const;
  [[nodiscard]] std::size_t known_messages() const noexcept { return messages_.size(); }

  // Hands on everything still waiting; call at the end of the input.
  void finish();

 private:
  // A login that Postfix logged before it had a queue ID (smtpd_proxy_filter).
  struct Proxied {
    std::uint32_t account = 0;
    std::uint64_t client_address = 0;  // hash
    Session session;
    Timestamp time{};
  };
  struct ReportedLogin {
    std::uint32_t attempts = 0;
    Timestamp time{};
  };

  void handle(const NothingToSay&) {}
  void handle(const NotUnderstood&) {}
  void handle(const LoginSeen& login);
  void handle(const MessageReceived& received);
  void handle(const MessageIdSeen& seen);
  void handle(const HeaderSeen& header);
  void handle(const MessageQueued& queued);
  void handle(const DeliverySeen& delivery);
  void handle(const Refused& refused);
  void handle(const NotificationSent& sent);
  void handle(const MessageRemoved& removed);

  void set_host(std::string_view host);
  [[nodiscard]] std::uint64_t key_of(std::string_view queue_id) const;
  [[nodiscard]] Message* find_on_any_host(std::string_view queue_id);
  [[nodiscard]] std::uint32_t unreported_attempts(const LoginSeen& login);

  void submit(const MessageReceived& received, std::uint32_t account, Session session);
  void remember_nearby(const MessageReceived& received);
  void remember_proxied(const MessageReceived& received);
  [[nodiscard]] std::optional<Proxied> take_proxied(const MessageReceived& received);
  void forget(std::uint64_t key);

  [[nodiscard]] Submission* open_submission(Message& message);
  void note_content(Message& message);
  void note_recipient(Message& message, const DeliverySeen& delivery);
  void remember_message_id(Message& message, std::string_view message_id);
  void match_message_id(Message& message, std::string_view message_id);
  void check_sender(Message& message, std::string_view sender);
  void join(Message& message, const SubmissionOrigin& origin, bool is_certain);
  [[nodiscard]] bool is_hand_over(const Message& message, const DeliverySeen& delivery);

  JoinerOptions options_;
  AccountTable accounts_;
  GenerationMap<Message> messages_;
  GenerationMap<SubmissionOrigin> submissions_by_message_id_;
  GenerationMap<ReportedLogin> reported_logins_;
  std::deque<Proxied> proxied_;
  EventQueue queue_;
  std::uint64_t sequence_ = 0;  // of the line being added
  Timestamp now_{};
  std::string host_;
  std::uint64_t host_hash_ = 0;
  std::vector<std::uint64_t> host_hashes_;  // a few, for messages handed from host to host
};

}  // namespace postreeve
