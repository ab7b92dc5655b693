// Postfix's part of server_wiring.h.
#include <filesystem>

#include <fmt/format.h>

#include "app/wiring/postfix_checks.h"
#include "app/wiring/run_program.h"
#include "app/wiring/server_wiring.h"
#include "base/ascii.h"
#include "base/temporary_folder.h"

namespace postreeve {
namespace {

namespace fs = std::filesystem;

// What postconf is asked to write.
struct PostfixEdits {
  std::vector<std::string> main;    // name=value
  std::vector<std::string> master;  // service/type/name=value
};

bool asks_us(const PostfixSettings& postfix, const PostfixService& service, std::string_view list,
             const WiringSettings& ours) {
  for (const auto& one : parse_restrictions(postfix.value(service, list))) {
    if (one.name == "check_policy_service" && names_one_of(one.argument, ours.postfix_policy)) return true;
  }
  return false;
}

bool asks_us_before_data(const PostfixSettings& postfix, const PostfixService& service,
                         const WiringSettings& ours) {
  for (const std::string_view list :
       {"smtpd_client_restrictions", "smtpd_helo_restrictions", "smtpd_sender_restrictions",
        "smtpd_relay_restrictions", "smtpd_recipient_restrictions"}) {
    if (asks_us(postfix, service, list, ours)) return true;
  }
  return false;
}

// A parameter of ours stands before what the service had: postconf cannot write values with spaces into
// master.cf, and people see at one place what was added.
void put_first(const PostfixSettings& raw, const PostfixService& service, std::string_view list,
               std::string_view stage, PostfixEdits& edits) {
  std::string name = fmt::format("postreeve_{}_{}", service.name, stage);
  for (char& c : name) {
    if (!is_alnum(c)) c = '_';
  }
  const auto was = raw.value(service, list);
  edits.main.push_back(fmt::format("{} = $postreeve_policy{}{}", name, was.empty() ? "" : ", ", was));
  edits.master.push_back(fmt::format("{}/{}=${}", service.id(), list, name));
}

PostfixEdits edits_for(const PostfixSettings& postfix, const PostfixSettings& raw,
                       const WiringSettings& ours) {
  PostfixEdits edits;
  for (const auto* service : postfix.submissions()) {
    for (const auto& same : raw.services) {
      if (same.id() != service->id()) continue;
      if (!asks_us_before_data(postfix, *service, ours)) {
        put_first(raw, same, "smtpd_recipient_restrictions", "recipient", edits);
      }
      if (!asks_us(postfix, *service, "smtpd_end_of_data_restrictions", ours)) {
        put_first(raw, same, "smtpd_end_of_data_restrictions", "end_of_data", edits);
      }
    }
  }
  if (edits.master.empty()) return edits;
  edits.main.insert(edits.main.begin(),
                    fmt::format("postreeve_policy = check_policy_service {{ {}, timeout=3s, try_limit=2, "
                                "default_action=DUNNO }}",
                                in_words_of_postfix(ours.postfix_policy.front())));
  const auto ids = raw.main.find("enable_long_queue_ids");
  if (ids == raw.main.end() || ids->second != "yes") edits.main.emplace_back("enable_long_queue_ids = yes");
  return edits;
}

// main.cf and master.cf as postconf makes them, on a copy.
Result<std::vector<FileChange>> changes_of(const std::string& folder, const PostfixEdits& edits) {
  const TemporaryFolder copy("init");
  std::vector<FileChange> changes;
  for (const std::string name : {"main.cf", "master.cf"}) {
    const std::string file = fmt::format("{}/{}", folder, name);
    const auto text = read_file(file);
    if (!text) return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", file, text.error().detail));
    changes.push_back({file, *text, {}});
    std::error_code error;
    fs::copy_file(file, copy.path() / name, error);
    if (error) return fail(ErrorCode::kUnavailable, "no room for a copy of " + name);
  }
  std::vector<std::string> main{"postconf", "-c", copy.path().string(), "-e"};
  main.insert(main.end(), edits.main.begin(), edits.main.end());
  std::vector<std::string> master{"postconf", "-c", copy.path().string(), "-P"};
  master.insert(master.end(), edits.master.begin(), edits.master.end());
  for (const auto& words : {main, master}) {
    const auto said = run_program(words);
    if (!said) return fail(said.error());
    if (said->exit_code != 0) return fail(ErrorCode::kUnavailable, std::string(trim(said->errors)));
  }
  for (auto& change : changes) {
    auto text = read_file(copy.path() / fs::path(change.path).filename());
    if (!text) return fail(text.error());
    change.after = std::move(*text);
  }
  return changes;
}

}  // namespace

std::optional<ServerWiring> wire_postfix(const ServerPlaces& places, const WiringSettings& ours) {
  ServerWiring wiring{.server = "Postfix"};
  const auto folder = places.postfix.value_or("");
  const auto postfix = read_postfix(folder);
  const auto raw = read_postfix(folder, false);
  if (!postfix || !raw) {
    if (!postfix && postfix.error().code == ErrorCode::kNotFound) return std::nullopt;
    wiring.note = postfix ? raw.error().detail : postfix.error().detail;
    return wiring;
  }
  if (ours.postfix_policy.empty()) {
    wiring.note = "the policy gate is off";
    return wiring;
  }
  if (postfix->submissions().empty()) {
    wiring.note = "no service lets clients log in (smtpd_sasl_auth_enable=yes in main.cf or master.cf)";
    return wiring;
  }
  const auto edits = edits_for(*postfix, *raw, ours);
  if (edits.master.empty()) {
    wiring.note = "it asks Postreeve already";
    return wiring;
  }
  for (const auto& line : edits.main) wiring.lines.push_back("main.cf:    " + line);
  for (const auto& line : edits.master) {
    const auto slash = line.rfind('/', line.find('='));
    wiring.lines.push_back(
        fmt::format("master.cf:  {}: -o {}", line.substr(0, slash), line.substr(slash + 1)));
  }
  auto changes = changes_of(postfix->folder, edits);
  if (!changes) {
    wiring.note = changes.error().detail;
    return wiring;
  }
  wiring.changes = std::move(*changes);
  wiring.check = {"postfix", "-c", postfix->folder, "check"};
  wiring.reload = fmt::format("postfix -c {} reload", postfix->folder);
  return wiring;
}

}  // namespace postreeve
