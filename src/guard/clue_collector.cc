#include "guard/clue_collector.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/ascii.h"
#include "detect/subject_template.h"
#include "guard/event_words.h"
#include "mail/encoded_word.h"
#include "mail/message_content.h"
#include "net/prefix.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostAddresses = 16;
constexpr std::size_t kMostRecipients = 50;  // of one message

class Clues {
 public:
  void add(ClueKind kind, std::string value, std::string says = {}) {
    if (!value.empty()) clues_.push_back({kind, std::move(value), std::move(says)});
  }

  void add(const Session& session) {
    if (session.client_address) {
      add(ClueKind::kAddress, session.client_address->to_string());
      add(ClueKind::kNetwork, network_of(*session.client_address).to_string());
    }
    add(ClueKind::kHelo, to_lower(session.helo_name));
  }

  void add_subject(const std::string& raw) {
    const std::string subject = decode_header_text(raw);
    add(ClueKind::kSubject, to_lower(subject), subject);
    std::array<char, kMostTemplateBytes> text{};
    const std::size_t length = write_subject_template(subject, text);
    add(ClueKind::kSubjectTemplate, std::string(text.data(), length), subject);
  }

  void add(const MessageContent& content) {
    for (const std::string& host : content.url_hosts)
      add(ClueKind::kUrlDomain, std::string(registered_part(host)), host);
    for (const Attachment& attachment : content.attachments) {
      if (attachment.is_inline) continue;  // a logo is everybody's
      std::string digest;
      for (const unsigned char byte : attachment.sha256) digest += fmt::format("{:02x}", byte);
      add(ClueKind::kAttachment, std::move(digest),
          fmt::format("{} ({}, {} bytes)", attachment.name, attachment.media_type, attachment.size));
    }
  }

  std::vector<Clue> take() { return std::move(clues_); }

 private:
  std::vector<Clue> clues_;
};

struct CluesOf {
  std::vector<Clue> operator()(const Login& login) const {
    Clues clues;
    if (login.success) clues.add(login.session);
    return clues.take();
  }
  std::vector<Clue> operator()(const SettingChange& change) const {
    Clues clues;
    clues.add(change.session);
    // Where a thief has mail sent to.
    if (change.setting == SettingKind::kForward) clues.add(ClueKind::kRecipient, to_lower(change.target));
    return clues.take();
  }
  std::vector<Clue> operator()(const Recipient& asked) const {
    Clues clues;
    clues.add(asked.session);
    clues.add(ClueKind::kSender, to_lower(asked.sender));
    clues.add(ClueKind::kRecipient, to_lower(asked.recipient));
    return clues.take();
  }
  std::vector<Clue> operator()(const Submission& message) const {
    Clues clues;
    clues.add(message.session);
    clues.add(ClueKind::kSender, to_lower(message.sender));
    // Gates told of each recipient before; a list's thousands would push out the rest.
    const std::size_t count = std::min(message.recipients.size(), kMostRecipients);
    for (std::size_t i = 0; i < count; ++i) clues.add(ClueKind::kRecipient, to_lower(message.recipients[i]));
    clues.add_subject(message.subject);
    clues.add(ClueKind::kMessageId, message.message_id);
    clues.add(ClueKind::kQueueId, message.queue_id);
    if (message.content) clues.add(*message.content);
    return clues.take();
  }
  template <typename Other>
  std::vector<Clue> operator()(const Other&) const {
    return {};
  }
};

// What a web server's mail has in common is the web server's.
bool is_of_place(ClueKind kind) {
  return kind == ClueKind::kAddress || kind == ClueKind::kNetwork || kind == ClueKind::kHelo;
}

}  // namespace

std::vector<Clue> clues_of(const Event& event) {
  return std::visit(CluesOf{}, event);
}

void ClueCollector::forget_the_old(Timestamp now) {
  const bool is_full = recent_.size() >= kMostAccounts;
  if (!is_full && now - turned_ < kPatience) return;
  older_ = std::exchange(recent_, {});
  turned_ = now;
}

ClueCollector::Stranger* ClueCollector::find(const AccountId& account) {
  for (Strangers* strangers : {&recent_, &older_}) {
    const auto found = strangers->find(account);
    if (found != strangers->end()) return &found->second;
  }
  return nullptr;
}

void ClueCollector::keep(Stranger& stranger, const Event& event, bool is_by_web_server) {
  for (Clue& clue : clues_of(event)) {
    if (is_by_web_server && is_of_place(clue.kind)) continue;
    const auto found = std::ranges::find(stranger.waiting, clue, &Seen::clue);
    if (found != stranger.waiting.end()) {
      found->times.add(time_of(event));
    } else if (stranger.waiting.size() < kMostWaiting) {
      stranger.waiting.push_back({std::move(clue), {}});
      stranger.waiting.back().times.add(time_of(event));
    }
  }
  if (stranger.incident.known()) {
    write(stranger);
    stranger.waiting.clear();
  }
}

void ClueCollector::write(const Stranger& stranger) {
  for (const Seen& seen : stranger.waiting) book_.add(stranger.incident, seen.clue, seen.times);
}

void ClueCollector::saw(const Decided& decided) {
  const Observation& observation = decided.observation;
  if (observation.repeated || (!observation.of_stranger && !observation.verdict.in_scope())) return;
  const std::lock_guard lock(mutex_);
  forget_the_old(time_of(decided.event));
  const AccountId& account = account_of(decided.event);
  Stranger* stranger = find(account);
  if (stranger == nullptr) stranger = &recent_[account];
  stranger->incident = observation.verdict.standing.incident;
  if (const auto address = address_of(decided.event);
      address && !decided.is_by_web_server &&
      std::ranges::find(stranger->addresses, *address) == stranger->addresses.end() &&
      stranger->addresses.size() < kMostAddresses)
    stranger->addresses.push_back(*address);
  keep(*stranger, decided.event, decided.is_by_web_server);
}

void ClueCollector::forget(const AccountId& account) {
  const std::lock_guard lock(mutex_);
  recent_.erase(account);
  older_.erase(account);
}

void ClueCollector::saw_again(const Event& event) {
  const auto address = address_of(event);
  if (!address) return;
  const std::lock_guard lock(mutex_);
  Stranger* stranger = find(account_of(event));
  if (stranger == nullptr || std::ranges::find(stranger->addresses, *address) == stranger->addresses.end())
    return;
  keep(*stranger, event, false);
}

}  // namespace postreeve
