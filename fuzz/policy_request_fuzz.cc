// Postfix policy requests over any bytes: found the same however they arrive, read as views into them, and
// made an event whose texts are bounded.
#include <cstdint>
#include <cstdlib>

#include "gate/policy_request.h"
#include "gate/policy_words.h"

namespace {

using namespace postreeve;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_pieces(std::string_view input, std::size_t whole) {
  std::size_t searched = 0;
  for (std::size_t have = 1; have <= input.size(); have += 1 + have / 4) {
    const std::size_t size = policy_request_size(input.substr(0, have), searched);
    require(size == 0 || size == whole);
    if (size != 0) return;
    searched = have;
  }
}

void check_request(std::string_view bytes) {
  const Result<PolicyRequest> request = parse_policy_request(bytes);
  if (!request) return;
  for (const std::string_view value : {request->sender, request->recipient, request->policy_context}) {
    require(value.empty() ||
            (value.data() > bytes.data() && value.data() + value.size() < bytes.data() + bytes.size()));
    require(!value.contains('\n'));
  }
  const std::optional<Event> event = event_of(*request, "x.example");
  if (!event) return;
  require(!account_of(*event).empty());
  if (const auto* asked = std::get_if<Recipient>(&*event)) require(asked->recipient.size() <= kMaxTextBytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t whole = policy_request_size(input);
  require(whole <= input.size());
  if (input.size() < 4096) check_pieces(input, whole);
  check_request(input.substr(0, whole));
  return 0;
}
