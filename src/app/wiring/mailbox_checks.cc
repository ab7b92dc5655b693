#include "app/wiring/mailbox_checks.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "app/wiring/file_change.h"
#include "app/wiring/run_program.h"
#include "base/ascii.h"

namespace postreeve {
namespace {

std::string value_of(const NamedValues& values, std::string_view name) {
  const auto found = values.find(name);
  return found == values.end() ? "" : found->second;
}

constexpr std::array<std::string_view, 8> kDovecotSettings{
    "auth_policy_server_url",        "auth_policy_server_api_header",
    "auth_policy_hash_nonce",        "auth_policy_reject_on_fail",
    "auth_policy_check_before_auth", "auth_policy_report_after_auth",
    "auth_policy_log_only",          "auth_verbose"};

}  // namespace

Result<NamedValues> read_dovecot(const std::string& file) {
  std::vector<std::string> words{"doveconf"};
  if (!file.empty()) words.insert(words.end(), {"-c", file});
  words.insert(words.end(), kDovecotSettings.begin(), kDovecotSettings.end());
  const auto said = run_program(words);
  if (!said) return fail(said.error());
  if (said->exit_code != 0) {
    return fail(ErrorCode::kUnavailable, fmt::format("doveconf: {}", trim(said->errors)));
  }
  return parse_named_values(said->output);
}

Checks check_dovecot(const NamedValues& dovecot, const WiringSettings& ours) {
  Checks checks;
  const auto url = value_of(dovecot, "auth_policy_server_url");
  if (ours.auth_policy.empty()) {
    checks.push_back({CheckResult::kSkip, "dovecot.auth_policy", "the auth policy gate is off", {}});
    return checks;
  }
  if (!names_one_of(url, ours.auth_policy)) {
    checks.push_back({CheckResult::kFail, "dovecot.auth_policy",
                      url.empty() ? "Dovecot asks nobody about logins"
                                  : fmt::format("Dovecot asks {}, not Postreeve, about logins", url),
                      "postreeve init shows the lines, postreeve init --apply writes them"});
    return checks;
  }
  checks.push_back(
      {CheckResult::kPass, "dovecot.auth_policy", fmt::format("Dovecot asks {} about logins", url), {}});
  const auto expect = [&](std::string_view name, std::string_view wanted, CheckResult outcome,
                          std::string_view why) {
    const auto is = value_of(dovecot, name);
    if (is == wanted) return;
    checks.push_back({outcome, fmt::format("dovecot.{}", name), fmt::format("{} = {}: {}", name, is, why),
                      fmt::format("{} = {}", name, wanted)});
  };
  expect("auth_policy_reject_on_fail", "no", CheckResult::kWarn, "without Postreeve nobody can log in");
  expect("auth_policy_check_before_auth", "yes", CheckResult::kWarn, "guesses are not slowed down");
  expect("auth_policy_report_after_auth", "yes", CheckResult::kFail,
         "Postreeve never hears how a login ended");
  expect("auth_policy_log_only", "no", CheckResult::kWarn, "Dovecot does not do what Postreeve answers");
  if (!ours.auth_policy_header.empty())
    expect("auth_policy_server_api_header", ours.auth_policy_header, CheckResult::kFail,
           "Postreeve answers nobody who does not know the password, and Dovecot lets everybody in then");
  if (value_of(dovecot, "auth_policy_hash_nonce").empty()) {
    checks.push_back({CheckResult::kWarn, "dovecot.auth_policy_hash_nonce",
                      "without a nonce a password's hash is the same everywhere",
                      "auth_policy_hash_nonce = a random text"});
  }
  return checks;
}

NamedValues parse_exim_main(std::string_view text) {
  NamedValues values;
  while (!text.empty()) {
    const auto stop = std::min(text.find('\n'), text.size());
    auto line = trim(text.substr(0, stop));
    text.remove_prefix(std::min(stop + 1, text.size()));
    if (line.starts_with("begin ")) break;
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || line.starts_with('#')) continue;
    values[std::string(trim(line.substr(0, equals)))] = trim(line.substr(equals + 1));
  }
  return values;
}

std::optional<std::uint64_t> parse_exim_time(std::string_view text) {
  std::uint64_t seconds = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    std::uint64_t number = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && digits < 9 && is_digit(text[digits]); ++digits) {
      number = number * 10 + static_cast<std::uint64_t>(text[digits] - '0');
    }
    if (digits == 0) return std::nullopt;
    const char unit = digits < text.size() ? text[digits] : 's';
    constexpr std::array<std::pair<char, std::uint64_t>, 5> kUnits{
        {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}}};
    const auto* const factor = std::ranges::find(kUnits, unit, &std::pair<char, std::uint64_t>::first);
    if (factor == kUnits.end()) return std::nullopt;
    seconds += number * factor->second;
    text.remove_prefix(std::min(digits + 1, text.size()));
  }
  return seconds;
}

namespace {

// Includes of includes; deeper is a circle.
constexpr int kDeepestInclude = 5;

std::string with_includes(const std::string& text, int depth) {
  std::string whole;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = rest.find('\n');
    const std::string_view line = trim(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    std::string_view path;
    for (const std::string_view word : {".include ", ".include_if_exists "}) {
      if (line.starts_with(word)) path = trim(line.substr(word.size()));
    }
    if (path.empty() || depth == kDeepestInclude) {
      whole += std::string(line) + '\n';
    } else if (const auto included = read_file(std::string(path))) {
      whole += with_includes(*included, depth + 1);
    }
  }
  return whole;
}

Check frozen_check(const std::string& is) {
  const std::string name = "exim.timeout_frozen_after";
  const auto seconds = parse_exim_time(is);
  if (is.empty() || seconds == 0U)
    return {CheckResult::kPass, name, "timeout_frozen_after is off: held messages are kept", {}};
  // Nobody looks after what was held on a Friday before Monday.
  constexpr std::uint64_t kLongWeekend = std::uint64_t{3} * 86'400;
  const bool is_long = seconds && *seconds >= kLongWeekend;
  return {is_long ? CheckResult::kWarn : CheckResult::kFail, name,
          fmt::format(
              "timeout_frozen_after = {}: messages that Postreeve holds are thrown away after that time", is),
          "timeout_frozen_after = 0s"};
}

}  // namespace

Result<std::string> read_exim(const std::string& file) {
  const auto text = read_file(file);
  if (!text) return fail(text.error());
  return with_includes(*text, 0);
}

bool exim_asks(std::string_view text, const WiringSettings& ours) {
  const std::vector<std::string>& listens = ours.postfix_policy;
  // Exim names a socket by its path alone.
  return names_one_of(text, listens) || std::ranges::any_of(listens, [&](const std::string& listen) {
           constexpr std::string_view kUnix = "unix:";
           return listen.starts_with(kUnix) && text.contains(std::string_view(listen).substr(kUnix.size()));
         });
}

Checks check_exim(std::string_view text, const WiringSettings& ours) {
  Checks checks;
  if (exim_asks(text, ours)) {
    checks.push_back({CheckResult::kPass, "exim.policy", "an ACL asks the policy gate", {}});
  } else {
    checks.push_back(
        {CheckResult::kFail, "exim.policy", "no ACL asks Postreeve", "postreeve init shows the lines"});
  }
  const auto values = parse_exim_main(text);
  const auto auto_thaw = value_of(values, "auto_thaw");
  if (auto_thaw.empty() || parse_exim_time(auto_thaw) == 0U) {
    checks.push_back({CheckResult::kPass, "exim.auto_thaw", "auto_thaw is off: held messages stay held", {}});
  } else {
    checks.push_back(
        {CheckResult::kFail, "exim.auto_thaw",
         fmt::format("auto_thaw = {}: messages that Postreeve holds are sent after that time", auto_thaw),
         "auto_thaw = 0s"});
  }
  checks.push_back(frozen_check(value_of(values, "timeout_frozen_after")));
  return checks;
}

}  // namespace postreeve
