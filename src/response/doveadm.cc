#include "response/doveadm.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <fstream>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include "base/ascii.h"
#include "base/base64.h"
#include "process/child.h"
#include "response/http_client.h"

namespace postreeve {
namespace {

namespace json = boost::json;
using Kind = ActionKey::Kind;

constexpr std::array kKeys{
    ActionKey{"url", Kind::kText, false,
              "Of doveadm's HTTP API: http://127.0.0.1:8080/doveadm/v1. Without it: `doveadm`."},
    ActionKey{"api_key_file", Kind::kText, false, "A file with doveadm_api_key in its first line."},
    ActionKey{"ca_file", Kind::kText, false, "Certificates that https is checked by; default: the system's."},
    ActionKey{"doveadm", Kind::kTexts, false,
              "The command in place of the HTTP API, as a list: [\"/usr/bin/sudo\", \"-n\", "
              "\"/usr/bin/doveadm\"]."},
    ActionKey{"bare_names", Kind::kFlag, false,
              "Dovecot's user names are without the domain. Default false."}};

constexpr std::chrono::seconds kMostTime{8};
constexpr int kNoSuchSession = 68;  // EX_NOHOST: "no users kicked"
constexpr std::size_t kMostAnswerBytes = 4UL * 1024 * 1024;

std::unexpected<Error> strange_answer(std::string_view what) {
  return fail(ErrorCode::kUnavailable, fmt::format("doveadm answers '{}'", what.substr(0, 200)));
}

// What Dovecot would take for a network instead of a name: it asks inet_aton(), to which a bare number is an
// address too, unless there is a colon.
bool looks_like_address(const std::string& name) {
  const std::string address = name.substr(0, name.find('/'));
  in_addr ignored{};
  if (!address.contains(':')) return ::inet_aton(address.c_str(), &ignored) != 0;
  return std::ranges::all_of(address, [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; });
}

Result<std::string> read_key(const std::string& path) {
  std::ifstream file(path);
  std::string key;
  std::getline(file, key);
  key = trim(key);
  if (key.empty() || key.size() > 4000)
    return fail(ErrorCode::kUnavailable, fmt::format("there is no key in {}", path));
  return key;
}

// The reply to each command in its order: ["doveadmResponse"|"error", {...}|[...], tag].
Result<json::array> post(const DoveadmOptions& options, const json::array& commands) {
  const Result<std::string> key = read_key(options.api_key_file);
  if (!key) return fail(key.error());
  const auto answer = http_post(
      {.url = options.url,
       .headers = {"Authorization: X-Dovecot-API " + to_base64(*key), "Content-Type: application/json"},
       .body = json::serialize(commands),
       .ca_file = options.ca_file,
       .most_time = kMostTime,
       .most_answer_bytes = kMostAnswerBytes});
  if (!answer) return fail(answer.error());
  if (answer->status == 401) return fail(ErrorCode::kUnavailable, "doveadm does not accept the API key");
  if (answer->status != 200) return strange_answer(fmt::format("status {}", answer->status));
  boost::system::error_code failure;
  json::value parsed = json::parse(answer->body, failure);
  if (failure || !parsed.is_array() || parsed.get_array().size() != commands.size())
    return strange_answer(answer->body);
  return std::move(parsed.get_array());
}

// 0 for a response; the exit code of an error; nullopt for anything else.
std::optional<std::int64_t> exit_code_of(const json::value& reply) {
  const std::string kind = json::value_to<std::string>(reply.at(0));
  if (kind == "doveadmResponse") return 0;
  const json::value* code = reply.at(1).as_object().if_contains("exitCode");
  return kind == "error" && code != nullptr ? std::optional(code->to_number<std::int64_t>()) : std::nullopt;
}

// Sessions of exactly that name, whatever else the mask matched.
std::vector<MailboxSession> sessions_in(const json::value& reply, std::string_view name) {
  std::vector<MailboxSession> sessions;
  for (const json::value& session : reply.at(1).as_array()) {
    const auto text = [&](const char* member) { return json::value_to<std::string>(session.at(member)); };
    if (text("username") == name) sessions.push_back({text("service"), text("ip"), text("pid")});
  }
  return sessions;
}

json::array who_command(const std::string& name) {
  return {"who", json::object{{"mask", json::array{name}}, {"separateConnections", true}}, "who"};
}

Result<std::vector<MailboxSession>> sessions_over_http(const DoveadmOptions& options,
                                                       const std::string& name) {
  try {
    json::array commands;  // braces around a single array would be that array
    commands.push_back(who_command(name));
    const auto replies = post(options, commands);
    if (!replies) return fail(replies.error());
    if (exit_code_of(replies->at(0)) != 0) return strange_answer(json::serialize(*replies));
    return sessions_in(replies->at(0), name);
  } catch (const std::exception& wrong) {
    return strange_answer(wrong.what());
  }
}

Result<std::size_t> kick_over_http(const DoveadmOptions& options, const std::string& name) {
  const json::object mask{{"mask", json::array{name}}};
  const json::object user{{"user", json::array{name}}};
  try {
    // The cache first: who is thrown out comes back at once.
    const auto replies = post(options, {json::array{"authCacheFlush", user, "flush"}, who_command(name),
                                        json::array{"kick", mask, "kick"}});
    if (!replies) return fail(replies.error());
    const auto kicked = exit_code_of(replies->at(2));
    if (exit_code_of(replies->at(0)) != 0 || exit_code_of(replies->at(1)) != 0 ||
        (kicked != 0 && kicked != kNoSuchSession))
      return strange_answer(json::serialize(*replies));
    return sessions_in(replies->at(1), name).size();
  } catch (const std::exception& wrong) {
    return strange_answer(wrong.what());
  }
}

Result<std::string> run(const DoveadmOptions& options, std::vector<std::string> arguments, int also_good) {
  std::vector<std::string> command = options.command;
  command.insert(command.end(), arguments.begin(), arguments.end());
  const auto done = run_child(command, {.limit = kMostTime, .most_output = kMostAnswerBytes});
  if (!done) return fail(ErrorCode::kUnavailable, done.error().detail);
  if (done->exit_code != 0 && done->exit_code != also_good)
    return fail(ErrorCode::kUnavailable, fmt::format("doveadm {} ended with {}: {}", arguments.front(),
                                                     done->exit_code, trim(done->errors)));
  return done->output;
}

// Lines of user, service, process, address.
Result<std::vector<MailboxSession>> sessions_by_command(const DoveadmOptions& options,
                                                        const std::string& name) {
  const auto said = run(options, {"-f", "tab", "who", "-1", name}, 0);
  if (!said) return fail(said.error());
  std::vector<MailboxSession> sessions;
  std::string_view rest = *said;
  for (std::size_t end = 0; (end = rest.find('\n')) != std::string_view::npos; rest.remove_prefix(end + 1)) {
    std::vector<std::string> fields(1);
    for (const char c : rest.substr(0, end)) {
      if (c == '\t') {
        fields.emplace_back();
      } else {
        fields.back() += c;
      }
    }
    if (fields.size() >= 4 && fields[0] == name) sessions.push_back({fields[1], fields[3], fields[2]});
  }
  return sessions;
}

Result<std::size_t> kick_by_command(const DoveadmOptions& options, const std::string& name) {
  if (const auto flushed = run(options, {"auth", "cache", "flush", name}, 0); !flushed)
    return fail(flushed.error());
  const auto sessions = sessions_by_command(options, name);
  if (!sessions) return fail(sessions.error());
  if (const auto kicked = run(options, {"kick", name}, kNoSuchSession); !kicked) return fail(kicked.error());
  return sessions->size();
}

}  // namespace

std::string Doveadm::place() const {
  return options_.url.empty() ? options_.command.back() : place_of_url(options_.url);
}

Result<std::string> Doveadm::name_of(const AccountId& account) const {
  std::string name = options_.has_bare_names ? std::string(account.localpart()) : account.text();
  if (name.find_first_of("*?\t") != std::string::npos || name.starts_with('-') || looks_like_address(name))
    return fail(ErrorCode::kInvalidInput,
                fmt::format("Dovecot would take '{}' for more than one account", name));
  return name;
}

Result<std::vector<MailboxSession>> Doveadm::sessions(const AccountId& account) const {
  const Result<std::string> name = name_of(account);
  if (!name) return fail(name.error());
  return options_.url.empty() ? sessions_by_command(options_, *name) : sessions_over_http(options_, *name);
}

Result<std::size_t> Doveadm::kick(const AccountId& account) const {
  const Result<std::string> name = name_of(account);
  if (!name) return fail(name.error());
  return options_.url.empty() ? kick_by_command(options_, *name) : kick_over_http(options_, *name);
}

std::span<const ActionKey> doveadm_keys() noexcept {
  return kKeys;
}

Result<Doveadm> read_doveadm(const ActionSettings& settings) {
  DoveadmOptions options{.url = settings.text("url"),
                         .api_key_file = settings.text("api_key_file"),
                         .ca_file = settings.text("ca_file"),
                         .command = settings.texts("doveadm"),
                         .has_bare_names = settings.flag("bare_names", false)};
  if (options.url.empty() == options.command.empty())
    return fail(ErrorCode::kInvalidInput, "url: give either url and api_key_file, or doveadm");
  if (options.url.empty()) return Doveadm(std::move(options));
  if (const Result<void> checked = check_http_url(options.url); !checked)
    return fail(ErrorCode::kInvalidInput, "url: " + checked.error().detail);
  if (options.api_key_file.empty())
    return fail(ErrorCode::kInvalidInput, "api_key_file: the file with doveadm_api_key is missing");
  return Doveadm(std::move(options));
}

}  // namespace postreeve
