#include "intake/joiner_queue.h"

#include <algorithm>
#include <utility>

namespace postreeve {

EventQueue::EventQueue(Duration patience, Sink sink, Abandoned abandoned)
    : patience_(patience), sink_(std::move(sink)), abandoned_(std::move(abandoned)), ring_(64) {}

void EventQueue::push(Event&& event, std::uint64_t needs) {
  if (first_ == next_) {
    leaving_ = line_;
    sink_(std::move(event));
    return;
  }
  Slot& slot = add();
  slot.event = std::move(event);
  slot.state = State::kReady;
  slot.needs = needs != 0 ? needs : line_.sequence;
}

std::uint64_t EventQueue::open(Submission&& submission, std::uint64_t key, bool has_content,
                               std::uint64_t needs) {
  Slot& slot = add();
  slot.since = submission.time;
  slot.event = std::move(submission);
  slot.key = key;
  slot.state = State::kOpen;
  slot.has_content = has_content;
  slot.needs = needs != 0 ? needs : line_.sequence;
  return next_ - 1;
}

Submission* EventQueue::find(std::uint64_t slot) {
  Slot* open = find_open(slot);
  return open == nullptr ? nullptr : &std::get<Submission>(open->event);
}

void EventQueue::mark_content(std::uint64_t slot) {
  if (Slot* open = find_open(slot)) open->has_content = true;
}

void EventQueue::close(std::uint64_t slot) {
  if (Slot* open = find_open(slot)) open->state = open->has_content ? State::kReady : State::kDropped;
}

void EventQueue::drop(std::uint64_t slot) {
  if (Slot* open = find_open(slot)) open->state = State::kDropped;
}

void EventQueue::finish() {
  for (; first_ != next_; ++first_) {
    Slot& slot = at(first_);
    if (slot.state != State::kDropped) hand_on(slot);
  }
}

EventQueue::Slot* EventQueue::find_open(std::uint64_t slot) {
  if (slot < first_ || slot >= next_ || at(slot).state != State::kOpen) return nullptr;
  return &at(slot);
}

EventQueue::Slot& EventQueue::add() {
  if (size() == ring_.size()) {
    std::vector<Slot> larger(ring_.size() * 2);
    for (auto slot = first_; slot != next_; ++slot) larger[slot & (larger.size() - 1)] = std::move(at(slot));
    ring_ = std::move(larger);
  }
  Slot& slot = at(next_++);
  slot.line = line_;
  return slot;
}

void EventQueue::release(Timestamp now) {
  while (first_ != next_) {
    Slot& slot = at(first_);
    const bool must_wait =
        slot.state == State::kOpen && now - slot.since < patience_ && size() <= kMostWaiting;
    if (must_wait) return;
    leave(slot);
    ++first_;
  }
}

void EventQueue::leave(Slot& slot) {
  if (slot.state == State::kDropped) return;
  if (slot.state == State::kOpen && !slot.has_content) {
    abandoned_(slot.key, std::move(std::get<Submission>(slot.event)));
    return;
  }
  hand_on(slot);
}

void EventQueue::hand_on(Slot& slot) {
  leaving_ = slot.line;
  sink_(std::move(slot.event));
}

std::optional<std::uint64_t> EventQueue::oldest_needed() const {
  std::optional<std::uint64_t> oldest;
  for (auto slot = first_; slot != next_; ++slot) {
    const auto needs = at(slot).needs;
    oldest = std::min(oldest.value_or(needs), needs);
  }
  return oldest;
}

}  // namespace postreeve
