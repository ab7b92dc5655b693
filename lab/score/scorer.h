// Feeds the engine with the world and keeps the score.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "lab/score/door.h"
#include "lab/score/tally.h"
#include "lab/sink.h"
#include "lab/world.h"
#include "store/memory_account_store.h"
#include "store/memory_shared_counters.h"

namespace postreeve::lab {

struct ScorerOptions {
  std::uint32_t warm_up_days = 0;       // honest restrictions before are not counted
  std::uint32_t show_false_alarms = 0;  // stories to keep
  // Accounts whose last events before a moment are kept for a story.
  struct Watched {
    std::uint32_t account = 0;
    Timestamp until{};
  };
  std::vector<Watched> watched;
};

// A restriction of a clean account.
struct FalseAlarm {
  std::uint32_t account = 0;
  StandingChange change;
  std::vector<std::string> sentences;  // the evidence of the last day, strongest first
};

class Scorer final : public Sink {
 public:
  // The policy and the locator must outlive the scorer; `world` is set before the first event.
  Scorer(const Policy& policy, const Locator& locator, const ScorerOptions& options);

  void enter(World& world);

  void observe(const Event& event, Doer doer) override;
  std::span<const Fate> submit(const Submission& submission, Doer doer) override;
  void honest_delay(std::uint32_t account, Duration delay) override;
  void honest_loss(std::uint32_t account) override;

  [[nodiscard]] const std::vector<AttackScore>& attacks() const { return attacks_; }
  [[nodiscard]] const std::vector<MailScore>& mail() const { return mail_; }
  [[nodiscard]] const std::vector<AlarmScore>& alarms() const { return alarms_; }
  // Clean accounts restricted while our own address was listed.
  [[nodiscard]] std::uint64_t alarms_while_listed() const { return alarms_while_listed_; }
  [[nodiscard]] std::uint64_t incidents() const { return incidents_; }
  // Incidents of clean accounts that had one before.
  [[nodiscard]] std::uint64_t repeated_alarms() const { return repeated_alarms_; }
  // Honest mail of accounts that are taken over.
  [[nodiscard]] const MailScore& victims_mail() const { return victims_mail_; }
  [[nodiscard]] const std::vector<FalseAlarm>& false_alarms() const { return false_alarms_; }
  // Event trails of the watched accounts, in their order.
  [[nodiscard]] const std::vector<std::deque<std::string>>& trails() const { return trails_; }
  [[nodiscard]] std::uint64_t memory_bytes() const { return accounts_.memory_bytes(); }
  [[nodiscard]] double warm_up_days() const { return options_.warm_up_days; }

 private:
  // A finding worth remembering, until the account is restricted or a day has passed.
  struct Remembered {
    DetectorId detector{};
    Evidence evidence;
    Timestamp time{};
  };
  struct AccountState {
    Level level = Level::kClear;
    bool had_incident = false;
    std::uint16_t month = 0xffff;        // of the alarm counted last
    Level counted = Level::kClear;       // as what
    std::vector<Remembered> remembered;  // at most one a detector
  };

  void note(const Event& event, const Observation& observation, Doer doer);
  void note_change(const StandingChange& change, Doer doer);
  void note_false_alarm(std::uint32_t account, const StandingChange& change);
  void remember(AccountState& state, const EvidenceList& evidence, Timestamp time);
  void count_alarm(std::uint32_t account, AccountState& state, const StandingChange& change);
  void tell(const Event& event, const Observation& observation, Doer doer);
  void score_attack(const Submission& submission, Doer doer, std::span<const Fate> fates,
                    bool restricted_before);
  void score_mail(Doer doer, std::span<const Fate> fates);
  AttackScore& attack_of(std::int32_t number);
  MailScore& mail_of(std::uint32_t account);

  ScorerOptions options_;
  MemoryAccountStore accounts_;
  MemorySharedCounters counters_;
  Engine engine_;
  Door door_;
  World* world_ = nullptr;
  Observation observation_;
  std::vector<AccountState> states_;
  std::vector<AttackScore> attacks_;
  std::vector<MailScore> mail_;
  std::vector<AlarmScore> alarms_;
  std::uint64_t alarms_while_listed_ = 0;
  std::uint64_t incidents_ = 0;
  std::uint64_t repeated_alarms_ = 0;
  MailScore victims_mail_;
  std::vector<FalseAlarm> false_alarms_;
  std::vector<std::deque<std::string>> trails_;
};

}  // namespace postreeve::lab
