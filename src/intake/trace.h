// The trace: JSON Lines of events, our own replay format (docs/trace.md).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "mail/event.h"

namespace postreeve {

// Reads one line of a trace after the other. A delivery, scan or complaint that names only a
// queue_id gets the account of the submission that had it (bounded memory, latest wins).
//
// read() returns an event, or kInvalidInput with what is wrong ("field 'time' is not RFC 3339",
// not JSON, half a line), or kNotFound for a line that is right and says nothing for us: a
// delivery, scan or complaint of a message that no account sent, an event this version does not know.
// Unknown fields are ignored, every field after `account` may be missing; a submission without
// recipients has none. Never throws on content. Not thread-safe.
class TraceReader {
 public:
  explicit TraceReader(std::string default_domain);
  ~TraceReader();
  TraceReader(TraceReader&&) noexcept;
  TraceReader& operator=(TraceReader&&) noexcept;

  // `line` without its line break.
  [[nodiscard]] Result<Event> read(std::string_view line);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Returns the event as one line of a trace, without a line break. Reading it back gives the same event.
[[nodiscard]] std::string write_trace_line(const Event& event);

}  // namespace postreeve
