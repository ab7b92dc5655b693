// A body of events, JSON Lines or one JSON array, to events of which each has its account and its token's
// leave.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gate/event_scope.h"
#include "intake/trace_accounts.h"
#include "mail/event.h"

namespace postreeve {

// The texts of the events: the lines that are not empty, or the elements when the first thing in the body is
// '['. What the texts hold is not looked at; pieces are views into the body, numbered from 1 by line or
// place. kInvalidInput: an array that does not end, or something behind it. kLimitExceeded: more than `most`.
struct EventText {
  std::uint32_t line = 0;
  std::string_view text;
};
[[nodiscard]] Result<std::vector<EventText>> split_events(std::string_view body, std::size_t most);

struct EventBatch {
  struct Taken {
    std::uint32_t line = 0;
    Event event;
  };
  struct Refused {
    std::uint32_t line = 0;
    unsigned status = 400;  // 403: outside the token's scope; 409, 503: of a judgement (event_api.h)
    std::string what;
  };

  std::vector<Taken> taken;
  std::uint32_t ignored = 0;  // right, and nothing for us (TraceLine::Kind)
  std::vector<Refused> refused;
};

// Reads events for one gate. A delivery, scan or complaint without an account gets that of the submission
// with its queue ID, told before; not with a token for certain domains, whose bearer must name the account.
// A judgement without a person is the token's own. Any thread.
class EventReader {
 public:
  explicit EventReader(std::string default_domain) : default_domain_(std::move(default_domain)) {}

  [[nodiscard]] EventBatch read(const std::vector<EventText>& texts, const EventScope& scope);

 private:
  [[nodiscard]] bool find_account(Event& event, const EventScope& scope);

  std::string default_domain_;
  std::mutex mutex_;
  TraceAccounts accounts_{100'000};
};

}  // namespace postreeve
