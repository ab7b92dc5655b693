#include "control/control.h"

#include <algorithm>
#include <array>
#include <exception>
#include <vector>

#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/error_word.h"
#include "base/printable.h"
#include "control/verbs.h"
#include "socket/session.h"

namespace postreeve {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostRequestBytes = 4UL * 1024 * 1024;  // an imported list

// One line, whatever a request made us say.
std::string error_text(const Error& error) {
  constexpr std::size_t kMostBytes = 900;
  const std::string text = printable(std::string_view(error.detail).substr(0, kMostBytes));
  return json::serialize(
      json::object{{"error", json::object{{"code", to_text(error.code)}, {"text", text}}}});
}

const Verb* find_verb(std::string_view name) {
  for (const auto verbs : {account_verbs(), account_data_verbs(), incident_verbs(), clue_verbs(),
                           list_verbs(), daemon_verbs(), token_verbs(), action_verbs(), mail_verbs()}) {
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

// `failure`: what stopped it on the way; some of it may be done.
Result<void> note_in_audit_trail(Desk& desk, const Request& request, const Error* failure) {
  AuditEntry entry;
  entry.time = desk.guard.now();
  entry.author = request.person;
  entry.from = request.from;
  entry.verb = request.verb;
  entry.subject = subject_of(desk, request);
  entry.reason = text_argument(request, "reason");
  if (failure == nullptr) {
    entry.details = details_of(request);
  } else {
    Request failed = request;
    failed.arguments.insert_or_assign("outcome", "error");
    failed.arguments.insert_or_assign("error", printable(failure->detail));
    entry.details = details_of(failed);
  }
  return desk.audit.add(entry);
}

bool changes_something(const Verb& verb, const Request& request) {
  return verb.changes != nullptr && verb.changes(request) && !flag_argument(request, "dry_run");
}

// Of these nothing was done, for sure.
bool was_refused(const Error& error) {
  return error.code == ErrorCode::kInvalidInput || error.code == ErrorCode::kNotFound ||
         error.code == ErrorCode::kConflict;
}

// What a verb throws is a fault of ours; whoever asked is told, and the daemon goes on.
VerbReply guarded(const Verb& verb, Desk& desk, const Request& request) {
  std::string what;
  try {
    return verb.answer(desk, request);
  } catch (const std::exception& thrown) {
    what = thrown.what();
  } catch (...) {
    what = "an unknown reason";
  }
  const std::string says = fmt::format("'{}' broke off: {}", request.verb, what);
  if (desk.failed) desk.failed(says);
  return fail(ErrorCode::kUnavailable, says);
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

Result<Request> read_request(std::string_view text, const std::string& person) {
  boost::system::error_code failure;
  json::value parsed = json::parse(text, failure);
  const json::value* verb_name = parsed.is_object() ? parsed.get_object().if_contains("verb") : nullptr;
  if (failure || verb_name == nullptr || !verb_name->is_string())
    return fail(ErrorCode::kInvalidInput, "this is no request");
  Request request{std::string(verb_name->get_string()), {}, person};
  if (json::value* arguments = parsed.get_object().if_contains("arguments");
      arguments && arguments->is_object())
    request.arguments = std::move(arguments->get_object());
  return request;
}

std::string reply_to(Desk& desk, const Result<Request>& request) {
  if (!request) return error_text(request.error());
  const VerbReply reply = carry_out(desk, *request);
  if (!reply) return error_text(reply.error());
  return json::serialize(json::object{{"data", *reply}});
}

// Whether it asks the mail server, asks the actions what they would do, of which each may take half a minute
// to learn that nobody answers, or copies a whole file.
bool may_take_long(const Request& request) {
  const auto mail = mail_verbs();
  return std::ranges::find(mail, request.verb, &Verb::name) != mail.end() || request.verb == "backup" ||
         flag_argument(request, "dry_run");
}

// Where requests are answered: threads that may wait for the disk, and others for what may take long, so that
// an account is suspended at once whoever else hangs.
struct Threads {
  boost::asio::thread_pool prompt{2};
  boost::asio::thread_pool patient{4};
};

// Lines of JSON.
class ControlConversation final : public Conversation {
 public:
  ControlConversation(Desk& desk, Threads& threads, std::string person)
      : desk_(desk), threads_(threads), person_(std::move(person)) {}

  Result<std::size_t> request_size(std::string_view input) override { return input.find('\n') + 1; }

  void answer(std::string_view text, Reply reply) override {
    post(threads_.prompt, std::move(reply), [this, text = std::string(text)](Reply& unanswered) {
      Result<Request> request = read_request(text, person_);
      if (!request || !may_take_long(*request)) {
        unanswered(reply_to(desk_, request) + '\n');
        return;
      }
      post(threads_.patient, std::move(unanswered),
           [this, request = std::move(request)](Reply& late) { late(reply_to(desk_, request) + '\n'); });
    });
  }

 private:
  template <typename Answer>
  static void post(boost::asio::thread_pool& pool, Reply reply, Answer answer) {
    boost::asio::post(pool, [reply = std::move(reply), answer = std::move(answer)]() mutable {
      try {
        answer(reply);
      } catch (...) {
        reply = {};  // out of memory: the reply that is dropped closes the connection
      }
    });
  }

  Desk& desk_;
  Threads& threads_;
  std::string person_;
};

}  // namespace

VerbReply carry_out(Desk& desk, const Request& request) {
  const Verb* verb = find_verb(request.verb);
  if (verb == nullptr)
    return fail(ErrorCode::kInvalidInput,
                fmt::format("this daemon does not know '{}'; is it older than the command?", request.verb));
  VerbReply reply = guarded(*verb, desk, request);
  if (changes_something(*verb, request) && (reply || !was_refused(reply.error()))) {
    const Result<void> noted = note_in_audit_trail(desk, request, reply ? nullptr : &reply.error());
    if (reply && !noted)
      return fail(noted.error().code, "done, but not in the audit trail: " + noted.error().detail);
  }
  return reply;
}

std::string answer_request(Desk& desk, std::string_view text, const std::string& person) {
  return reply_to(desk, read_request(text, person));
}

struct Control::Impl {
  explicit Impl(Desk& d) : desk(d) {}

  Desk& desk;
  Threads threads;
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
        auto talk = std::make_unique<ControlConversation>(parts.desk, parts.threads, peer_of(socket));
        parts.sessions.begin(std::move(socket), std::move(slot), std::move(talk), limits);
      });
  if (!opened) return fail(opened.error());
  impl->listener = std::move(*opened);
  return std::unique_ptr<Control>(new Control(std::move(impl)));
}

Control::Control(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Control::~Control() {
  stop();
  impl_->threads.prompt.join();
  impl_->threads.patient.join();  // what the prompt ones handed over
}

void Control::stop() {
  impl_->listener->stop();
  impl_->sessions.stop();
}

std::size_t Control::open_connections() const {
  return impl_->sessions.size();
}

}  // namespace postreeve
