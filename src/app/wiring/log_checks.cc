#include "app/wiring/log_checks.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

#include <fmt/format.h>

#include "intake/byte_source.h"
#include "intake/line_reader.h"
#include "intake/log_clock.h"
#include "intake/log_line.h"
#include "mail/account_id.h"

namespace postreeve {
namespace {

constexpr std::streamoff kTailBytes = 1024L * 1024;
constexpr Duration kTolerated = std::chrono::minutes{5};
// So many accounts do not share one address by chance.
constexpr std::size_t kEnoughAccounts = 10;

class LoginTally {
 public:
  void add(std::string_view login, std::string_view client) {
    if (login.empty() || client.empty()) return;
    ++logins_;
    accounts_.insert(std::string(login));
    ++clients_[std::string(client)];
  }
  void put_into(LogFacts& facts) const {
    facts.logins = logins_;
    facts.accounts = accounts_.size();
    const auto most = std::ranges::max_element(clients_, {}, [](const auto& one) { return one.second; });
    if (most == clients_.end()) return;
    facts.busiest_client = most->first;
    facts.busiest_logins = most->second;
  }

 private:
  std::size_t logins_ = 0;
  std::set<std::string> accounts_;
  std::map<std::string, std::size_t> clients_;
};

// The end of the file, from the beginning of a line on.
std::string read_tail(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  in.seekg(0, std::ios::end);
  const auto size = static_cast<std::streamoff>(in.tellg());
  const auto begin = std::max<std::streamoff>(0, size - kTailBytes);
  in.seekg(begin);
  std::string text(static_cast<std::size_t>(std::max<std::streamoff>(size - begin, 0)), '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  if (begin > 0) text.erase(0, std::min(text.find('\n'), text.size() - 1) + 1);
  return text;
}

Check check_readable(const std::string& path, const FileFacts& facts) {
  const auto name = "logs.readable";
  if (!facts.is_regular) return {CheckResult::kFail, name, path + " is no file", "name the log itself"};
  if (::access(path.c_str(), R_OK) != 0) {
    return {CheckResult::kFail, name, path + " cannot be read",
            "put the user of postreeve into the group that may read it (on Debian: adm)"};
  }
  struct stat mode{};
  const bool is_narrow = ::stat(path.c_str(), &mode) == 0 && (mode.st_mode & (S_IRGRP | S_IROTH)) == 0;
  if (is_narrow && ::geteuid() == 0) {
    return {CheckResult::kWarn, name, path + " can be read by root only",
            "postreeve serve does not run as root: chmod 640 and a group, also for what rotation makes "
            "(`postfix logrotate` makes 0600 files: use logrotate with create 640 root adm instead)"};
  }
  return {CheckResult::kPass, name, path + " can be read", {}};
}

std::string span_in_words(Duration span) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(std::chrono::abs(span)).count();
  return minutes < 120 ? fmt::format("{} minutes", minutes) : fmt::format("{} hours", minutes / 60);
}

}  // namespace

Result<LogFacts> read_log_facts(std::string_view text, const std::string& time_zone, Timestamp latest) {
  auto zone = CivilZone::open(time_zone);
  if (!zone) return fail(zone.error());
  LogClock clock(*zone, YearHint{{}, latest});
  LogFacts facts;
  LoginTally tally;
  for_each_line(text, LineLimits{}.line_bytes, [&](Line line) {
    const auto parsed = parse_log_line(line.text);
    ++facts.lines;
    if (parsed.stamp) facts.last_line = clock.read(*parsed.stamp);
    const bool is_mail = parsed.program == Program::kPostfix || parsed.program == Program::kExim ||
                         parsed.program == Program::kDovecot;
    if (is_mail && !std::holds_alternative<NotUnderstood>(parsed.record)) ++facts.understood;
    if (const auto* login = std::get_if<LoginSeen>(&parsed.record)) {
      if (login->failure == LoginFailure::kNone) tally.add(login->login, login->client_address);
    } else if (const auto* received = std::get_if<MessageReceived>(&parsed.record)) {
      tally.add(received->login, received->client_address);
    }
  });
  tally.put_into(facts);
  return facts;
}

Checks judge_log(const std::string& path, const LogFacts& facts, Timestamp modified, Timestamp now) {
  Checks checks;
  if (facts.understood == 0) {
    checks.push_back({CheckResult::kWarn, "logs.content",
                      fmt::format("{} has no line of a mail server at its end", path),
                      "name the file that Postfix, Exim or Dovecot writes to"});
    return checks;
  }
  checks.push_back(
      {CheckResult::kPass,
       "logs.content",
       fmt::format("{}: {} of the last {} lines are understood", path, facts.understood, facts.lines),
       {}});
  if (facts.last_line) {
    // The file was written when its last line was.
    const auto off = *facts.last_line - modified;
    if (*facts.last_line - now > kTolerated || std::chrono::abs(off) > kTolerated) {
      checks.push_back(
          {CheckResult::kFail, "logs.clock",
           fmt::format("{}: stamps are {} {} the machine's clock", path, span_in_words(off),
                       off > Duration{0} ? "before" : "behind"),
           "set time_zone in [logs] to the zone that the log is written in, and check the clock"});
    } else {
      checks.push_back({CheckResult::kPass, "logs.clock", path + ": stamps agree with the clock", {}});
    }
  }
  if (facts.accounts < kEnoughAccounts) {
    checks.push_back({CheckResult::kSkip,
                      "logs.clients",
                      fmt::format("{}: too few accounts logged in to tell", path),
                      {}});
  } else if (facts.busiest_logins * 10 > facts.logins * 9) {
    checks.push_back({CheckResult::kFail, "logs.clients",
                      fmt::format("{}: {} of {} logins of {} accounts come from {}", path,
                                  facts.busiest_logins, facts.logins, facts.accounts, facts.busiest_client),
                      "a proxy or a webmail hides the clients: let it pass them on (PROXY protocol with "
                      "smtpd_upstream_proxy_protocol or haproxy = yes, XCLIENT, or login_trusted_networks)"});
  } else {
    checks.push_back({CheckResult::kPass, "logs.clients", path + ": clients come from many addresses", {}});
  }
  return checks;
}

Checks check_logs(const WiringSettings& ours, Timestamp now) {
  Checks checks;
  if (ours.logs.empty()) {
    checks.push_back({CheckResult::kSkip, "logs", "no log is followed",
                      "[logs] files = [...] tells Postreeve how deliveries end"});
  }
  for (const auto& path : ours.logs) {
    const auto facts = file_facts(path);
    if (!facts) {
      checks.push_back({facts.error().code == ErrorCode::kNotFound ? CheckResult::kWarn : CheckResult::kFail,
                        "logs.readable", fmt::format("{}: {}", path, facts.error().detail),
                        "name the file in [logs] that the mail server writes to"});
      continue;
    }
    checks.push_back(check_readable(path, *facts));
    if (checks.back().outcome == CheckResult::kFail) continue;
    const auto read = read_log_facts(read_tail(path), ours.time_zone, now);
    if (!read) {
      checks.push_back(
          {CheckResult::kFail, "logs.clock", read.error().detail, "time_zone in [logs] is an IANA name"});
      continue;
    }
    const auto judged = judge_log(path, *read, facts->modified, now);
    checks.insert(checks.end(), judged.begin(), judged.end());
  }
  return checks;
}

Checks check_state_folder(const WiringSettings& ours) {
  if (ours.state_path.empty()) return {{CheckResult::kSkip, "state", "no [state] path is set", {}}};
  struct stat facts{};
  auto path = ours.state_path;
  if (::stat(path.c_str(), &facts) != 0) {
    path = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));  // serve makes it
    if (::stat(path.c_str(), &facts) != 0) {
      return {{CheckResult::kFail, "state", fmt::format("{} is not there", path),
               fmt::format("install -d -m 750 -o postreeve {}", path)}};
    }
  }
  if (::access(path.c_str(), W_OK) != 0) {
    return {{CheckResult::kFail, "state", fmt::format("{} cannot be written to", path),
             fmt::format("chown postreeve {}", path)}};
  }
  if ((facts.st_mode & S_IRWXO) != 0 && !S_ISDIR(facts.st_mode)) {
    return {{CheckResult::kWarn, "state", fmt::format("everybody may read {}", path),
             fmt::format("chmod o= {}", path)}};
  }
  return {{CheckResult::kPass, "state", fmt::format("{} can be written to", path), {}}};
}

}  // namespace postreeve
