// What a running server does by the clock, every second.
//
// What may take longer has threads of its own: retention, putting the ledger's standings into records once
// more, and writing what books have collected while the ledger's server was away. The thread that calls
// tend() also sees signals and feeds systemd's watchdog.
#pragma once

#include <functional>

#include <spdlog/logger.h>
#include <boost/asio/io_context.hpp>

#include "app/errand.h"
#include "app/pulse.h"
#include "app/responder.h"
#include "app/state.h"
#include "base/result.h"
#include "guard/guard.h"
#include "store/ledger/retention.h"

namespace postreeve {

class Housekeeping {
 public:
  // All outlive it.
  struct Parts {
    boost::asio::io_context& context;  // whose threads answer mail servers
    State& state;
    Guard& guard;
    Responder& responder;
    spdlog::logger& logger;
    RetentionSettings retention;
    std::function<Result<void>()> refresh_rules;  // lists have entries that expire
  };

  explicit Housekeeping(Parts parts);

  // Call every second, from one thread; `turn` counts from 1. Feeds the watchdog when the context's threads
  // have answered since the turn before: its own time is the patience with a busy machine.
  void tend(unsigned turn);
  // Ends what takes long; call before state and guard are closed.
  void finish();

 private:
  void refresh_rules();
  void restore(const std::stop_token& stop);
  void retain(const std::stop_token& stop);
  void tell_of_the_disk();

  Parts parts_;
  Pulse pulse_;
  unsigned retention_due_;  // the turn
  bool told_of_full_disk_ = false;
  Timestamp quiet_until_{};  // about lists that cannot be read
  // Does not end early: what is left would be written at the end of the server all the same.
  Errand flushing_;
  Errand restoring_;
  Errand retaining_;
};

}  // namespace postreeve
