// Limits: a before-queue filter (smtpd_proxy_filter) leaves nothing in the log that joins its two
// halves but the client's address; when two accounts send from one address through it at the same
// moment, their messages are left without an account rather than given to the wrong one. A filter
// that puts messages back with sendmail(1) cannot be told from a recipient's own forwarding, which
// keeps Message-ID and sender, too: what comes through pickup(8) is nobody's.
#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "intake/field_cursor.h"
#include "intake/joiner.h"
#include "intake/joiner_texts.h"

namespace postreeve {
namespace {

constexpr Duration kProxiedWithin = std::chrono::minutes{10};
constexpr std::size_t kMostProxied = 256;

// The queue ID in "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as QUEUEID".
std::string_view queued_as(std::string_view response) noexcept {
  constexpr std::string_view kWords = "queued as ";
  const auto at = response.rfind(kWords);
  if (at == std::string_view::npos) return {};
  return FieldCursor(response.substr(at + kWords.size())).take_while(is_alnum);
}

std::optional<IpAddress> relay_address(std::string_view relay) noexcept {
  const auto peer = FieldCursor(relay).take_client();
  return peer ? IpAddress::parse(peer->address) : std::nullopt;
}

}  // namespace

// What comes from the machine itself or its neighbours without a login may be a message
// that a content filter puts back.
void Joiner::remember_nearby(const MessageReceived& received) {
  const auto address = IpAddress::parse(received.client_address);
  const bool is_local_exim = received.client_address.empty() && received.sender_known;
  const bool is_loopback = address ? address->is_loopback() : is_local_exim;
  if (!is_loopback && !(address && address->is_private())) return;
  Message& message = messages_.put(key_of(received.queue_id), Message{});
  message.is_loopback = is_loopback;
  if (is_loopback) match_message_id(message, received.message_id);
  if (received.sender_known) check_sender(message, received.sender);
}

void Joiner::remember_proxied(const MessageReceived& received) {
  const auto account = accounts_.number_of(received.login);
  if (!account) return;
  if (proxied_.size() >= kMostProxied) proxied_.pop_front();
  proxied_.push_back({.account = *account,
                      .client_address = hash_text(received.client_address, host_hash_),
                      .session = make_session(received.client_address, received.client_name,
                                              received.helo_name, Service::kSmtp),
                      .time = now_});
}

std::optional<Joiner::Proxied> Joiner::take_proxied(const MessageReceived& received) {
  if (proxied_.empty() || received.original_client_address.empty()) return std::nullopt;
  while (!proxied_.empty() && now_ - proxied_.front().time > kProxiedWithin) proxied_.pop_front();
  const auto address = hash_text(received.original_client_address, host_hash_);
  const auto first = std::ranges::find(proxied_, address, &Proxied::client_address);
  if (first == proxied_.end()) return std::nullopt;
  const bool is_ambiguous = std::ranges::any_of(proxied_, [&](const Proxied& other) {
    return other.client_address == address && other.account != first->account;
  });
  if (is_ambiguous) return std::nullopt;
  auto taken = std::move(*first);
  proxied_.erase(first);
  return taken;
}

Message* Joiner::find_on_any_host(std::string_view queue_id) {
  if (Message* message = messages_.find(key_of(queue_id))) return message;
  for (const auto host : host_hashes_) {
    if (Message* message = messages_.find(hash_text(queue_id, host))) return message;
  }
  return nullptr;
}

void Joiner::remember_message_id(Message& message, std::string_view message_id) {
  if (message_id.empty()) return;
  message.message_id = hash_text(message_id, 1);
  submissions_by_message_id_.put(message.message_id, message.origin);
}

void Joiner::match_message_id(Message& message, std::string_view message_id) {
  if (message_id.empty()) return;
  const SubmissionOrigin* origin = submissions_by_message_id_.find(hash_text(message_id, 1));
  if (origin != nullptr) join(message, *origin, false);
}

// Mailing lists put a message back with its Message-ID, too, but under their own sender.
void Joiner::check_sender(Message& message, std::string_view sender) {
  const auto hash = hash_text(sender);
  if (message.kind == Message::Kind::kSubmission && message.origin.sender == 0) {
    message.origin.sender = hash;
    if (SubmissionOrigin* origin = submissions_by_message_id_.find(message.message_id);
        origin != nullptr && origin->key == message.origin.key) {
      origin->sender = hash;
    }
  }
  if (message.kind != Message::Kind::kReinjected || message.is_certain) return;
  if (message.origin.sender == hash) {
    join(message, SubmissionOrigin(message.origin), true);
  } else {
    message.kind = Message::Kind::kNearby;
  }
}

void Joiner::join(Message& message, const SubmissionOrigin& origin, bool is_certain) {
  message.kind = Message::Kind::kReinjected;
  message.is_certain = is_certain;
  message.origin = origin;
  if (!is_certain) return;
  Message* first = messages_.find(origin.key);
  if (first != nullptr && first->kind == Message::Kind::kSubmission) first->was_reinjected = true;
}

// Whether this is the delivery to a content filter or a relay of ours that gave the message a
// second queue ID; its own deliveries are the ones that count.
bool Joiner::is_hand_over(const Message& message, const DeliverySeen& delivery) {
  if (delivery.status != DeliveryStatus::kSent) return false;
  const auto address = relay_address(delivery.relay);
  if (!address) {  // a pipe to a program
    const auto response = delivery.response;
    return message.was_reinjected && (response.empty() || response.starts_with("delivered via "));
  }
  if (!address->is_private()) return false;
  const auto second_id = queued_as(delivery.response);
  Message* second = second_id.empty() ? nullptr : find_on_any_host(second_id);
  if (second != nullptr && second != &message) {
    if (second->kind == Message::Kind::kSubmission) return false;
    if (second->kind == Message::Kind::kReinjected && second->origin.key != message.origin.key) return false;
    join(*second, message.origin, true);
    return true;
  }
  return message.was_reinjected && address->is_loopback();
}

}  // namespace postreeve
