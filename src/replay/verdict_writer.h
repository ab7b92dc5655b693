// Writes what was decided about each submission, and each incident that was opened, as JSON Lines
// (docs/replay.md), for programs that measure how good the decisions are.
//
// Buffered. The first error of writing is kept and ends the writing; close() tells it. Not thread-safe.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/result.h"
#include "base/time.h"
#include "engine/message.h"
#include "finding/incident.h"
#include "mail/event.h"

namespace postreeve {

class VerdictWriter {
 public:
  // Replaces the file; "-" is standard output. Fails with kUnavailable (no permission) or kInvalidInput.
  [[nodiscard]] static Result<VerdictWriter> open(const std::string& file);
  VerdictWriter(VerdictWriter&& other) noexcept;
  VerdictWriter& operator=(VerdictWriter&&) = delete;
  ~VerdictWriter();

  void write(const Submission& submission, const MessageOutcome& outcome);
  // An opened incident.
  void write(const AccountId& account, const StandingChange& change);

  // Writes what is buffered. Returns what went wrong since open(), if anything did.
  [[nodiscard]] std::optional<Error> close();

 private:
  explicit VerdictWriter(int descriptor) : descriptor_(descriptor) {}
  void end_line();
  void flush();
  std::string_view text_of(Timestamp time);

  int descriptor_ = -1;
  int error_ = 0;  // errno of the first failure
  fmt::memory_buffer buffer_;
  // Most submissions share their second with the one before.
  std::int64_t second_ = -1;
  std::string time_text_;
};

}  // namespace postreeve
