// What every grammar owes: each text of a record lies inside the message it was read from.
#pragma once

#include <cstdlib>
#include <functional>
#include <initializer_list>
#include <string_view>
#include <variant>

#include "intake/record.h"

namespace postreeve {

// Visits a record of any kind; aborts at a text outside `whole`. A new kind of record does not
// compile before it is named here.
class InsideOf {
 public:
  explicit InsideOf(std::string_view whole) : whole_(whole) {}

  void operator()(const NothingToSay&) const {}
  void operator()(const NotUnderstood&) const {}
  void operator()(const LoginSeen& r) const {
    check({r.login, r.client_address, r.client_name, r.helo_name, r.session_id});
  }
  void operator()(const MessageReceived& r) const {
    check({r.queue_id, r.login, r.client_address, r.client_name, r.helo_name, r.original_queue_id,
           r.original_client_address, r.sender, r.message_id, r.subject});
    for (const auto recipient : r.recipients) check({recipient});
  }
  void operator()(const MessageIdSeen& r) const { check({r.queue_id, r.message_id}); }
  void operator()(const HeaderSeen& r) const { check({r.queue_id, r.name, r.value, r.helo_name}); }
  void operator()(const MessageQueued& r) const { check({r.queue_id, r.sender}); }
  void operator()(const DeliverySeen& r) const {
    check({r.queue_id, r.recipient, r.original_recipient, r.relay, r.response, r.sender});
  }
  void operator()(const Refused& r) const { check({r.queue_id, r.login, r.client_address, r.recipient}); }
  void operator()(const NotificationSent& r) const { check({r.queue_id, r.notification_queue_id}); }
  void operator()(const MessageRemoved& r) const { check({r.queue_id}); }

 private:
  void check(std::initializer_list<std::string_view> texts) const {
    const std::less_equal<const char*> not_after;
    for (const auto text : texts) {
      if (text.empty()) continue;
      const bool is_inside = not_after(whole_.data(), text.data()) &&
                             not_after(text.data() + text.size(), whole_.data() + whole_.size());
      if (!is_inside) std::abort();
    }
  }

  std::string_view whole_;
};

// Aborts when a text of the record lies outside the message.
inline void check_views(const Record& record, std::string_view message) {
  std::visit(InsideOf(message), record);
}

}  // namespace postreeve
