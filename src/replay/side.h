// One policy in a replay: its engine and what became of it. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>

#include "engine/engine.h"
#include "engine/message.h"
#include "mail/event.h"
#include "replay/account_book.h"
#include "replay/incidents.h"
#include "replay/report.h"
#include "replay/verdict_writer.h"

namespace postreeve {

class ReplaySide {
 public:
  // Both must outlive the side; `verdicts` may be null.
  ReplaySide(Engine& engine, VerdictWriter* verdicts, Incidents incidents)
      : engine_(engine), judge_(engine), verdicts_(verdicts), incidents_(std::move(incidents)) {}
  ReplaySide(const ReplaySide&) = delete;
  ReplaySide& operator=(const ReplaySide&) = delete;

  void take(AccountNumber account, const Event& event, bool is_reported);

  [[nodiscard]] JudgementReport report() const { return incidents_.report(); }

 private:
  void judge(AccountNumber account, const Submission& submission, bool is_reported);
  void observe(AccountNumber account, const Event& event, bool is_reported);
  bool would_not_have_happened(AccountNumber account, const Event& event) const;
  std::string transaction(AccountNumber account, std::string_view queue_id) const;

  Engine& engine_;
  MessageJudge judge_;
  VerdictWriter* verdicts_;
  Incidents incidents_;
  Observation observation_;
  std::unordered_set<std::string> contained_;  // messages that would not have gone out
};

}  // namespace postreeve
