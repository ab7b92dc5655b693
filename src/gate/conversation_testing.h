// Asking a conversation without a socket, and a guard that people give orders to: for tests only.
#pragma once

#include <future>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "guard/guard_testing.h"
#include "socket/session.h"

namespace postreeve {

// What a conversation replies to one whole request, whoever calls the reply.
inline std::string ask(Conversation& conversation, std::string_view request) {
  const Result<std::size_t> size = conversation.request_size(request);
  EXPECT_TRUE(size && *size == request.size()) << request;
  std::promise<std::string> promise;
  std::future<std::string> reply = promise.get_future();
  conversation.answer(request, [&promise](std::string_view text) { promise.set_value(std::string(text)); });
  return reply.get();
}

inline void order(Guard& guard, std::string_view login, Level level) {
  const auto change = guard.order(account_named(login), level, "tester", "a test");
  ASSERT_TRUE(change) << change.error().detail;
}

}  // namespace postreeve
