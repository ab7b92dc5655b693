// One step seen through several doors counts once.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "finding/verdict.h"
#include "mail/event.h"

namespace postreeve {

// Through which side of Postreeve an event came in.
enum class Door : std::uint8_t { kPostfixPolicy, kMilter, kAuthPolicy, kEventApi, kLog, kControl };
[[nodiscard]] std::string_view to_text(Door door) noexcept;  // "postfix_policy"

// Remembers for ten minutes how often each door saw a step: a recipient asked, a message, a login. A door
// that sees one which another saw more often sees nothing new, however many doors there are. What an account,
// sender and recipient (of a message its queue ID) have in common makes it the same step.
//
// Bounded: a fixed table, in which the oldest give way. Any thread.
class Sightings {
 public:
  // `most` steps are remembered, at 24 bytes each; rounded up to a power of two.
  explicit Sightings(std::size_t most = std::size_t{1} << 17);

  struct Seen {
    Action action = Action::kAccept;
    Reply reply = Reply::kNone;
    Door by{};  // who asked first
  };

  // The key of an event's step; 0 for events that have none.
  [[nodiscard]] static std::uint64_t key_of(const Event& event) noexcept;

  // What was answered through another door; this door has then seen it as well.
  [[nodiscard]] std::optional<Seen> take(std::uint64_t key, Door door, Timestamp now);
  // `time`: when it happened. What is told late is remembered for what is left of the ten minutes.
  void add(std::uint64_t key, Door door, Seen seen, Timestamp time);

  // What is remembered at `now`, for the same program's next start on this machine: a log tells of mail that
  // a gate saw just before a stop when it is over. Nobody adds meanwhile.
  [[nodiscard]] std::string saved(Timestamp now) const;
  // Takes it over. False: these are not the bytes of saved(), or of another version's; nothing is taken over.
  bool restore(std::string_view bytes);

 private:
  static constexpr std::size_t kShards = 64;
  static constexpr std::size_t kWays = 4;
  static constexpr std::size_t kDoors = 6;

  struct Entry {
    std::uint64_t key = 0;
    std::uint32_t time = 0;                      // seconds
    std::array<std::uint8_t, kDoors> seen_by{};  // how often
    Seen seen;
  };

  // The key's place in its set, `set + kWays` when it is not there or too old.
  [[nodiscard]] static Entry* find(Entry* set, std::uint64_t key, Timestamp now) noexcept;
  [[nodiscard]] Entry* set_of(std::uint64_t key) noexcept;

  std::array<std::mutex, kShards> mutexes_;
  std::vector<Entry> entries_;
};

}  // namespace postreeve
