#include "app/wiring/daemon_checks.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "app/control_client.h"
#include "finding/explain.h"

namespace postreeve {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds kPatience{5};
// A mail server that asks nothing for so long is idle or not wired.
constexpr std::chrono::hours kQuiet{24};
constexpr std::chrono::minutes kJustStarted{10};
constexpr std::int64_t kFarBehind = std::int64_t{16} << 20;  // bytes of log not read yet

std::string text_of(const json::object& thing, std::string_view name) {
  const json::value* found = thing.if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::int64_t number_of(const json::object& thing, std::string_view name) {
  const json::value* found = thing.if_contains(name);
  if (found == nullptr || !found->is_number()) return 0;
  boost::system::error_code ignored;
  return found->to_number<std::int64_t>(ignored);
}

Check check_mode(const json::object& status) {
  const std::string mode = text_of(status, "mode");
  if (mode == "enforce") return {CheckResult::kPass, "daemon.mode", "it enforces", {}};
  if (mode == "observe")
    return {CheckResult::kPass,
            "daemon.mode",
            "it observes: nothing is refused or held; `postreeve mode enforce` changes that",
            {}};
  return {CheckResult::kSkip, "daemon.mode", "it does not tell its mode", {}};
}

Check check_state(const json::object& status) {
  const std::string state = text_of(status, "state");
  if (state.empty()) return {CheckResult::kSkip, "daemon.state", "it does not tell how its state is", {}};
  if (state != "written")
    return {CheckResult::kFail, "daemon.state", fmt::format("what is learned cannot be written: {}", state),
            "make room on the disk, or let the daemon write into the folder of [state] path"};
  if (const std::int64_t corrupt = number_of(status, "records_corrupt"); corrupt > 0)
    return {CheckResult::kWarn, "daemon.state", fmt::format("{} records could not be read", corrupt),
            "these accounts are learned anew; look at the disk, or restore a backup"};
  return {CheckResult::kPass,
          "daemon.state",
          fmt::format("it is written; {} accounts are known", number_of(status, "accounts")),
          {}};
}

Check check_redis(const json::object& status) {
  constexpr std::string_view kName = "daemon.redis";
  const json::value* redis = status.if_contains("redis");
  if (redis == nullptr || !redis->is_object())
    return {CheckResult::kSkip, std::string(kName), "records are not on Redis", {}};
  const json::object& shown = redis->get_object();
  if (text_of(shown, "state") != "up")
    return {CheckResult::kFail, std::string(kName),
            "Redis does not answer as it should: " + text_of(shown, "last_fault"),
            "look at Redis; until it is back this machine judges by what it has in memory"};
  if (number_of(shown, "corrupt") + number_of(shown, "of_newer_version") > 0)
    return {CheckResult::kWarn, std::string(kName), text_of(shown, "last_record_fault"),
            "upgrade this machine if others are newer; damaged records are learned anew"};
  return {CheckResult::kPass, std::string(kName), "it answers", {}};
}

// Gates that should be asked, by their names in the status.
std::vector<std::string_view> awaited(const WiringSettings& ours) {
  std::vector<std::string_view> doors;
  const std::pair<std::string_view, bool> all[] = {{"postfix_policy", !ours.postfix_policy.empty()},
                                                   {"milter", !ours.milter.empty()},
                                                   {"auth_policy", !ours.auth_policy.empty()},
                                                   {"events", !ours.events.empty()},
                                                   {"log", !ours.logs.empty()}};
  for (const auto& [name, is_open] : all) {
    if (is_open) doors.push_back(name);
  }
  return doors;
}

Check check_events(const json::object& status, const WiringSettings& ours, Timestamp now) {
  constexpr std::string_view kName = "daemon.events";
  const json::value* seen = status.if_contains("last_events");
  const auto doors = awaited(ours);
  if (seen == nullptr || !seen->is_object() || doors.empty())
    return {
        CheckResult::kSkip, std::string(kName), doors.empty() ? "no gate is open" : "it does not tell", {}};
  const auto started = parse_rfc3339(text_of(status, "started"));
  const Duration running = started ? now - *started : Duration{};
  std::string silent;
  std::string latest;
  for (const std::string_view door : doors) {
    const auto time = parse_rfc3339(text_of(seen->get_object(), door));
    if (time)
      latest += fmt::format("{}{} {} ago", latest.empty() ? "" : ", ", door,
                            in_words(std::max(now - *time, Duration{})));
    if (!time || now - *time > kQuiet) silent += fmt::format("{}{}", silent.empty() ? "" : ", ", door);
  }
  if (silent.empty()) return {CheckResult::kPass, std::string(kName), "last events: " + latest, {}};
  if (running < kJustStarted)
    return {CheckResult::kSkip,
            std::string(kName),
            "it has only just started; nothing came yet through " + silent,
            {}};
  return {CheckResult::kWarn, std::string(kName),
          fmt::format("nothing came through {} in {}", silent, in_words(std::min<Duration>(running, kQuiet))),
          "see that the mail server asks there (postreeve init), and that somebody sends"};
}

Check check_followed(const json::object& status) {
  constexpr std::string_view kName = "daemon.logs";
  const json::value* logs = status.if_contains("logs");
  if (logs == nullptr || !logs->is_array() || logs->get_array().empty())
    return {CheckResult::kSkip, std::string(kName), "no log is followed", {}};
  for (const json::value& file : logs->get_array()) {
    if (!file.is_object()) continue;
    const std::int64_t behind = number_of(file.get_object(), "bytes_behind");
    if (behind > kFarBehind)
      return {CheckResult::kWarn, std::string(kName),
              fmt::format("{} is {} MB behind", text_of(file.get_object(), "file"), behind >> 20U),
              "wait, when the daemon has just begun to read it; else the machine is too slow for it"};
  }
  return {CheckResult::kPass, std::string(kName), fmt::format("{} followed", logs->get_array().size()), {}};
}

}  // namespace

Checks check_status(const json::object& status, const WiringSettings& ours, Timestamp now) {
  return {check_mode(status), check_state(status), check_redis(status), check_events(status, ours, now),
          check_followed(status)};
}

Checks check_daemon(const WiringSettings& ours, Timestamp now) {
  if (ours.control_socket.empty())
    return {{CheckResult::kSkip, "control", "there is no [control] socket in the configuration", {}}};
  Result<ControlClient> client = ControlClient::connect(ours.control_socket, kPatience);
  if (!client) {
    const bool is_down = client.error().code == ErrorCode::kNotFound;
    return {{CheckResult::kFail, "control", client.error().detail,
             is_down ? "start postreeve serve" : "run doctor as root, or as the user of postreeve serve"}};
  }
  const Result<json::value> status = client->ask("status", {});
  if (!status || !status->is_object())
    return {{CheckResult::kFail, "control",
             fmt::format("{}: {}", ours.control_socket, status ? "no status" : status.error().detail),
             "restart postreeve serve"}};
  Checks checks{{CheckResult::kPass, "control", fmt::format("{} answers", ours.control_socket), {}}};
  for (Check& check : check_status(status->get_object(), ours, now)) checks.push_back(std::move(check));
  return checks;
}

}  // namespace postreeve
