#include "socket/session.h"

#include <vector>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>

namespace postreeve {

namespace asio = boost::asio;
using Failure = boost::system::error_code;

class SessionSet::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(StreamSocket socket, ConnectionSlot slot, std::unique_ptr<Conversation> conversation,
          const SessionLimits& limits, std::shared_ptr<State> set)
      : socket_(std::move(socket)),
        timer_(socket_.get_executor()),
        slot_(std::move(slot)),
        conversation_(std::move(conversation)),
        limits_(limits),
        set_(std::move(set)) {}

  ~Session() {
    const std::lock_guard lock(set_->mutex);
    set_->sessions.erase(this);
  }

  void begin() {
    asio::dispatch(socket_.get_executor(), [self = shared_from_this()] { self->go_on(); });
  }

  void stop() {
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      self->is_ending_ = true;
      if (!self->is_answering_ && self->writing_.empty()) self->close();
    });
  }

 private:
  // Answers whole requests that were read until one has to be waited for; then writes, then reads.
  void go_on() {
    while (!is_answering_ && answer_next()) {
    }
    if (is_answering_) return;
    if (!replies_.empty()) {
      write();
    } else if (is_ending_ || is_at_end_) {
      close();
    } else {
      read();
    }
  }

  bool answer_next() {
    constexpr std::size_t kMostReplies = 64UL * 1024;
    const std::string_view input = std::string_view(input_).substr(taken_);
    if (input.empty() || is_ending_ || replies_.size() > kMostReplies) return false;
    const Result<std::size_t> size = conversation_->request_size(input);
    if (!size || *size > limits_.request_bytes || (*size == 0 && input.size() >= limits_.request_bytes)) {
      is_ending_ = true;
      return false;
    }
    if (*size == 0) return false;
    taken_ += *size;
    ask(input.substr(0, *size));
    return true;
  }

  void ask(std::string_view request) {
    is_answering_ = true;
    is_inside_ask_ = true;
    conversation_->answer(request, [self = shared_from_this()](std::string_view reply) {
      if (self->is_inside_ask_ && self->socket_.get_executor().target<Strand>()->running_in_this_thread()) {
        self->take(reply);
        return;
      }
      asio::post(self->socket_.get_executor(), [self, text = std::string(reply)] {
        self->take(text);
        self->go_on();
      });
    });
    is_inside_ask_ = false;
  }

  void take(std::string_view reply) {
    is_answering_ = false;
    replies_.append(reply);
    if (conversation_->is_over()) is_ending_ = true;
  }

  void read() {
    input_.erase(0, taken_);
    taken_ = 0;
    start_timer(limits_.idle);
    // Waits without a buffer, or a thousand idle connections would hold a thousand of them.
    socket_.async_wait(StreamSocket::wait_read, [self = shared_from_this()](const Failure& failure) {
      self->timer_.cancel();
      if (failure) {
        self->close();
        return;
      }
      self->read_what_is_there();
    });
  }

  void read_what_is_there() {
    constexpr std::size_t kChunk = 16UL * 1024;
    const std::size_t before = input_.size();
    input_.resize(before + kChunk);
    Failure failure;
    const std::size_t size = socket_.read_some(asio::buffer(input_.data() + before, kChunk), failure);
    input_.resize(before + size);
    if (failure && failure != asio::error::would_block) is_at_end_ = true;
    go_on();
  }

  void write() {
    std::swap(writing_, replies_);
    start_timer(limits_.write);
    asio::async_write(socket_, asio::buffer(writing_),
                      [self = shared_from_this()](const Failure& failure, std::size_t) {
                        self->timer_.cancel();
                        self->writing_.clear();
                        if (failure) {
                          self->close();
                          return;
                        }
                        self->go_on();
                      });
  }

  void start_timer(std::chrono::seconds time) {
    timer_.expires_after(time);
    timer_.async_wait([self = weak_from_this()](const Failure& failure) {
      const auto session = self.lock();
      if (session && !failure) session->close();
    });
  }

  void close() {
    Failure ignored;
    timer_.cancel();
    socket_.shutdown(StreamSocket::shutdown_both, ignored);
    socket_.close(ignored);
  }

  using Strand = asio::strand<asio::io_context::executor_type>;

  StreamSocket socket_;
  asio::steady_timer timer_;
  ConnectionSlot slot_;
  std::unique_ptr<Conversation> conversation_;
  SessionLimits limits_;
  std::shared_ptr<State> set_;
  std::string input_;
  std::size_t taken_ = 0;  // of the input
  std::string replies_;
  std::string writing_;
  bool is_answering_ = false;
  bool is_inside_ask_ = false;
  bool is_ending_ = false;
  bool is_at_end_ = false;
};

void SessionSet::begin(StreamSocket socket, ConnectionSlot slot, std::unique_ptr<Conversation> conversation,
                       const SessionLimits& limits) {
  Failure failure;
  socket.non_blocking(true, failure);
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
