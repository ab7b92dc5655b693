#include "gate/event_batch.h"

#include <algorithm>
#include <variant>

#include "base/ascii.h"
#include "guard/event_words.h"
#include "intake/trace_parser.h"

namespace postreeve {
namespace {

Result<std::vector<EventText>> too_many(std::size_t most) {
  return fail(ErrorCode::kLimitExceeded, "more than " + std::to_string(most) + " events at once");
}

Result<std::vector<EventText>> split_lines(std::string_view body, std::size_t most) {
  std::vector<EventText> texts;
  std::uint32_t line = 0;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('\n'), body.size());
    const std::string_view text = trim(body.substr(0, end));
    body.remove_prefix(std::min(end + 1, body.size()));
    ++line;
    if (text.empty()) continue;
    if (texts.size() >= most) return too_many(most);
    texts.push_back({line, text});
  }
  return texts;
}

// Where the element at the front of `rest` ends: at a comma or bracket of the array's own, outside of texts.
// npos when the array does not end.
std::size_t element_end(std::string_view rest) {
  std::size_t depth = 0;
  bool is_text = false;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (is_text) {
      if (c == '\\') ++i;
      if (c == '"') is_text = false;
      continue;
    }
    if (c == '"') is_text = true;
    if (c == '{' || c == '[') ++depth;
    if (depth == 0 && (c == ',' || c == ']')) return i;
    if ((c == '}' || c == ']') && depth > 0) --depth;
  }
  return std::string_view::npos;
}

Result<std::vector<EventText>> split_array(std::string_view body, std::size_t most) {
  std::vector<EventText> texts;
  body.remove_prefix(1);
  for (std::uint32_t place = 1;; ++place) {
    const std::size_t end = element_end(body);
    if (end == std::string_view::npos) return fail(ErrorCode::kInvalidInput, "the array does not end");
    const std::string_view text = trim(body.substr(0, end));
    const bool is_last = body[end] == ']';
    body.remove_prefix(end + 1);
    if (!text.empty() || !is_last || place > 1) {
      if (texts.size() >= most) return too_many(most);
      texts.push_back({place, text});
    }
    if (is_last) break;
  }
  if (!trim(body).empty()) return fail(ErrorCode::kInvalidInput, "something follows the array");
  return texts;
}

}  // namespace

Result<std::vector<EventText>> split_events(std::string_view body, std::size_t most) {
  const std::string_view trimmed = trim(body);
  return trimmed.starts_with('[') ? split_array(trimmed, most) : split_lines(body, most);
}

bool EventReader::find_account(Event& event, const EventScope& scope) {
  if (!scope.domains.empty()) return !account_of(event).empty();
  const std::scoped_lock lock(mutex_);
  return accounts_.settle(event);
}

EventBatch EventReader::read(const std::vector<EventText>& texts, const EventScope& scope) {
  EventBatch batch;
  TraceParser parser(default_domain_);
  TraceLine parsed;
  for (const EventText& text : texts) {
    parser.parse(text.text, parsed);
    if (parsed.kind == TraceLine::Kind::kBroken) {
      batch.refused.push_back({text.line, 400, parsed.fault});
    } else if (parsed.kind != TraceLine::Kind::kEvent) {
      ++batch.ignored;
    } else if (!scope.allows_kind(parsed.event)) {
      batch.refused.push_back(
          {text.line, 403, "the token does not allow events '" + std::string(kind_of(parsed.event)) + "'"});
    } else if (!account_of(parsed.event).empty() && !scope.allows_account(account_of(parsed.event))) {
      batch.refused.push_back({text.line, 403, "the token does not allow this account"});
    } else if (!find_account(parsed.event, scope)) {
      ++batch.ignored;
    } else {
      auto* judgement = std::get_if<Judgement>(&parsed.event);
      if (judgement != nullptr && judgement->person.empty()) judgement->person = scope.name;
      batch.taken.push_back({text.line, std::move(parsed.event)});
    }
  }
  return batch;
}

}  // namespace postreeve
