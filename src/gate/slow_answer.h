// Answers of a gate that may wait for the disk: on a thread of their own, so that they hold up no other gate.
#pragma once

#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

namespace postreeve {

// What `answer` throws would end the process. It drops the reply that `answer` holds, and HTTP answers 500.
template <typename Answer>
void answer_slowly(boost::asio::thread_pool& pool, Answer answer) {
  boost::asio::post(pool, [answer = std::move(answer)]() mutable {
    try {
      answer();
    } catch (...) {  // NOLINT(bugprone-empty-catch): a fault of ours, told by the 500
    }
  });
}

}  // namespace postreeve
