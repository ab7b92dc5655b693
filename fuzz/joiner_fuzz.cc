// A whole Postfix log, "service message" a line: the events must be in order, each with an
// account, and no text longer than promised. Digits before the service move the clock.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "intake/field_cursor.h"
#include "intake/grammars.h"
#include "intake/joiner.h"

namespace {

using namespace postreeve;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const Event& event) {
  require(!account_of(event).empty());
  if (const auto* submission = std::get_if<Submission>(&event)) {
    require(submission->recipient_count >= submission->recipients.size());
    require(submission->subject.size() <= kMaxTextBytes && submission->sender.size() <= kMaxTextBytes);
    require(!submission->queue_id.empty());
  }
  if (const auto* delivery = std::get_if<Delivery>(&event)) {
    require(delivery->response.size() <= kMaxTextBytes && delivery->recipient.size() <= kMaxTextBytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  JoinerOptions options;
  options.max_messages = 32;  // so that forgetting is exercised, too
  Timestamp latest{};
  Joiner joiner(options, [&](Event&& event) {
    check(event);
    require(time_of(event) >= latest);
    latest = time_of(event);
  });
  Timestamp now{std::chrono::hours{400'000}};
  FieldCursor input({reinterpret_cast<const char*>(data), size});
  while (!input.at_end()) {
    FieldCursor line(input.take_before('\n'));
    (void)input.take('\n');
    if (const auto wait = line.take_number()) now += std::chrono::seconds{*wait % 1000};
    const auto service = line.take_word();
    (void)line.take(' ');
    joiner.add(now, "mx", parse_postfix(service, line.rest()));
  }
  joiner.finish();
  return 0;
}
