#include "control/plain_words.h"

#include <string_view>

#include <fmt/format.h>

#include "base/time.h"
#include "response/story.h"

namespace postreeve {
namespace {

std::string moment(std::uint32_t seconds) {
  return moment_in_utc(from_seconds32(seconds));
}

// What the level means to the owner.
std::string_view meaning_of(Level level) noexcept {
  switch (level) {
    case Level::kClear:
      return "nothing is restricted";
    case Level::kWatched:
      return "something is unusual; nothing is restricted";
    case Level::kRecovering:
      return "nothing is restricted; less is needed to restrict it again";
    case Level::kSlowed:
      return "mail to many new recipients is put off";
    case Level::kHeld:
      return "mail is accepted and waits";
    case Level::kSuspended:
      return "mail is refused";
  }
  return "";
}

std::string_view where(Scope scope) noexcept {
  return scope == Scope::kUnfamiliarOrigins ? " for unfamiliar places" : "";
}

std::string end_of(const Standing& standing) {
  if (standing.until != 0) return ", until " + moment(standing.until);
  if (standing.level == Level::kSuspended) return ", until a person or a new password ends it";
  return "";
}

// Findings name subjects and addresses that were written to (finding/reason.cc); these are nobody's business
// on the phone.
std::string without_contents(std::string_view sentence) {
  constexpr std::string_view kSame = "sent the same subject";
  constexpr std::string_view kNamed = "the display name of the recipient is the address itself";
  constexpr std::string_view kThieves = ", an address only thieves";
  if (sentence.starts_with(kNamed)) return std::string(kNamed);
  if (const auto at = sentence.find(kSame); at != std::string_view::npos)
    return std::string(sentence.substr(0, at + kSame.size()));
  if (const auto at = sentence.find(", subject "); at != std::string_view::npos)
    return std::string(sentence.substr(0, at));
  if (const auto at = sentence.find(kThieves);
      sentence.starts_with("wrote to ") && at != std::string_view::npos)
    return "wrote to " + std::string(sentence.substr(at + 2));
  return std::string(sentence);
}

std::string why(const IncidentRow& incident) {
  std::string text;
  if (!incident.first_evidence.empty()) text += "; because " + without_contents(incident.first_evidence);
  text += "; " + in_words(incident.outgo);
  if (incident.is_observed) text += "; only observed: nothing was refused";
  return text;
}

std::string outcome_of(const IncidentRow& incident) {
  switch (incident.outcome) {
    case Outcome::kOpen:
      return incident.assignee.empty() ? "nobody has judged it yet"
                                       : fmt::format("{} takes care of it", incident.assignee);
    case Outcome::kConfirmed:
      return incident.cause.empty() ? "confirmed as a take-over"
                                    : fmt::format("confirmed as a take-over ({})", incident.cause);
    case Outcome::kDismissed:
      return "dismissed: it was the owner";
    case Outcome::kEnded:
      return "ended";
  }
  return "";
}

}  // namespace

std::string in_words(const Outgo& outgo) {
  if (outgo.messages == 0 && outgo.recipients == 0) return "nothing got out";
  const auto several = [](std::uint32_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
  };
  return fmt::format("{} to {} got out", several(outgo.messages, "message"),
                     several(outgo.recipients, "recipient"));
}

std::string in_words(const Standing& standing, const IncidentRow* incident) {
  std::string text(to_text(standing.level));
  if (is_restriction(standing.level)) text += where(standing.scope);
  if (standing.level != Level::kClear && standing.since != 0)
    text += fmt::format(" since {}{}", moment(standing.since), end_of(standing));
  text += fmt::format(": {}", meaning_of(standing.level));
  if (incident != nullptr && is_restriction(standing.level)) text += why(*incident);
  return text;
}

std::string in_words(const IncidentRow& incident) {
  return fmt::format("{} became {}{} on {}{}; {}", incident.account.text(), to_text(incident.level),
                     is_restriction(incident.level) ? where(incident.scope) : "",
                     moment_in_utc(incident.opened), why(incident), outcome_of(incident));
}

}  // namespace postreeve
