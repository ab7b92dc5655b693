#include "app/wiring/postfix_checks.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace postreeve {
namespace {

constexpr std::string_view kInit = "postreeve init shows the lines, postreeve init --apply writes them";
constexpr std::array<std::string_view, 5> kBeforeData{"smtpd_client_restrictions", "smtpd_helo_restrictions",
                                                      "smtpd_sender_restrictions", "smtpd_relay_restrictions",
                                                      "smtpd_recipient_restrictions"};

class ServiceChecks {
 public:
  ServiceChecks(const PostfixSettings& postfix, const PostfixService& service, const WiringSettings& ours,
                Checks& checks)
      : postfix_(postfix), service_(service), ours_(ours), checks_(checks) {}

  void run() {
    check_policy();
    check_end_of_data();
    check_stages();
    check_sasl_access();
    check_milter();
  }

 private:
  [[nodiscard]] std::vector<Restriction> list(std::string_view name) const {
    return parse_restrictions(postfix_.value(service_, name));
  }
  [[nodiscard]] bool is_ours(const Restriction& restriction) const {
    return restriction.name == "check_policy_service" &&
           names_one_of(restriction.argument, ours_.postfix_policy);
  }
  [[nodiscard]] bool asks_in(std::string_view name) const {
    return std::ranges::any_of(list(name), [this](const auto& one) { return is_ours(one); });
  }
  [[nodiscard]] bool has_milter() const {
    return !ours_.milter.empty() && names_one_of(postfix_.value(service_, "smtpd_milters"), ours_.milter);
  }
  void say(CheckResult outcome, std::string_view name, std::string found, std::string fix = {}) {
    checks_.push_back({outcome, fmt::format("postfix.{}", name),
                       fmt::format("{}: {}", service_.id(), std::move(found)), std::move(fix)});
  }

  void check_policy() {
    for (const auto name : kBeforeData) {
      const auto restrictions = list(name);
      const auto ours = std::ranges::find_if(restrictions, [this](const auto& one) { return is_ours(one); });
      if (ours == restrictions.end()) continue;
      say(CheckResult::kPass, "policy", fmt::format("asks {} in {}", ours->argument, name));
      check_order(restrictions, static_cast<std::size_t>(ours - restrictions.begin()), name);
      check_fail_open(*ours);
      check_tries(*ours);
      return;
    }
    if (has_milter()) {
      return say(CheckResult::kSkip, "policy", "does not ask the policy gate; the milter sees its mail");
    }
    say(CheckResult::kFail, "policy", "clients log in here and Postreeve is not asked", std::string(kInit));
  }

  void check_order(const std::vector<Restriction>& restrictions, std::size_t ours, std::string_view name) {
    for (std::size_t i = 0; i < ours; ++i) {
      const auto& before = restrictions[i].name;
      if (before != "permit_sasl_authenticated" && before != "permit") continue;
      return say(CheckResult::kFail, "order",
                 fmt::format("{} has {} before Postreeve, which then is never asked", name, before),
                 fmt::format("put the policy service first in {}", name));
    }
    say(CheckResult::kPass, "order", "Postreeve is asked before mail is permitted");
  }

  void check_fail_open(const Restriction& ours) {
    const auto own = ours.settings.find("default_action");
    const auto action = own != ours.settings.end()
                            ? own->second
                            : postfix_.value(service_, "smtpd_policy_service_default_action");
    if (action == "DUNNO" || action == "OK") {
      return say(CheckResult::kPass, "fail_open", "mail goes on when Postreeve does not answer");
    }
    say(CheckResult::kWarn, "fail_open",
        fmt::format("when Postreeve does not answer, every recipient gets \"{}\"", action),
        fmt::format(
            "check_policy_service {{ {}, timeout=3s, try_limit=2, default_action=DUNNO }}, unless mail "
            "is to stop then",
            ours.argument));
  }

  // smtpd gives up before it opens a broken connection anew, and so it never does.
  void check_tries(const Restriction& ours) {
    const auto own = ours.settings.find("try_limit");
    const auto tries =
        own != ours.settings.end() ? own->second : postfix_.value(service_, "smtpd_policy_service_try_limit");
    if (tries != "1") return say(CheckResult::kPass, "tries", "asks again when its connection broke");
    say(CheckResult::kWarn, "tries", "a smtpd that asked before Postreeve was restarted never asks it again",
        "try_limit=2");
  }

  void check_end_of_data() {
    if (has_milter()) return;
    if (asks_in("smtpd_end_of_data_restrictions")) {
      return say(CheckResult::kPass, "end_of_data", "asks when the message is whole");
    }
    say(CheckResult::kWarn, "end_of_data",
        "does not ask when the message is whole: sizes are unknown, and a message held has no queue ID in "
        "the log",
        std::string(kInit));
  }

  // Asked twice for one recipient, every recipient counts twice.
  void check_stages() {
    std::vector<std::string_view> asking;
    for (const auto name : kBeforeData) {
      const auto restrictions = list(name);
      for (auto left = std::ranges::count_if(restrictions, [this](const auto& one) { return is_ours(one); });
           left > 0; --left) {
        asking.push_back(name);
      }
    }
    if (asking.size() > 1) {
      return say(CheckResult::kWarn, "stages",
                 fmt::format("Postreeve is asked {} times for a recipient ({})", asking.size(),
                             fmt::join(asking, ", ")),
                 "keep the first of them");
    }
    if (asking.size() == 1 && has_milter()) {
      return say(
          CheckResult::kWarn, "stages",
          "policy gate and milter both see every recipient; each counts once, but every recipient waits "
          "for two answers",
          "keep the policy gate or the milter; the milter also sees the content");
    }
  }

  void check_sasl_access() {
    for (const std::string_view name : {"smtpd_client_restrictions", "smtpd_recipient_restrictions"}) {
      bool is_permitted = false;
      for (const auto& one : list(name)) {
        is_permitted |= one.name == "permit_sasl_authenticated" || one.name == "permit";
        const bool is_table =
            one.name == "check_sasl_access" &&
            (names_one_of(one.argument, ours_.socketmap) || names_one_of(one.argument, ours_.tcp_table));
        if (!is_table) continue;
        if (is_permitted) {
          say(CheckResult::kFail, "sasl_access", fmt::format("{} permits before check_sasl_access", name),
              "put check_sasl_access before permit_sasl_authenticated");
        } else {
          say(CheckResult::kWarn, "sasl_access",
              "check_sasl_access has no way to fail open: without Postreeve nobody can send",
              "use the policy gate alone, unless that is wanted");
        }
      }
    }
  }

  void check_milter() {
    if (!has_milter()) return;
    const auto milters = postfix_.value(service_, "smtpd_milters");
    const bool is_open = milters.find("default_action=accept") != std::string::npos ||
                         postfix_.value(service_, "milter_default_action") == "accept";
    if (is_open) return say(CheckResult::kPass, "milter", "the milter is asked; mail goes on without it");
    say(CheckResult::kWarn, "milter", "the milter is asked; without Postreeve mail is deferred",
        "{ inet:HOST:PORT, default_action=accept }, unless mail is to stop then");
  }

  const PostfixSettings& postfix_;
  const PostfixService& service_;
  const WiringSettings& ours_;
  Checks& checks_;
};

void check_queue_ids(const PostfixSettings& postfix, Checks& checks) {
  const auto found = postfix.main.find("enable_long_queue_ids");
  if (found != postfix.main.end() && found->second == "yes") {
    checks.push_back({CheckResult::kPass, "postfix.queue_ids", "queue IDs are long and not used again", {}});
  } else {
    checks.push_back({CheckResult::kWarn, "postfix.queue_ids",
                      "queue IDs are short and used again: lines of two messages can be taken for one's",
                      "postconf -e enable_long_queue_ids=yes"});
  }
}

}  // namespace

Checks check_postfix(const PostfixSettings& postfix, const WiringSettings& ours) {
  Checks checks;
  const auto submissions = postfix.submissions();
  if (submissions.empty()) {
    checks.push_back({CheckResult::kSkip, "postfix.policy", "no service of this Postfix lets clients log in",
                      "set smtpd_sasl_auth_enable=yes where they do (submission in master.cf)"});
    return checks;
  }
  for (const auto* service : submissions) ServiceChecks(postfix, *service, ours, checks).run();
  check_queue_ids(postfix, checks);
  return checks;
}

}  // namespace postreeve
