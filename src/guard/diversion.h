// Doubtful mail through another way: messages that are let out although a stranger wrote them go through a
// transport, smarthost or address of their own, so that they cost the good addresses no reputation.
//
// Never a suspended account's, nor a held one's: these are refused and held. At most so many an hour of one
// account; what is beyond is held, for nobody knows what a flood through the other way would do there.
//
// Limits: what is diverted is out. The counts lie in memory, and a restart begins anew.
#pragma once

#include <cstdint>
#include <optional>

#include "base/keyed_hash.h"
#include "engine/engine.h"
#include "engine/recent_table.h"
#include "finding/verdict.h"
#include "mail/event.h"
#include "sketch/window_count.h"

namespace postreeve {

struct DiversionOptions {
  std::optional<Level> from = {};   // the standing in which it begins; none: nothing is diverted
  std::uint32_t most_an_hour = 20;  // messages of one account
};

// Any thread.
class Diversion {
 public:
  explicit Diversion(const DiversionOptions& options) : options_(options) {}

  // What becomes of an event that is accepted: accept, divert, or hold beyond the cap. Counts a message once.
  [[nodiscard]] Action action_for(const Event& event, const Observation& observation, const Hash128& account);

 private:
  using Hour = WindowCount<3600>;

  DiversionOptions options_;
  RecentTable<Hour> hours_{10'000};
};

}  // namespace postreeve
