// Writes down, account by account, what became of a policy's judgements: the story of each take-over, and
// whose mail was touched without one. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/message.h"
#include "finding/incident.h"
#include "judge/policy.h"
#include "mail/event.h"
#include "net/locator.h"
#include "replay/account_book.h"
#include "replay/report.h"

namespace postreeve {

class Incidents {
 public:
  // All must outlive the object.
  Incidents(const AccountBook& accounts, const Policy& policy, const Locator& locator)
      : accounts_(accounts), policy_(policy), locator_(locator) {}

  // A message that was judged. `is_reported`: it falls into the time that is reported on.
  void note_message(AccountNumber account, const Submission& submission, const MessageOutcome& outcome,
                    bool is_reported);
  // Anything else that the engine observed.
  void note_event(AccountNumber account, const Event& event, const Observation& observation,
                  bool is_reported);

  [[nodiscard]] JudgementReport report() const;

 private:
  // Where a suspicious act came from.
  struct Sighting {
    Timestamp time{};
    IpAddress address;
  };
  struct Finding {
    Timestamp time{};
    Evidence evidence;
  };
  struct Story {
    IncidentReport told;
    bool is_reported = false;
  };
  // What is remembered of an account that somebody looked at twice.
  struct Notes {
    std::vector<Sighting> sightings;  // the latest, at most kMostSightings
    std::vector<Finding> findings;    // the strongest of each detector within a day
    Level worst = Level::kClear;      // while it is reported
    std::vector<Story> stories;
    std::optional<RestrictedReport> touched;
  };

  Notes& notes_of(AccountNumber account);
  static void remember(Notes& notes, Timestamp time, const EvidenceList& evidence,
                       const std::optional<IpAddress>& from);
  static void remember_findings(Notes& notes, Timestamp time, const EvidenceList& evidence);
  void note_change(AccountNumber account, Notes& notes, const StandingChange& change, bool is_reported);
  void open(AccountNumber account, Notes& notes, const StandingChange& change, bool is_reported);
  void add_place(IncidentReport& story, const IpAddress& address) const;
  void follow(Story& story, const Submission& submission, const MessageOutcome& outcome,
              bool is_reported) const;
  void note_touched(AccountNumber account, Notes& notes, const Submission& submission,
                    const MessageOutcome& outcome);

  const AccountBook& accounts_;
  const Policy& policy_;
  const Locator& locator_;
  std::vector<std::unique_ptr<Notes>> notes_;  // by account; null for most
  std::uint64_t observed_only_ = 0;
  std::uint64_t messages_touched_ = 0;
};

}  // namespace postreeve
