#include "app/followed_logs.h"

#include <chrono>
#include <utility>

#include <boost/json/object.hpp>

#include "app/clock.h"
#include "base/printable.h"

namespace postreeve {

Result<std::unique_ptr<FollowedLogs>> FollowedLogs::start(const Serving& serving,
                                                          const std::string& default_domain, Guard& guard,
                                                          std::shared_ptr<spdlog::logger> logger) {
  auto logs = std::make_unique<FollowedLogs>();
  if (serving.logs.files.empty()) return logs;
  FollowOptions options;
  options.files = serving.logs.files;
  options.time_zone = serving.logs.time_zone;
  options.joiner.default_domain = default_domain;
  // What destinations say of other messages waits behind a message that is held or whose destination is slow:
  // not for long. Gates have seen all its recipients; a server that is only watched lacks those that are
  // late.
  options.joiner.wait_for_recipients = std::chrono::seconds{5};
  options.checkpoint_file = serving.state_path + ".followed";
  options.from_beginning = serving.logs.from_beginning;
  auto follower = LogFollower::start(
      options, now,
      // What cannot be judged is told by the guard; the next line may be.
      [&guard](Event&& event) { (void)guard.note(std::move(event), Door::kLog); },
      [logger = std::move(logger)](const std::string& path, const std::string& sentence) {
        logger->warn("{}: {}", path, printable(sentence));
      });
  if (!follower) return fail(follower.error());
  logs->follower_ = std::move(*follower);
  return logs;
}

void FollowedLogs::stop() {
  if (follower_) follower_->stop();
}

boost::json::array FollowedLogs::status() const {
  boost::json::array rows;
  if (!follower_) return rows;
  for (const FollowedFile& file : follower_->status().files) {
    boost::json::object row{{"file", file.path}, {"lines", file.lines}, {"bytes_behind", file.bytes_behind}};
    row.emplace("last_line", file.last_line ? boost::json::value(format_rfc3339(*file.last_line)) : nullptr);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace postreeve
