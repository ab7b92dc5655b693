// The queue in which events wait for the submissions before them to be complete.
//
// First in, first out. A submission may enter before its recipients are known; nothing
// behind it leaves until it is complete, has waited too long, or too much waits.
// Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/time.h"
#include "intake/line_mark.h"
#include "mail/event.h"

namespace postreeve {

class EventQueue {
 public:
  using Sink = std::function<void(Event&&)>;
  // Receives a submission of which nothing but the envelope was seen, and the `key` it was opened with.
  using Abandoned = std::function<void(std::uint64_t key, Submission&&)>;

  EventQueue(Duration patience, Sink sink, Abandoned abandoned);

  // The line that whatever enters from now on comes from.
  void set_line(const LineMark& line) { line_ = line; }

  // `needs`: the sequence of the earliest line without which the event could not be made again; 0: its own.
  void push(Event&& event, std::uint64_t needs = 0);

  // Adds an incomplete submission and returns its slot.
  std::uint64_t open(Submission&& submission, std::uint64_t key, bool has_content, std::uint64_t needs = 0);
  // The submission while it is incomplete and here, else nullptr; valid until the next call.
  [[nodiscard]] Submission* find(std::uint64_t slot);
  // Its content arrived: it is a message, and will leave as an event.
  void mark_content(std::uint64_t slot);
  // It is complete. Without content it was no message and is dropped.
  void close(std::uint64_t slot);
  void drop(std::uint64_t slot);

  // Hands on what need not wait at `now`.
  void advance(Timestamp now) {
    if (first_ != next_) release(now);
  }
  // Hands on everything.
  void finish();

  // During a call of the sink: the line that its event entered with.
  [[nodiscard]] const LineMark& line_of_event() const noexcept { return leaving_; }
  // The earliest line that events here need; nullopt when it is empty. Looks at all of them.
  [[nodiscard]] std::optional<std::uint64_t> oldest_needed() const;

  [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(next_ - first_); }

  static constexpr std::size_t kMostWaiting = 1'000'000;

 private:
  enum class State : std::uint8_t { kReady, kOpen, kDropped };
  struct Slot {
    Event event;
    Timestamp since{};
    std::uint64_t key = 0;
    LineMark line;
    std::uint64_t needs = 0;
    State state = State::kReady;
    bool has_content = false;
  };

  [[nodiscard]] Slot& at(std::uint64_t slot) { return ring_[slot & (ring_.size() - 1)]; }
  [[nodiscard]] const Slot& at(std::uint64_t slot) const { return ring_[slot & (ring_.size() - 1)]; }
  [[nodiscard]] Slot* find_open(std::uint64_t slot);
  Slot& add();
  void release(Timestamp now);
  void leave(Slot& slot);
  void hand_on(Slot& slot);

  Duration patience_;
  Sink sink_;
  Abandoned abandoned_;
  LineMark line_;
  LineMark leaving_;
  std::vector<Slot> ring_;   // a power of two
  std::uint64_t first_ = 0;  // slots are numbered for ever; [first_, next_) are here
  std::uint64_t next_ = 0;
};

}  // namespace postreeve
