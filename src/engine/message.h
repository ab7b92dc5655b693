// A whole message at once, as traces and logs have it: its recipients are judged
// one by one, then the message, exactly as a live server would ask.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/engine.h"
#include "mail/event.h"

namespace postreeve {

struct MessageOutcome {
  // The most severe of its steps: defer when some recipients were deferred.
  Action action = Action::kAccept;
  std::uint32_t recipients_accepted = 0;  // got out: neither deferred, rejected nor held
  std::uint32_t recipients_deferred = 0;
  std::uint32_t recipients_held = 0;
  std::uint32_t recipients_rejected = 0;
  float risk = 0;         // after the last step
  Standing standing;      // after the last step
  bool in_scope = false;  // the standing restricts what comes from where the message came from
  EvidenceList evidence;  // the strongest finding of each detector over all steps
  std::vector<StandingChange> changes;
  // What became of each named recipient in the end, in the order of the submission.
  std::vector<Action> fates;
  std::uint16_t limit = 0;  // number of the limit that was exceeded first; 0 for none
};

// Sees each step of a message: its Recipients, then the Submission.
class StepWatcher {
 public:
  virtual ~StepWatcher() = default;
  virtual void saw(const Event& step, const Observation& observation) = 0;
};

// Judges messages with an engine; keeps its scratch events so that nothing is
// allocated a message in steady state. One object a thread.
class MessageJudge {
 public:
  // The watcher, if there is one, outlives the judge.
  explicit MessageJudge(Engine& engine, StepWatcher* watcher = nullptr)
      : engine_(engine), watcher_(watcher) {}

  // A message none of whose recipients was accepted is not submitted, as with a real server.
  // A message without known recipients is judged as one recipient-less message of recipient_count.
  const MessageOutcome& judge(const Submission& submission);

 private:
  void judge_recipient(const std::string& recipient);
  void observe(const Event& step);
  void settle(Action action);

  Engine& engine_;
  StepWatcher* watcher_;
  Event step_;
  Event message_;
  Observation observation_;
  MessageOutcome outcome_;
  bool is_held_ = false;  // HOLD for one recipient holds the message
};

}  // namespace postreeve
