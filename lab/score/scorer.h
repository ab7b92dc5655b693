// Leads what the world does to the door and keeps the score.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "lab/score/door.h"
#include "lab/score/tally.h"
#include "lab/sink.h"
#include "lab/world.h"

namespace postreeve::lab {

struct ScorerOptions {
  std::uint32_t warm_up_days = 0;       // restrictions and honest mail before are not counted
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

struct Dismissal {
  std::uint32_t account = 0;
  Timestamp time{};
};

class Scorer final : public Sink {
 public:
  // The door must outlive the scorer; `world` is set before the first event.
  Scorer(Door& door, const ScorerOptions& options);

  void enter(World& world);

  void observe(const Event& event, Doer doer) override;
  std::span<const Fate> submit(const Submission& submission, Doer doer) override;
  void honest_delay(std::uint32_t account, Duration delay) override;
  void honest_loss(std::uint32_t account) override;

  [[nodiscard]] const std::vector<AttackScore>& attacks() const { return attacks_; }
  [[nodiscard]] const std::vector<MailScore>& mail() const { return mail_; }
  // Of clean accounts, from the first day on.
  [[nodiscard]] const std::vector<Alarm>& alarms() const { return alarms_; }
  // When accounts became restricted, clean or not.
  [[nodiscard]] const std::vector<Timestamp>& restrictions() const { return restrictions_; }
  // Restrictions that the fuse held back.
  [[nodiscard]] std::uint64_t observed_only() const { return observed_only_; }
  // When somebody said about a clean account that its owner was at work.
  [[nodiscard]] const std::vector<Dismissal>& dismissals() const { return dismissals_; }
  // How long each honest message was delayed, seconds.
  [[nodiscard]] const std::vector<float>& delays() const { return delays_; }
  // After the warm-up.
  [[nodiscard]] std::uint64_t incidents() const { return incidents_; }
  [[nodiscard]] std::uint64_t incidents_of_clean() const { return incidents_of_clean_; }
  // Honest mail of accounts that are taken over.
  [[nodiscard]] const MailScore& victims_mail() const { return victims_mail_; }
  [[nodiscard]] const std::vector<FalseAlarm>& false_alarms() const { return false_alarms_; }
  // Event trails of the watched accounts, in their order.
  [[nodiscard]] const std::vector<std::deque<std::string>>& trails() const { return trails_; }
  [[nodiscard]] double warm_up_days() const { return options_.warm_up_days; }
  [[nodiscard]] Timestamp counts_from() const;

 private:
  // A finding worth remembering, until the account is restricted or a day has passed.
  struct Remembered {
    DetectorId detector{};
    Evidence evidence;
    Timestamp time{};
  };
  struct AccountState {
    Level level = Level::kClear;
    std::vector<Remembered> remembered;  // at most one a detector
  };

  void note(Timestamp time, const Ruling& ruling, Doer doer);
  void note_change(const StandingChange& change, Doer doer);
  void note_incident(const StandingChange& change, Doer doer);
  void remember(AccountState& state, const EvidenceList& evidence, Timestamp time);
  void raise_alarm(std::uint32_t account, const StandingChange& change);
  void keep_story(std::uint32_t account, const StandingChange& change);
  void tell(const Event& event, const Ruling& ruling, Doer doer);
  void score_attack(const Submission& submission, Doer doer, std::span<const Fate> fates,
                    bool restricted_before);
  void score_mail(Doer doer, std::span<const Fate> fates);
  AttackScore& attack_of(std::int32_t number);
  MailScore& mail_of(std::uint32_t account);

  ScorerOptions options_;
  Door& door_;
  World* world_ = nullptr;
  std::vector<AccountState> states_;
  std::vector<AttackScore> attacks_;
  std::vector<MailScore> mail_;
  std::vector<Alarm> alarms_;
  std::vector<Timestamp> restrictions_;
  std::vector<Dismissal> dismissals_;
  std::vector<float> delays_;
  std::uint64_t observed_only_ = 0;
  std::uint64_t incidents_ = 0;
  std::uint64_t incidents_of_clean_ = 0;
  MailScore victims_mail_;
  std::vector<FalseAlarm> false_alarms_;
  std::vector<std::deque<std::string>> trails_;
};

}  // namespace postreeve::lab
