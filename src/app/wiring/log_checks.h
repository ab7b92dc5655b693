// The logs and the folder of state as doctor finds them: who may read them, whether their clocks are right,
// and whether they show where clients really come from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/wiring/check.h"
#include "app/wiring/wiring_settings.h"
#include "base/time.h"

namespace postreeve {

[[nodiscard]] Checks check_logs(const WiringSettings& ours, Timestamp now);
[[nodiscard]] Checks check_state_folder(const WiringSettings& ours);

// What the end of a log says. `text` begins with a whole line.
struct LogFacts {
  std::optional<Timestamp> last_line;
  std::size_t lines = 0;
  std::size_t understood = 0;  // lines of mail servers
  std::size_t logins = 0;
  std::size_t accounts = 0;        // that logged in
  std::string busiest_client;      // address
  std::size_t busiest_logins = 0;  // from there
};
[[nodiscard]] Result<LogFacts> read_log_facts(std::string_view text, const std::string& time_zone,
                                              Timestamp latest);
// `modified`: when the file was written last.
[[nodiscard]] Checks judge_log(const std::string& path, const LogFacts& facts, Timestamp modified,
                               Timestamp now);

}  // namespace postreeve
