#include "socket/session.h"

#include <algorithm>
#include <array>
#include <exception>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>

namespace postreeve {

namespace asio = boost::asio;
using Failure = boost::system::error_code;

namespace {

constexpr std::size_t kChunk = 16UL * 1024;
// Replies to pipelined requests are written when they are this much.
constexpr std::size_t kMostReplies = 16UL * 1024;
// An idle connection keeps no buffer larger than this.
constexpr std::size_t kKeptBuffer = 512;
// A client that goes on asking does not keep a server from stopping.
constexpr int kMostLastReads = 64;
// So much of a request that is not whole costs nothing of what all may have: a thousand slow clients with
// large requests must not shut out the small ones of mail servers.
constexpr std::size_t kFreeInput = 4UL * 1024;
// The timer looks this often within the idle limit, instead of being set anew for every request.
constexpr int kLooks = 4;

}  // namespace

// All members but begin() and stop() run in the socket's strand.
class SessionSet::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(StreamSocket socket, ConnectionSlot slot, std::unique_ptr<Conversation> conversation,
          const SessionLimits& limits, std::shared_ptr<State> set)
      : slot_(std::move(slot)),
        socket_(std::move(socket)),
        timer_(socket_.get_executor()),
        conversation_(std::move(conversation)),
        limits_(limits),
        set_(std::move(set)) {}

  ~Session() {
    set_->input_bytes -= counted_input_;
    const std::lock_guard lock(set_->mutex);
    set_->sessions.erase(this);
  }

  void begin() {
    asio::dispatch(socket_.get_executor(), [self = shared_from_this()] {
      self->look_now_and_then();
      self->go_on();
    });
  }

  void stop() {
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->finish(); });
  }

 private:
  using Strand = asio::strand<asio::io_context::executor_type>;

  // What answers one request. Destroyed without having been called, it closes the session: nobody would
  // ever answer.
  class Answerer {
   public:
    explicit Answerer(std::shared_ptr<Session> session) : session_(std::move(session)) {}
    Answerer(Answerer&&) noexcept = default;
    Answerer& operator=(Answerer&&) = delete;
    ~Answerer() {
      if (!session_) return;
      const StreamSocket::executor_type executor = session_->socket_.get_executor();
      asio::post(executor, [session = std::move(session_)] { session->close(); });
    }
    void operator()(std::string_view reply) {
      if (const auto session = std::move(session_)) session->reply(reply);
    }

   private:
    std::shared_ptr<Session> session_;
  };

  // Answers what was read, writes what was answered, then reads.
  void go_on() {
    while (!is_closed_ && !is_writing_) {
      input_.erase(0, answer_whole_requests(input_));
      if (!replies_.empty()) {
        write();
      } else if (is_answering_) {
        return;
      } else if (is_over_ || reads_no_more_) {
        close();
      } else if (is_finishing_) {
        reads_no_more_ = read_what_is_there() == 0 || ++last_reads_ == kMostLastReads;
      } else {
        wait_for_input();
        return;
      }
    }
  }

  // Returns how many bytes at the front are answered, or being answered.
  std::size_t answer_whole_requests(std::string_view input) {
    std::size_t taken = 0;
    while (!is_answering_ && !is_over_ && taken < input.size() && replies_.size() < kMostReplies) {
      const std::size_t size = size_of_request(input.substr(taken));
      if (size == 0) break;
      silent_looks_ = 0;
      is_half_ = false;
      ask(input.substr(taken, size));
      taken += size;
    }
    return taken;
  }

  // 0: not whole, or no request at all.
  std::size_t size_of_request(std::string_view input) {
    try {
      const Result<std::size_t> size = conversation_->request_size(input);
      const std::size_t least = size && *size != 0 ? *size : input.size();
      if (size && *size <= input.size() && least <= limits_.request_bytes) return *size;
    } catch (const std::exception&) {
      is_over_ = true;  // a bug of the conversation ends this connection only
      return 0;
    }
    is_over_ = true;
    return 0;
  }

  void ask(std::string_view request) {
    is_answering_ = true;
    is_inside_ask_ = true;
    try {
      conversation_->answer(request, Answerer(shared_from_this()));
    } catch (const std::exception&) {
      is_over_ = true;  // the answerer closes
    }
    is_inside_ask_ = false;
  }

  // Any thread.
  void reply(std::string_view text) {
    const auto* strand = socket_.get_executor().target<Strand>();
    // In this order: only the strand may look at is_inside_ask_.
    if (strand != nullptr && strand->running_in_this_thread() && is_inside_ask_) {
      take(text);
      return;
    }
    asio::post(socket_.get_executor(), [self = shared_from_this(), copy = std::string(text)] {
      self->take(copy);
      self->go_on();
    });
  }

  void take(std::string_view text) {
    is_answering_ = false;
    replies_.append(text);
    if (conversation_->is_over()) is_over_ = true;
  }

  void wait_for_input() {
    if (input_.empty() && input_.capacity() > kKeptBuffer) std::string().swap(input_);
    if (replies_.capacity() > kKeptBuffer) std::string().swap(replies_);
    if (!count_input()) {
      close();
      return;
    }
    hurry();
    is_waiting_ = true;
    // Waits without a buffer, or a thousand idle connections would hold a thousand of them.
    socket_.async_wait(StreamSocket::wait_read, [self = shared_from_this()](const Failure& failure) {
      self->is_waiting_ = false;
      if (failure) {
        self->close();
        return;
      }
      self->read_what_is_there();
      self->go_on();
    });
  }

  // False when all half requests together are too much.
  bool count_input() {
    const std::size_t size = input_.capacity() > kFreeInput ? input_.capacity() : 0;
    if (size == counted_input_) return true;
    const std::size_t more = size - counted_input_;  // may wrap around, and so does the sum
    counted_input_ = size;
    return (set_->input_bytes += more) <= limits_.inputs_bytes;
  }

  // Half a request must become a whole one soon.
  void hurry() {
    if (input_.empty()) {
      if (std::exchange(is_hurrying_, false)) look_now_and_then();
      return;
    }
    if (std::exchange(is_half_, true)) return;
    is_hurrying_ = true;
    timer_.expires_after(std::min(limits_.request, limits_.idle));
    timer_.async_wait([weak = weak_from_this()](const Failure& failure) {
      const auto self = weak.lock();
      if (self && !failure && self->is_half_ && !self->is_writing_) self->close();
    });
  }

  // How many bytes came.
  std::size_t read_what_is_there() {
    if (is_closed_ || reads_no_more_) return 0;
    std::array<char, kChunk> chunk;
    Failure failure;
    const std::size_t size = socket_.read_some(asio::buffer(chunk), failure);
    if (failure && failure != asio::error::would_block) reads_no_more_ = true;
    std::string_view fresh(chunk.data(), size);
    // Mostly one whole request: answered where it lies.
    if (input_.empty()) fresh.remove_prefix(answer_whole_requests(fresh));
    input_.append(fresh);
    return size;
  }

  void write() {
    Failure failure;
    const std::size_t size = socket_.write_some(asio::buffer(replies_), failure);
    if (failure && failure != asio::error::would_block) {
      close();
    } else if (size == replies_.size()) {
      replies_.clear();
    } else {
      replies_.erase(0, size);
      write_when_there_is_room();
    }
  }

  void write_when_there_is_room() {
    is_writing_ = true;
    std::swap(writing_, replies_);
    timer_.expires_after(limits_.write);
    timer_.async_wait([weak = weak_from_this()](const Failure& failure) {
      const auto self = weak.lock();
      if (self && !failure && self->is_writing_) self->close();
    });
    asio::async_write(socket_, asio::buffer(writing_),
                      [self = shared_from_this()](const Failure& failure, std::size_t) {
                        self->is_writing_ = false;
                        std::string().swap(self->writing_);
                        if (failure) {
                          self->close();
                          return;
                        }
                        self->is_half_ = self->is_hurrying_ = false;
                        self->look_now_and_then();
                        self->go_on();
                      });
  }

  void look_now_and_then() {
    if (is_closed_) return;
    silent_looks_ = 0;
    look_again();
  }

  void look_again() {
    timer_.expires_after(std::chrono::milliseconds(limits_.idle) / kLooks);
    timer_.async_wait([weak = weak_from_this()](const Failure& failure) {
      const auto self = weak.lock();
      if (!self || failure || self->is_closed_ || self->is_writing_ || self->is_hurrying_) return;
      if (self->is_waiting_ && ++self->silent_looks_ > kLooks) {
        self->close();
      } else {
        self->look_again();
      }
    });
  }

  // What was asked already is answered, also what lies in the system's buffer.
  void finish() {
    is_waiting_ = false;
    is_finishing_ = true;
    go_on();
  }

  void close() {
    if (std::exchange(is_closed_, true)) return;
    Failure ignored;
    timer_.cancel();
    // What is left unread would reset the connection, and the client might lose a reply by that.
    std::array<char, kChunk> rest;
    if (is_over_) socket_.read_some(asio::buffer(rest), ignored);
    socket_.shutdown(StreamSocket::shutdown_both, ignored);
    socket_.close(ignored);
  }

  ConnectionSlot slot_;
  StreamSocket socket_;
  asio::steady_timer timer_;
  std::unique_ptr<Conversation> conversation_;
  SessionLimits limits_;
  std::shared_ptr<State> set_;
  std::string input_;    // begins with a request that is not whole, or not yet asked
  std::string replies_;  // not yet written
  std::string writing_;
  std::size_t counted_input_ = 0;
  int silent_looks_ = 0;
  bool is_half_ = false;      // waits for the rest of a request, and not for long
  bool is_hurrying_ = false;  // the timer is set for that
  int last_reads_ = 0;
  bool is_finishing_ = false;  // the set stops
  bool is_waiting_ = false;    // for input
  bool is_answering_ = false;  // a request was asked and is not answered
  bool is_inside_ask_ = false;
  bool is_writing_ = false;     // waiting for room
  bool reads_no_more_ = false;  // the client's side is shut down, or the set stops and nothing more is there
  bool is_over_ = false;        // no further request is answered
  bool is_closed_ = false;
};

void SessionSet::begin(StreamSocket socket, ConnectionSlot slot, std::unique_ptr<Conversation> conversation,
                       const SessionLimits& limits) {
  Failure failure;
  socket.non_blocking(true, failure);
  // Replies to pipelined requests do not wait for each other's acknowledgement. Not for Unix sockets.
  socket.set_option(asio::ip::tcp::no_delay(true), failure);
  const auto session =
      std::make_shared<Session>(std::move(socket), std::move(slot), std::move(conversation), limits, state_);
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopped) return;
    state_->sessions.insert(session.get());
  }
  session->begin();
}

void SessionSet::stop() {
  std::vector<std::shared_ptr<Session>> open;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopped = true;
    for (Session* session : state_->sessions) {
      if (auto alive = session->weak_from_this().lock()) open.push_back(std::move(alive));
    }
  }
  for (const auto& session : open) session->stop();
}

std::size_t SessionSet::size() const {
  const std::lock_guard lock(state_->mutex);
  return state_->sessions.size();
}

}  // namespace postreeve
