// Postfix's queue files and Exim's spool files, whole or cut off: the readers are total and bounded.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "queue_helper/bounce.h"
#include "queue_helper/exim_spool_file.h"
#include "queue_helper/postfix_queue_file.h"
#include "queue_helper/relay.h"

namespace {

using namespace postreeve;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const QueuedMessage& message, std::size_t size) {
  require(message.recipients.size() <= 5 && message.recipients.size() <= message.open_recipients);
  require(message.login.size() + message.sender.size() <= size);
  require(message.arrived >= 0 && message.created >= 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto message = read_postfix_envelope(input, true, 5)) check(*message, size);
  if (const auto message = read_postfix_envelope(input, false, 5)) check(*message, size);
  if (const auto content = read_postfix_content(input)) {
    require(content->size() <= size);
    require(originals_of_bounce(*content).size() <= kMostBounceOriginals);
  }
  if (const auto envelope = read_exim_envelope(input, 5)) {
    check(envelope->message, size);
    require(is_exim_message_id(envelope->message.queue_id) && envelope->header.size() <= size);
  }
  (void)read_relayed_request(input);
  return 0;
}
