// Bodies of the event API: every piece is taken, ignored or refused, and lies within the body.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gate/event_batch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto texts = postreeve::split_events(body, 100);
  if (!texts) return 0;
  for (const postreeve::EventText& one : *texts) {
    if (one.text.empty()) continue;
    if (one.text.data() < body.data() || one.text.data() + one.text.size() > body.data() + size) std::abort();
  }
  postreeve::EventReader reader("x.example");
  const auto batch = reader.read(*texts, {"fuzz", {"*"}, {}});
  if (batch.taken.size() + batch.ignored + batch.refused.size() != texts->size()) std::abort();
  for (const auto& taken : batch.taken) {
    if (postreeve::account_of(taken.event).empty()) std::abort();
  }
  return 0;
}
