// Follows the logs of mail servers on a thread of its own and hands on what happens as events.
//
// For what no gate sees: results of deliveries, wrong passwords, servers that can only be watched. Events
// come as the joiner orders them (joiner.h); a submission waits for its recipients, by log time or, when no
// lines come, by the clock.
//
// Once and twice. stop() leaves nothing that is handed on twice or not at all. After a crash the events of
// the last second before it (FollowOptions::checkpoint_pause) are handed on again: the sink may drop what it
// has seen (account, queue ID, recipient, status and time are the same). Lines are read again from the oldest
// message that is still in the server's queue, so that its deliveries find their account; what they made
// before is not handed on again.
//
// Limits: a message that waited in the server's queue while more than FollowOptions::most_reread_bytes were
// logged has no account after a restart. At a first start from the end of a file neither have messages that
// were in the queue then.
#pragma once

#include <memory>

#include "base/result.h"
#include "intake/follow_run.h"

namespace postreeve {

class LogFollower {
 public:
  using Clock = std::function<Timestamp()>;

  // Begins at once. `sink` and `notice` are called on the follower's thread (until stop() returns, `notice`
  // also before start() does); a slow sink slows the reading and loses nothing. `clock` is called from both
  // threads. Fails as FollowRun::open().
  [[nodiscard]] static Result<std::unique_ptr<LogFollower>> start(const FollowOptions& options, Clock clock,
                                                                  FollowRun::Sink sink,
                                                                  FollowRun::Notice notice);
  ~LogFollower();  // stops
  LogFollower(const LogFollower&) = delete;
  LogFollower& operator=(const LogFollower&) = delete;

  // Ends the thread and writes the checkpoint. Any thread but the follower's; may be called again.
  void stop();

  // As of a fifth of a second ago at most, or of the last time something was done. Any thread.
  [[nodiscard]] FollowStatus status() const;

 private:
  struct Impl;
  explicit LogFollower(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace postreeve
