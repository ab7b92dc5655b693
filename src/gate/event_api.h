// POST /v1/events: programs tell what happened to accounts, in the trace format (docs/trace.md), as JSON
// Lines or one JSON array; docs/gates/events.md.
//
// 202 with what was taken; with ?wait=1 the events are judged one after the other, as now, and 200 gives each
// one's verdict: a webmail may ask before it sends. A bearer token says which kinds of events, of which
// domains' accounts. A batch is not all or nothing: what is wrong with an event is told by its line. A
// judgement is settled when the answer leaves; with ?wait=1, which asks, there are none.
//
// A batch with an Idempotency-Key counts once however often it is told (repeated_batches.h); without one,
// telling it twice counts twice.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "gate/event_batch.h"
#include "gate/event_scope.h"
#include "gate/repeated_batches.h"
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

// Settles what a person said: outcome of the incident, standing, what is done because of it. kConflict: it is
// judged so already. May wait for the ledger.
using SettleJudgement = std::function<Result<void>(const Judgement&)>;

// What the API needs of the guard.
struct EventGuard {
  std::function<Result<void>(Event)> note;  // an error of a judgement only
  std::function<void(Event, Guard::Done)> judge;
};
// Of the running guard, which must outlive it.
[[nodiscard]] EventGuard event_guard(Guard& guard, SettleJudgement settle);

// Any thread.
class EventApi {
 public:
  // What is referred to outlives it, and what `guard` and `answers` refer to the last answer that waits for
  // the ledger; `answers` may be null: then no key is taken (400).
  EventApi(EventGuard guard, EventTokens tokens, EventApiOptions options, AnswerBook* answers = nullptr,
           std::function<Timestamp()> clock = {});
  ~EventApi();  // waits for batches that are being read; before the HTTP server's context is destroyed
  EventApi(const EventApi&) = delete;
  EventApi& operator=(const EventApi&) = delete;

  // An HttpHandler of POST /v1/events. Batches are taken one after the other by a thread of their own, so
  // that a large one holds up no other gate.
  void answer(HttpRequest request, HttpReply reply);

 private:
  void serve(const HttpRequest& request, HttpReply& reply);
  void answer_batch(const HttpRequest& request, const EventScope& scope, HttpReply& reply);
  void begin(const HttpRequest& request, const EventScope& scope, HttpReply& reply);
  void take(const std::string& body, const EventScope& scope, HttpReply& reply);
  void judge(const std::string& body, const EventScope& scope, HttpReply& reply);

  std::shared_ptr<const EventGuard> guard_;
  EventTokens tokens_;
  EventApiOptions options_;
  EventReader reader_;
  std::optional<RepeatedBatches> repeated_;
  boost::asio::thread_pool slow_{2};
};

}  // namespace postreeve
