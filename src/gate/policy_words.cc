#include "gate/policy_words.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "finding/verdict.h"
#include "net/ip_address.h"

namespace postreeve {
namespace {

std::string text_of(std::string_view value) {
  return std::string(value.substr(0, kMaxTextBytes));
}

// 0 for what is no number, as Exim's size=-1.
template <typename Number>
Number number_of(std::string_view value) {
  Number number = 0;
  const auto [end, status] = std::from_chars(value.data(), value.data() + value.size(), number);
  return status == std::errc() && end == value.data() + value.size() ? number : Number{0};
}

Session session_of(const PolicyRequest& request) {
  Session session;
  session.client_address = IpAddress::parse(request.client_address);
  if (request.client_name != "unknown") session.client_name = text_of(request.client_name);
  session.helo_name = text_of(request.helo_name);
  session.service = Service::kSmtp;
  return session;
}

Event recipient_of(const PolicyRequest& request, AccountId account) {
  return Recipient{.time = {},
                   .account = std::move(account),
                   .session = session_of(request),
                   .transaction = text_of(request.instance.empty() ? request.queue_id : request.instance),
                   .sender = text_of(request.sender),
                   .recipient = text_of(request.recipient)};
}

Event submission_of(const PolicyRequest& request, AccountId account) {
  Submission message;
  message.account = std::move(account);
  message.session = session_of(request);
  message.queue_id = text_of(request.queue_id.empty() ? request.instance : request.queue_id);
  message.transaction = text_of(request.instance);
  message.sender = text_of(request.sender);
  if (!request.recipient.empty()) message.recipients.push_back(text_of(request.recipient));
  const auto named = static_cast<std::uint32_t>(message.recipients.size());
  message.recipient_count = std::max(number_of<std::uint32_t>(request.recipient_count), named);
  message.size = number_of<std::uint64_t>(request.size);
  return message;
}

// An answer that defers without a reply is about us and not about the account: judging failed.
std::string_view reply_text(Action action, Reply reply) {
  if (reply != Reply::kNone) return to_text(reply);
  return action == Action::kReject ? to_text(Reply::kPolicy)
                                   : "451 4.3.0 Temporary local problem; please try again later";
}

// "abuse@x.example"; a transport always has its colon: "smtp:[relay.example]:25".
bool is_address(std::string_view divert_to) {
  return divert_to.contains('@') && !divert_to.contains(':');
}

std::string hold_text(const Answer& answer) {
  if (!answer.incident.known()) return "HOLD Postreeve";
  return fmt::format("HOLD Postreeve: incident {}", answer.incident.to_string());
}

// A header's or a log's line is no place for what somebody outside may have written.
std::string plain(std::string_view text) {
  constexpr std::size_t kMostBytes = 200;
  std::string result(text.substr(0, kMostBytes));
  std::ranges::replace_if(result, [](char c) { return c < ' ' || c > '~'; }, '?');
  return result;
}

}  // namespace

std::optional<Event> event_of(const PolicyRequest& request, std::string_view default_domain) {
  const PolicyStage stage = request.stage();
  if (stage == PolicyStage::kOther) return std::nullopt;
  std::optional<AccountId> account = AccountId::from_login(request.sasl_username, default_domain);
  if (!account) return std::nullopt;
  if (stage == PolicyStage::kRecipient) return recipient_of(request, std::move(*account));
  return submission_of(request, std::move(*account));
}

std::string action_text(Action action, const Answer& answer, std::string_view divert_to) {
  switch (action) {
    case Action::kAccept:
      return "DUNNO";
    case Action::kDefer:
    case Action::kReject:
      return std::string(reply_text(action, answer.reply));
    case Action::kDivert:
      if (divert_to.empty()) return hold_text(answer);
      return fmt::format("{} {}", is_address(divert_to) ? "REDIRECT" : "FILTER", divert_to);
    case Action::kHold:
      return hold_text(answer);
  }
  return "DUNNO";
}

std::string prepend_text(const Answer& answer) {
  std::string text =
      fmt::format("PREPEND X-Postreeve: standing={} risk={:.1f}", to_text(answer.level), answer.risk);
  if (answer.would != answer.action) text += fmt::format(" would={}", to_text(answer.would));
  if (!answer.reason.empty()) text += fmt::format(" {}", plain(answer.reason));
  return text;
}

}  // namespace postreeve
