// The events that the engine benchmarks feed, prepared so that only observe() is timed.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "bench/town.h"
#include "mail/event.h"

namespace postreeve::bench {

enum class Kind : std::uint8_t { kLogin, kRecipient, kNewRecipient, kMessage, kDelivery };
inline constexpr std::size_t kKinds = 5;
inline constexpr std::array<std::string_view, kKinds> kKindNames{"login", "recipient", "new_recipient",
                                                                 "message", "delivery"};

// What was measured of one kind of event.
struct Samples {
  std::vector<double> batch_ns;  // CPU time an event, the mean of each batch
  std::vector<double> event_ns;  // wall time of single events with the clock's own cost
  std::uint64_t events = 0;
  std::uint64_t allocations = 0;
  std::uint64_t accepted = 0;
};
using AllSamples = std::array<Samples, kKinds>;

struct RoundOptions {
  std::uint64_t accounts = 1000;  // of the town; a random few of them take part
  std::size_t most_taking_part = 32'768;
  bool one_account = false;               // all events are of one account
  Duration round{std::chrono::hours{2}};  // event time
};

// A round: everybody logs in, then asks for a recipient, then sends, then is told of the
// delivery; in every 25th message to somebody never written to. With many accounts each finds
// its record cold, as after a while without mail.
class Rounds {
 public:
  Rounds(Town& town, const RoundOptions& options);

  void run(AllSamples& samples, bool single_events);
  // CPU nanoseconds of what was timed in the last round.
  [[nodiscard]] double last_round_ns() const { return last_round_ns_; }

 private:
  static constexpr std::size_t kBatch = 64;
  using Person = std::array<Event, kKinds>;
  using Batch = std::array<Event, kBatch>;

  // Makes the event in `fresh` that the person causes now: in hot memory, as a gate has just read it.
  void prepare(const Person& person, std::size_t index, Kind kind, Event& fresh);
  void run_batch(std::span<const Event> events, Samples& samples);
  void time_events(std::span<const Event> events, Samples& samples);

  Engine& engine_;
  RoundOptions options_;
  std::vector<Person> people_;
  std::array<Batch, kKinds> batches_;
  Timestamp now_;
  std::uint64_t round_ = 0;
  double last_round_ns_ = 0;
  Observation observation_;
};

// Lets one account grow into a relay that sends a message a second, day by day.
void grow_relay(Town& town);

}  // namespace postreeve::bench
