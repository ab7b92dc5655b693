// Judges the events of one request one after the other, then answers with all verdicts.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gate/event_api.h"
#include "gate/event_batch.h"

namespace postreeve {

struct WaitedVerdict {
  std::uint32_t line = 0;
  Answer answer;  // the most severe of the event's steps
};

// A submission is asked as a mail server would: its recipients, then the message. Keeps itself alive.
class WaitingBatch : public std::enable_shared_from_this<WaitingBatch> {
 public:
  using Done = std::move_only_function<void(std::vector<WaitedVerdict>)>;

  WaitingBatch(std::shared_ptr<const EventGuard> guard, std::vector<EventBatch::Taken> events, Done done);

  // Calls `done` once, inline or in the thread of the last answer.
  void begin() { go_on(); }

 private:
  struct Step {
    std::size_t verdict = 0;  // index of the event's verdict
    Event event;
  };

  void go_on();
  // Returns whether the step is answered already.
  [[nodiscard]] bool ask(Step& step);
  void note(std::size_t verdict, const Answer& answer);

  // Its own share: the last answers may come from the ledger when the API is gone.
  const std::shared_ptr<const EventGuard> guard_;
  std::vector<Step> steps_;
  std::vector<WaitedVerdict> verdicts_;
  std::size_t next_ = 0;
  Done done_;
};

}  // namespace postreeve
