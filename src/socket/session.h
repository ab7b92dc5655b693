// One connection of a protocol of requests and replies: reads, hands whole requests on one after the other,
// writes their replies in order.
//
// Bounded by construction: one request is answered at a time, what a client sends meanwhile waits in the
// system's buffers, a request larger than allowed closes the connection, and so does silence or a request
// that comes by drops. A client that shuts down its side after asking still gets its replies. An idle
// connection holds no buffer.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/result.h"
#include "socket/listener.h"

namespace postreeve {

// What a protocol does with a connection. One object a connection; its calls never run side by side. An
// exception closes the connection.
class Conversation {
 public:
  // Takes the reply; called once a request, inline or later from any thread. Empty: nothing is written.
  // Destroyed without having been called, it closes the connection. It keeps the connection alive, so it must
  // not outlive the io_context.
  using Reply = std::move_only_function<void(std::string_view reply)>;

  Conversation() = default;
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  virtual ~Conversation() = default;

  // How many bytes at the front of `input` (never empty) make one whole request; 0: more are needed, and it
  // is called again with the same bytes and some more. An error closes the connection.
  [[nodiscard]] virtual Result<std::size_t> request_size(std::string_view input) = 0;
  // Answers one request, whose bytes live until the call returns.
  virtual void answer(std::string_view request, Reply reply) = 0;
  // Asked after each reply: whether to close once it is written.
  [[nodiscard]] virtual bool is_over() const { return false; }
};

struct SessionLimits {
  std::size_t request_bytes = 256UL * 1024;
  std::chrono::seconds idle{300};    // without a whole request; may take a quarter longer
  std::chrono::seconds request{30};  // from a request's first byte to its last
  std::chrono::seconds write{30};    // until the client takes a reply
  // Of all requests that are not whole yet, small ones not counted: who wants more is closed.
  std::size_t inputs_bytes = 64UL * 1024 * 1024;
};

// The open sessions of a gate, so that it can end them. Any thread.
class SessionSet {
 public:
  SessionSet() : state_(std::make_shared<State>()) {}
  ~SessionSet() { stop(); }
  SessionSet(const SessionSet&) = delete;
  SessionSet& operator=(const SessionSet&) = delete;

  // Talks until the client, the conversation, a limit or stop() ends it.
  void begin(StreamSocket socket, ConnectionSlot slot, std::unique_ptr<Conversation> conversation,
             const SessionLimits& limits);
  // What clients have asked by now is answered, then the sessions close; further ones are closed at once.
  void stop();
  [[nodiscard]] std::size_t size() const;

 private:
  class Session;
  struct State {
    std::mutex mutex;
    std::unordered_set<Session*> sessions;
    bool stopped = false;
    std::atomic<std::size_t> input_bytes{0};
  };

  std::shared_ptr<State> state_;
};

}  // namespace postreeve
