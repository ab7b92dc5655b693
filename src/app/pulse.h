// Whether the threads that answer mail servers still answer.
//
// Limits: where one of several threads hangs, the others answer for it.
#pragma once

#include <atomic>
#include <memory>

#include <boost/asio/io_context.hpp>

namespace postreeve {

class Pulse {
 public:
  explicit Pulse(boost::asio::io_context& context);

  // Returns whether a thread of the context has answered what was asked the time before, and asks anew; false
  // at first, when nothing was asked. Never waits. One thread.
  [[nodiscard]] bool beats();

 private:
  boost::asio::io_context& context_;
  bool was_asked_ = false;
  std::shared_ptr<std::atomic<bool>> is_open_;  // a question that nobody has answered
};

}  // namespace postreeve
