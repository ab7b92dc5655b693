// An act of a life as the events that gates and logs would make of it.
#pragma once

#include <cstdint>

#include "bench/lives.h"
#include "mail/event.h"

namespace postreeve::bench {

// A mailbox opened.
[[nodiscard]] Login login_of(const Life& life, const Act& act);
// A message with its recipients; `message` tells it from the account's others.
[[nodiscard]] Submission submission_of(const Life& life, const Act& act, std::uint64_t message);
// What the first recipient's server said, two seconds later.
[[nodiscard]] Delivery delivery_of(const Act& act, const Submission& submission);

}  // namespace postreeve::bench
