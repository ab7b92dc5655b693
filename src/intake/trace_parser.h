// One line of a trace to an event, without the memory that gives deliveries their account:
// the part of reading a trace that any thread can do.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "mail/event.h"

namespace postreeve {

struct TraceLine {
  enum class Kind : std::uint8_t {
    kEvent,         // `event` holds it; its account is empty when the line names none
    kNothing,       // right, and says nothing about an account
    kUnknownEvent,  // right, of a kind that this version does not know
    kBroken,        // `fault` says what is wrong
  };
  Kind kind = Kind::kNothing;
  Event event;
  std::string fault;  // "field 'time' is not RFC 3339"
};

// Not thread-safe: one for each thread.
class TraceParser {
 public:
  explicit TraceParser(std::string default_domain);
  ~TraceParser();
  TraceParser(TraceParser&&) noexcept;
  TraceParser& operator=(TraceParser&&) noexcept;

  // Requires that LineBlock::kPadding bytes behind `line` may be read. `parsed` is overwritten.
  void parse_padded(std::string_view line, TraceLine& parsed);

  void parse(std::string_view line, TraceLine& parsed);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace postreeve
