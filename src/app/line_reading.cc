#include "app/line_reading.h"

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/ascii.h"
#include "intake/log_line.h"
#include "mail/account_id.h"

namespace postreeve {
namespace {

constexpr std::string_view kWhereTheAccountIs =
    "its account stands in the line of the same queue ID with its login";

std::string_view words_of(LoginFailure failure) noexcept {
  switch (failure) {
    case LoginFailure::kNone:
      return "";
    case LoginFailure::kBadPassword:
      return "the password was wrong";
    case LoginFailure::kUnknownUser:
      return "there is no such account";
    case LoginFailure::kDisabled:
      return "the account may not log in";
    case LoginFailure::kOther:
      return "it was broken off or not allowed";
  }
  return "";
}

std::string from(std::string_view address) {
  return address.empty() ? std::string() : fmt::format(" from {}", address);
}

std::string named(std::string_view queue_id) {
  return queue_id.empty() ? std::string("a message without a queue ID") : fmt::format("message {}", queue_id);
}

struct SentenceOf {
  LineReading& reading;
  std::string_view login;

  std::string operator()(const NothingToSay& /*record*/) const { return "nothing about an account"; }
  std::string operator()(const NotUnderstood& /*record*/) const {
    return "nothing that Postreeve understands";
  }
  std::string operator()(const LoginSeen& seen) {
    login = seen.login;
    reading.client = seen.client_address;
    const std::string_view service = to_text(seen.service);
    const std::string to = service.empty() ? std::string() : fmt::format(" to {}", service);
    if (seen.failure == LoginFailure::kNone)
      return fmt::format("{} logged in{}{}", seen.login, to, from(seen.client_address));
    std::string text = fmt::format("a login{} as {}{} failed: {}", to, seen.login, from(seen.client_address),
                                   words_of(seen.failure));
    if (seen.attempts > 1) text += fmt::format(", {} times in one session", seen.attempts);
    return text;
  }
  std::string operator()(const MessageReceived& seen) {
    login = seen.login;
    reading.client = seen.client_address;
    if (seen.is_bounce) return fmt::format("{} is a bounce that the server made", named(seen.queue_id));
    return fmt::format("{} was taken{}{}", named(seen.queue_id), from(seen.client_address),
                       seen.login.empty() ? ", without a login" : fmt::format(", by {}", seen.login));
  }
  std::string operator()(const MessageIdSeen& seen) const {
    return fmt::format("{} has the Message-ID {}; {}", named(seen.queue_id), seen.message_id,
                       kWhereTheAccountIs);
  }
  std::string operator()(const HeaderSeen& seen) const {
    return fmt::format("{} has the header {}: {}; {}", named(seen.queue_id), seen.name, seen.value,
                       kWhereTheAccountIs);
  }
  std::string operator()(const MessageQueued& seen) const {
    return fmt::format("{} of <{}> waits for delivery to {} recipients, {} bytes; {}", named(seen.queue_id),
                       seen.sender, seen.recipient_count, seen.size, kWhereTheAccountIs);
  }
  std::string operator()(const DeliverySeen& seen) const {
    std::string text =
        fmt::format("{} to <{}> was {}", named(seen.queue_id), seen.recipient, to_text(seen.status));
    if (!seen.relay.empty()) text += fmt::format(" by {}", seen.relay);
    if (!seen.response.empty()) text += fmt::format(", which said: {}", seen.response);
    return fmt::format("{}; {}", text, kWhereTheAccountIs);
  }
  std::string operator()(const Refused& seen) {
    login = seen.login;
    reading.client = seen.client_address;
    return seen.whole_message
               ? fmt::format("the server refused {}{}", named(seen.queue_id), from(seen.client_address))
               : fmt::format("the server refused the recipient <{}>{}", seen.recipient,
                             from(seen.client_address));
  }
  std::string operator()(const NotificationSent& seen) const {
    return fmt::format("{} could not be delivered; {} tells its sender", named(seen.queue_id),
                       named(seen.notification_queue_id));
  }
  std::string operator()(const MessageRemoved& seen) const {
    return fmt::format("{} left the queue", named(seen.queue_id));
  }
};

// logfmt: name=word or name="text with \" and \\".
std::map<std::string, std::string, std::less<>> read_logfmt(std::string_view text) {
  std::map<std::string, std::string, std::less<>> fields;
  while (true) {
    text = trim(text);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return fields;
    const std::string name(trim(text.substr(0, equals)));
    text.remove_prefix(equals + 1);
    std::string value;
    std::size_t i = 0;
    if (text.starts_with('"')) {
      for (i = 1; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        value += text[i];
      }
      i = std::min(i + 1, text.size());
    } else {
      i = std::min(text.find(' '), text.size());
      value = text.substr(0, i);
    }
    text.remove_prefix(i);
    fields.emplace(name, std::move(value));
  }
}

std::string words_of_verdict(std::string_view verdict, bool is_observed) {
  static const std::map<std::string_view, std::pair<std::string_view, std::string_view>> kWords{
      {"accept", {"accepted", "accepted"}},
      {"defer", {"put off", "have been put off"}},
      {"divert", {"diverted", "have been diverted"}},
      {"hold", {"held", "have been held"}},
      {"reject", {"refused", "have been refused"}}};
  const auto found = kWords.find(verdict);
  if (found == kWords.end()) return std::string(verdict);
  if (!is_observed || verdict == "accept") return "was " + std::string(found->second.first);
  return fmt::format("was accepted; in enforce mode it would {}", found->second.second);
}

// decision_log.h.
LineReading read_decision(std::string_view text) {
  const auto fields = read_logfmt(text);
  const auto field = [&fields](std::string_view name) -> std::string {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second;
  };
  LineReading reading{.is_understood = true,
                      .program = "postreeve",
                      .says = {},
                      .account = field("account"),
                      .client = field("client"),
                      .incident = field("incident")};
  reading.says =
      fmt::format("a {} of {}{} {}; its standing was {}, the risk {}", field("event"), reading.account,
                  from(reading.client), words_of_verdict(field("verdict"), field("observed") == "true"),
                  field("standing"), field("risk"));
  if (const std::string rule = field("rule"); !rule.empty())
    reading.says += fmt::format("; the {} says so", rule);
  if (const std::string limit = field("limit"); !limit.empty())
    reading.says += fmt::format("; limit {} of the configuration was exceeded", limit);
  if (const std::string evidence = field("evidence"); !evidence.empty())
    reading.says += fmt::format("; because {}", evidence);
  return reading;
}

}  // namespace

LineReading read_line(std::string_view line, std::string_view default_domain) {
  constexpr std::string_view kDecision = "decision event=";
  line = trim(line);
  // Behind the envelopes of syslog and of our own log; nothing before it can have a '=' of others.
  const std::size_t decision = line.find(kDecision);
  if (decision != std::string_view::npos && line.substr(0, decision).find('=') == std::string_view::npos)
    return read_decision(line.substr(decision + kDecision.find(' ') + 1));
  const LogLine parsed = parse_log_line(line);
  LineReading reading;
  reading.is_understood = !std::holds_alternative<NotUnderstood>(parsed.record);
  if (parsed.program != Program::kUnknown && parsed.program != Program::kOther)
    reading.program = to_text(parsed.program);
  SentenceOf sentence{reading, {}};
  reading.says = std::visit(sentence, parsed.record);
  if (const auto account = AccountId::from_login(sentence.login, default_domain))
    reading.account = account->text();
  return reading;
}

}  // namespace postreeve
