// The score by family and persona, as numbers that both reports print.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lab/score/scorer.h"

namespace postreeve::lab {

struct FamilyRow {
  std::string name;
  std::uint32_t attacks = 0;
  std::uint32_t with_messages = 0;  // that tried to send at all
  double caught = 0;                // share
  double before_first = 0;          // share of those with messages
  double messages_median = 0;       // leaked
  double messages_p95 = 0;
  double recipients_median = 0;
  double recipients_p95 = 0;
  double leaked_share = 0;                     // of the messages it would have sent
  double seconds_median = 0;                   // from the first message to containment, of the caught
  double slowed = 0, held = 0, suspended = 0;  // share by the worst standing
};

struct PersonaRow {
  std::string name;
  std::uint32_t accounts = 0;
  double account_months = 0;
  AlarmScore alarms;
  MailScore mail;
  double rate = 0;       // restricted account-months in 10,000
  double upper = 0;      // its 95 % bound
  double suspended = 0;  // rate
  std::string reasons;   // "origin_novelty 12, volume 3"
};

struct Summary {
  std::vector<FamilyRow> families;        // the last one is "all"
  std::vector<PersonaRow> personas;       // the last one is "all"
  double alerts_a_day = 0;                // incidents, per 10,000 accounts
  std::uint64_t alarms_while_listed = 0;  // clean accounts, while our own address was listed
};

[[nodiscard]] Summary summarize(World& world, const Scorer& scorer);

}  // namespace postreeve::lab
