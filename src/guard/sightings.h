// One message seen by several gates counts once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "finding/verdict.h"
#include "mail/event.h"

namespace postreeve {

// Which side of Postreeve saw an event.
enum class Door : std::uint8_t { kPostfixPolicy, kMilter, kExim, kAuthPolicy, kEventApi, kLog, kControl };
[[nodiscard]] std::string_view to_text(Door door) noexcept;  // "postfix_policy"

struct Sighting {
  Door door{};
  // The client's port: with its address it names the connection, whichever gate saw it. 0: unknown.
  std::uint16_t client_port = 0;
};

// Remembers for ten minutes which steps (a recipient asked, a message whole, a login) one door has seen, so
// that the same step through another door is no second one: at the same connection, or of the same queue ID
// for a message. Bounded: the oldest are forgotten. Any thread.
class Sightings {
 public:
  explicit Sightings(std::size_t most = 200'000);
  ~Sightings();

  struct Seen {
    Action action = Action::kAccept;
    Reply reply = Reply::kNone;
  };

  // The answer of another door to this very step, if there was one; it is then used up. Else notes that
  // `sighting.door` saw the step (see answered()).
  [[nodiscard]] std::optional<Seen> claim(const Event& event, const Sighting& sighting, Timestamp now);
  // What was answered to a step that claim() had not seen.
  void answered(const Event& event, const Sighting& sighting, Seen seen);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace postreeve
