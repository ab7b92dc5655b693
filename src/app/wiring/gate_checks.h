// Whether our own gates answer, asked as the mail servers ask them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "app/wiring/check.h"
#include "app/wiring/wiring_settings.h"
#include "base/result.h"

namespace postreeve {

// Connects, sends the question, and returns what was answered until `enough` stands in it, the other side
// closes, or the time is over (kUnavailable, in the system's words). An empty question: only connects.
[[nodiscard]] Result<std::string> ask(const std::string& listen, std::string_view question,
                                      std::string_view enough,
                                      std::chrono::milliseconds most = std::chrono::seconds{3});

[[nodiscard]] Checks check_gates(const WiringSettings& ours);

}  // namespace postreeve
