#include "gate/auth_policy.h"

#include <algorithm>

#include <fmt/format.h>
#include <sys/resource.h>

#include "base/json_writer.h"
#include "gate/slow_answer.h"
#include "gate/weakforced_json.h"
#include "http/credentials.h"

namespace postreeve {

struct AuthPolicy::CommandRow {
  std::string_view name;
  bool is_read = false;        // GET too
  bool touches_lists = false;  // may wait for the disk
};

// In the order of Command.
const std::array<AuthPolicy::CommandRow, AuthPolicy::kCommandCount> AuthPolicy::kCommands = {{
    {"allow", false, false},
    {"report", false, false},
    {"ping", true, false},
    {"reset", false, true},
    {"getDBStats", false, true},
    {"stats", true, false},
    {"addBLEntry", false, true},
    {"delBLEntry", false, true},
    {"getBL", true, true},
    {"addWLEntry", false, true},
    {"delWLEntry", false, true},
    {"getWL", true, true},
}};

AuthPolicy::AuthPolicy(LoginDesk& desk, LoginLists lists, AuthPolicyOptions options, SawAllow saw_allow)
    : desk_(desk),
      lists_(std::move(lists)),
      options_(std::move(options)),
      saw_allow_(std::move(saw_allow)),
      started_(desk.guard().now()) {}

AuthPolicy::~AuthPolicy() {
  slow_.join();
}

bool AuthPolicy::may_ask(const HttpRequest& request) const {
  if (options_.password.empty() && options_.api_key.empty()) return true;
  if (!options_.api_key.empty() && is_secret(request.header(options_.api_header), options_.api_key))
    return true;
  const auto credentials = basic_credentials(request);
  if (options_.password.empty() || !credentials) return false;
  return is_secret(credentials->password, options_.password) &&
         (options_.user.empty() || is_secret(credentials->user, options_.user));
}

void AuthPolicy::answer(HttpRequest request, HttpReply reply) {
  if (!may_ask(request)) {
    HttpResponse response = weakforced_failure(401, "Unauthorized");
    response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"postreeve\"");
    reply(std::move(response));
    return;
  }
  const std::string_view name = request.query_value("command").value_or("");
  const auto row = std::ranges::find(kCommands, name, &CommandRow::name);
  if (request.path != "/" || row == kCommands.end()) {
    reply(weakforced_failure(404, "there is no such command"));
    return;
  }
  const bool is_read = request.method == "GET" || request.method == "HEAD";
  if (request.method != "POST" && !(is_read && row->is_read)) {
    HttpResponse response = weakforced_failure(405, "the command does not take this method");
    response.headers.emplace_back("Allow", row->is_read ? "GET, HEAD, POST" : "POST");
    reply(std::move(response));
    return;
  }
  const auto command = static_cast<Command>(row - kCommands.begin());
  ++asked_[command];
  if (!row->touches_lists) {
    run(command, request, reply);
    return;
  }
  answer_slowly(slow_, [this, command, request = std::move(request), reply = std::move(reply)]() mutable {
    run(command, request, reply);
  });
}

void AuthPolicy::run(Command command, const HttpRequest& request, HttpReply& reply) {
  switch (command) {
    case kAllow:
      return allow(request, reply);
    case kReport:
      return report(request, reply);
    case kPing:
      return reply(weakforced_ok());
    case kReset:
      return reply(reset(request));
    case kGetDbStats:
      return reply(db_stats(request));
    case kStats:
      return reply(stats());
    case kAddBlock:
      return reply(add_entry(request, ListName::kBlock));
    case kDeleteBlock:
      return reply(delete_entry(request, ListName::kBlock));
    case kGetBlock:
      return reply(entries(ListName::kBlock));
    case kAddAllow:
      return reply(add_entry(request, ListName::kAllow));
    case kDeleteAllow:
      return reply(delete_entry(request, ListName::kAllow));
    case kGetAllow:
      return reply(entries(ListName::kAllow));
    case kCommandCount:
      return;
  }
}

void AuthPolicy::allow(const HttpRequest& request, HttpReply& reply) {
  const auto query = read_login_query(request.body, options_.default_domain);
  if (!query) {
    reply(weakforced_failure(400, query.error().detail));
    return;
  }
  const LoginAnswer answer = desk_.allow(*query);
  if (answer.status < 0) ++denied_;
  if (saw_allow_) saw_allow_(*query, answer);
  reply(weakforced_allow(answer));
}

void AuthPolicy::report(const HttpRequest& request, HttpReply& reply) {
  auto query = read_login_query(request.body, options_.default_domain);
  if (!query) {
    reply(weakforced_failure(400, query.error().detail));
    return;
  }
  desk_.report(std::move(*query), [reply = std::move(reply)]() mutable { reply(weakforced_ok()); });
}

HttpResponse AuthPolicy::stats() const {
  struct rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto milliseconds = [](const timeval& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1000 + static_cast<std::uint64_t>(time.tv_usec) / 1000;
  };
  const auto uptime = std::chrono::floor<std::chrono::seconds>(desk_.guard().now() - started_).count();
  fmt::memory_buffer text;
  JsonWriter json(text);
  json.begin_object().key("reports").number(asked_[kReport]).key("allows").number(asked_[kAllow]);
  json.key("denieds").number(denied_).key("user-msec").number(milliseconds(used.ru_utime));
  json.key("sys-msec").number(milliseconds(used.ru_stime));
  json.key("uptime").number(static_cast<std::uint64_t>(std::max<std::int64_t>(uptime, 0)));
  json.key("perfstats").begin_object().end_object().key("commandstats").begin_object();
  for (std::size_t i = 0; i < kCommandCount; ++i) json.key(kCommands[i].name).number(asked_[i]);
  json.end_object().key("customstats").begin_object().end_object().end_object();
  return json_response(fmt::to_string(text));
}

}  // namespace postreeve
