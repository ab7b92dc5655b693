// Standings and incidents in the words that support may say on the phone: what is restricted, since when,
// why, what got out. No subject, no recipient.
#pragma once

#include <string>

#include "finding/standing.h"
#include "store/ledger/incident_book.h"

namespace postreeve {

// "suspended for unfamiliar places since 2026-03-02 08:00 UTC, until a person or a new password ends it;
// because first use ever from Vietnam; 4 messages to 12 recipients got out". `incident` may be null.
[[nodiscard]] std::string in_words(const Standing& standing, const IncidentRow* incident);

// The same of an incident that may be long over: how far it went, what came of it, what got out.
[[nodiscard]] std::string in_words(const IncidentRow& incident);

// "4 messages to 12 recipients got out"; "nothing got out".
[[nodiscard]] std::string in_words(const Outgo& outgo);

}  // namespace postreeve
