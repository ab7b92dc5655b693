#include "control/control.h"

#include <algorithm>
#include <array>
#include <vector>

#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/printable.h"
#include "control/verbs.h"
#include "socket/session.h"

namespace postreeve {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostRequestBytes = 4UL * 1024 * 1024;  // an imported list

std::string_view word_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidInput:
      return "invalid_input";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kConflict:
      return "conflict";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kLimitExceeded:
      return "limit_exceeded";
    case ErrorCode::kCorrupt:
      return "corrupt";
  }
  return "";
}

// One line, whatever a request made us say.
std::string error_text(const Error& error) {
  constexpr std::size_t kMostBytes = 900;
  const std::string text = printable(std::string_view(error.detail).substr(0, kMostBytes));
  return json::serialize(
      json::object{{"error", json::object{{"code", word_of(error.code)}, {"text", text}}}});
}

const Verb* find_verb(std::string_view name) {
  for (const auto verbs : {account_verbs(), incident_verbs(), list_verbs(), daemon_verbs(), token_verbs(),
                           action_verbs(), mail_verbs()}) {
    const auto found = std::ranges::find(verbs, name, &Verb::name);
    if (found != verbs.end()) return &*found;
  }
  return nullptr;
}

// The account as it is kept, however it was typed.
std::string subject_of(const Desk& desk, const Request& request) {
  if (request.arguments.contains("account")) {
    if (const Result<AccountId> account = account_argument(desk, request)) return account->text();
  }
  for (const char* name : {"incident", "list", "mode", "name", "token_id", "file"}) {
    if (std::string text = text_argument(request, name); !text.empty()) return text;
  }
  if (const std::int64_t number = number_argument(request, "number", 0); number > 0)
    return fmt::format("action {}", number);
  return {};
}

// Of an imported list only the beginning: the trail keeps 64 KiB a row.
std::string details_of(const Request& request) {
  constexpr std::size_t kMostDetails = 60'000;
  std::string details = json::serialize(request.arguments);
  if (details.size() <= kMostDetails) return details;
  json::object brief;
  for (const auto& [key, value] : request.arguments) {
    if (value.is_array()) {
      brief.emplace(key, fmt::format("{} of them", value.get_array().size()));
    } else if (value.is_string() && value.get_string().size() > 1000) {
      brief.emplace(key, fmt::format("{} bytes", value.get_string().size()));
    } else {
      brief.emplace(key, value);
    }
  }
  details = json::serialize(brief);
  return details.size() <= kMostDetails ? details : std::string();
}

Result<void> note_in_audit_trail(Desk& desk, const Request& request) {
  AuditEntry entry;
  entry.time = desk.guard.now();
  entry.author = request.person;
  entry.from = "control socket";
  entry.verb = request.verb;
  entry.subject = subject_of(desk, request);
  entry.reason = text_argument(request, "reason");
  entry.details = details_of(request);
  return desk.audit.add(entry);
}

std::string name_of_user(uid_t user) {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
    return found->pw_name;
  return fmt::format("uid {}", user);
}

std::string peer_of(StreamSocket& socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return "unknown";
  return name_of_user(credentials.uid);
}

// Lines of JSON; answered on a thread that may wait for the disk.
class ControlConversation final : public Conversation {
 public:
  ControlConversation(Desk& desk, boost::asio::thread_pool& pool, std::string person)
      : desk_(desk), pool_(pool), person_(std::move(person)) {}

  Result<std::size_t> request_size(std::string_view input) override { return input.find('\n') + 1; }

  void answer(std::string_view request, Reply reply) override {
    boost::asio::post(pool_, [this, text = std::string(request), reply = std::move(reply)]() mutable {
      reply(answer_request(desk_, text, person_) + '\n');
    });
  }

 private:
  Desk& desk_;
  boost::asio::thread_pool& pool_;
  std::string person_;
};

}  // namespace

std::string answer_request(Desk& desk, std::string_view text, const std::string& person) {
  boost::system::error_code failure;
  json::value parsed = json::parse(text, failure);
  const json::value* verb_name = parsed.is_object() ? parsed.get_object().if_contains("verb") : nullptr;
  if (failure || verb_name == nullptr || !verb_name->is_string())
    return error_text({ErrorCode::kInvalidInput, "this is no request"});
  Request request{std::string(verb_name->get_string()), {}, person};
  if (json::value* arguments = parsed.get_object().if_contains("arguments");
      arguments && arguments->is_object())
    request.arguments = std::move(arguments->get_object());
  const Verb* verb = find_verb(request.verb);
  if (verb == nullptr)
    return error_text(
        {ErrorCode::kInvalidInput,
         fmt::format("this daemon does not know '{}'; is it older than the command?", request.verb)});
  const VerbReply reply = verb->answer(desk, request);
  if (!reply) return error_text(reply.error());
  if (verb->changes != nullptr && verb->changes(request) && !flag_argument(request, "dry_run")) {
    if (const Result<void> noted = note_in_audit_trail(desk, request); !noted)
      return error_text({noted.error().code, "done, but not in the audit trail: " + noted.error().detail});
  }
  return json::serialize(json::object{{"data", *reply}});
}

struct Control::Impl {
  explicit Impl(Desk& d) : desk(d) {}

  Desk& desk;
  boost::asio::thread_pool pool{2};
  SessionSet sessions;
  std::unique_ptr<Listener> listener;
};

Result<std::unique_ptr<Control>> Control::open(boost::asio::io_context& context,
                                               const std::string& socket_path, Desk& desk) {
  auto impl = std::make_unique<Impl>(desk);
  const Result<Endpoint> endpoint = Endpoint::parse("unix:" + socket_path);
  if (!endpoint) return fail(endpoint.error());
  const SessionLimits limits{.request_bytes = kMostRequestBytes};
  auto opened = Listener::open(
      context, *endpoint, {.most_connections = 100},
      [&parts = *impl, limits](StreamSocket socket, ConnectionSlot slot) {
        auto talk = std::make_unique<ControlConversation>(parts.desk, parts.pool, peer_of(socket));
        parts.sessions.begin(std::move(socket), std::move(slot), std::move(talk), limits);
      });
  if (!opened) return fail(opened.error());
  impl->listener = std::move(*opened);
  return std::unique_ptr<Control>(new Control(std::move(impl)));
}

Control::Control(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Control::~Control() {
  stop();
  impl_->pool.join();
}

void Control::stop() {
  impl_->listener->stop();
  impl_->sessions.stop();
}

std::size_t Control::open_connections() const {
  return impl_->sessions.size();
}

}  // namespace postreeve
