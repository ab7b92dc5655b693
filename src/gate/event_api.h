// POST /v1/events: programs tell what happened to accounts, in the trace format (docs/trace.md), as JSON
// Lines or one JSON array; docs/gates/events.md.
//
// 202 with what was taken; with ?wait=1 the events are judged one after the other, as now, and 200 gives each
// one's verdict: a webmail may ask before it sends. A bearer token says which kinds of events, of which
// domains' accounts. A batch is not all or nothing: what is wrong with an event is told by its line.
//
// Limits: telling a batch twice counts twice, so a client repeats only what was not answered.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "gate/event_batch.h"
#include "gate/event_scope.h"
#include "guard/guard.h"
#include "http/response.h"

namespace postreeve {

struct EventApiOptions {
  std::string default_domain;        // of bare logins
  std::size_t most_events = 10'000;  // in one request; beyond: 413
  // With ?wait=1: events, and recipients of all of them.
  std::size_t most_waiting = 100;
  std::size_t most_waiting_recipients = 1'000;
};

// What the API needs of the guard.
struct EventGuard {
  std::function<void(Event)> note;
  std::function<void(Event, Guard::Done)> judge;
};
[[nodiscard]] EventGuard event_guard(Guard& guard);  // which must outlive it

// Any thread.
class EventApi {
 public:
  EventApi(EventGuard guard, EventTokens tokens, EventApiOptions options);
  ~EventApi();  // waits for batches under way; before the HTTP server's context is destroyed
  EventApi(const EventApi&) = delete;
  EventApi& operator=(const EventApi&) = delete;

  // An HttpHandler of POST /v1/events. Batches are taken one after the other by a thread of their own, so
  // that a large one holds up no other gate.
  void answer(HttpRequest request, HttpReply reply);

 private:
  void serve(const HttpRequest& request, HttpReply& reply);
  void take(const std::string& body, const EventScope& scope, HttpReply& reply);
  void judge(const std::string& body, const EventScope& scope, HttpReply& reply);

  EventGuard guard_;
  EventTokens tokens_;
  EventApiOptions options_;
  EventReader reader_;
  boost::asio::thread_pool slow_{2};
};

}  // namespace postreeve
