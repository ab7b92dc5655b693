#include "queue_helper/verbs.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/error_word.h"
#include "base/json_writer.h"
#include "mail/account_id.h"

namespace postreeve {
namespace {

constexpr std::string_view kEnd = "{\"end\":true}\n";

std::string account_of(const QueuedMessage& message, const HelperRequest& request) {
  const auto account = AccountId::from_login(message.login, request.default_domain);
  return account ? account->text() : std::string();
}

bool is_of_account(const QueuedMessage& message, const HelperRequest& request) {
  return !request.account.empty() && account_of(message, request) == request.account;
}

// Made by the server about mail that could not be delivered; nobody logged in could make it.
bool is_bounce(const QueuedMessage& message) {
  return message.is_local && message.login.empty() && message.sender.empty() && !message.bounce_of.empty();
}

void put_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (const std::string& text : texts) json.text(text);
  json.end_array();
}

std::string line_of(const QueuedMessage& message, const HelperRequest& request) {
  fmt::memory_buffer out;
  JsonWriter json(out);
  json.begin_object();
  json.key("queue_id").text(message.queue_id);
  json.key("queue").text(to_text(message.queue));
  json.key("account").text(account_of(message, request));
  json.key("login").text(message.login);
  json.key("client_address").text(message.client_address);
  json.key("sender").text(message.sender);
  json.key("is_local").boolean(message.is_local);
  json.key("arrived").number(static_cast<std::uint64_t>(message.arrived));
  json.key("created").number(static_cast<std::uint64_t>(message.created));
  json.key("size").number(message.size);
  put_texts(json, "recipients", message.recipients);
  json.key("open_recipients").number(message.open_recipients);
  json.key("done_recipients").number(message.done_recipients);
  if (!message.bounce_of.empty()) put_texts(json, "bounce_of", message.bounce_of);
  json.end_object();
  return fmt::to_string(out) + '\n';
}

std::string result_line(std::string_view queue_id, std::string_view result) {
  fmt::memory_buffer out;
  JsonWriter json(out);
  json.begin_object();
  json.key("queue_id").text(queue_id).key("result").text(result);
  json.end_object();
  return fmt::to_string(out) + '\n';
}

Result<void> list(const HelperRequest& request, MailQueue& queue, const LineWriter& write) {
  const auto messages = queue.scan({.ids = std::nullopt, .with_bounce_originals = request.with_bounces});
  if (!messages) return fail(messages.error());
  for (const QueuedMessage& message : *messages) {
    const bool is_wanted = request.account.empty() || is_of_account(message, request) ||
                           (request.with_bounces && is_bounce(message));
    if (is_wanted) write(line_of(message, request));
  }
  return {};
}

void write_content(std::string_view content, const LineWriter& write) {
  constexpr std::size_t kPiece = 48UL * 1024;  // a multiple of three: the pieces together are one text
  while (!content.empty()) {
    const std::string_view piece = content.substr(0, kPiece);
    write(fmt::format("{{\"content\":\"{}\"}}\n", to_base64(piece)));
    content.remove_prefix(piece.size());
  }
}

Result<void> show(const HelperRequest& request, MailQueue& queue, const LineWriter& write) {
  if (!queue.is_queue_id(request.queue_id))
    return fail(ErrorCode::kInvalidInput, fmt::format("'{}' is no queue ID", request.queue_id));
  const auto stored = queue.read(request.queue_id, kMostShownBytes);
  if (!stored) return fail(stored.error());
  const bool is_theirs =
      is_of_account(stored->message, request) || (request.with_bounces && is_bounce(stored->message));
  if (!is_theirs)
    return fail(ErrorCode::kNotFound, fmt::format("{} is no mail of {}", request.queue_id, request.account));
  write(line_of(stored->message, request));
  write_content(stored->content, write);
  return {};
}

// What is asked for: queue IDs, and for bounces what they must be about.
struct Asked {
  std::string queue_id;
  std::string original;
};

Result<std::vector<Asked>> read_asked(const HelperRequest& request, const MailQueue& queue,
                                      std::string_view input) {
  std::vector<Asked> asked;
  while (!input.empty()) {
    const auto end = std::min(input.find('\n'), input.size());
    const std::string_view line = input.substr(0, end);
    input.remove_prefix(std::min(end + 1, input.size()));
    if (line.empty()) continue;
    const auto space = std::min(line.find(' '), line.size());
    Asked one{std::string(line.substr(0, space)),
              std::string(space < line.size() ? line.substr(space + 1) : std::string_view{})};
    if (!queue.is_queue_id(one.queue_id) || (space < line.size() && one.original.empty()) ||
        (!one.original.empty() && !request.with_bounces))
      return fail(ErrorCode::kInvalidInput, fmt::format("'{}' is no queue ID", line.substr(0, 100)));
    asked.push_back(std::move(one));
  }
  return asked;
}

bool may_touch(const QueuedMessage& message, const Asked& asked, const HelperRequest& request) {
  if (asked.original.empty()) return is_of_account(message, request);
  return is_bounce(message) &&
         std::ranges::find(message.bounce_of, asked.original) != message.bounce_of.end();
}

using Found = std::map<std::string, QueuedMessage, std::less<>>;

Result<Found> find(MailQueue& queue, const std::vector<Asked>& asked, bool with_bounces) {
  Wanted wanted{.ids = std::set<std::string, std::less<>>{}, .with_bounce_originals = with_bounces};
  for (const Asked& one : asked) wanted.ids->insert(one.queue_id);
  auto messages = queue.scan(wanted);
  if (!messages) return fail(messages.error());
  Found found;
  for (QueuedMessage& message : *messages) {
    const std::string id = message.queue_id;
    found.insert_or_assign(id, std::move(message));
  }
  return found;
}

// Those that the verb may change, in the order of arrival.
std::vector<QueuedMessage> chosen(const HelperRequest& request, const std::vector<Asked>& asked,
                                  const Found& before) {
  std::vector<QueuedMessage> messages;
  for (const Asked& one : asked) {
    const auto found = before.find(one.queue_id);
    if (found == before.end() || !may_touch(found->second, one, request)) continue;
    const bool is_held = found->second.queue == QueueName::kHold;
    if (is_held != (request.verb == HelperVerb::kHold)) messages.push_back(found->second);
  }
  sort_by_arrival(messages);
  return messages;
}

std::string_view result_of(HelperVerb verb, bool was_held, const QueuedMessage* after, bool is_late) {
  const bool is_held = after != nullptr && after->queue == QueueName::kHold;
  if (verb == HelperVerb::kHold) {
    if (after == nullptr) return "gone";
    if (!is_held) return "failed";
    return was_held ? "was_held" : "held";
  }
  if (!was_held) return "not_held";
  if (is_held) return is_late ? "later" : "failed";
  return verb == HelperVerb::kRelease ? "released" : after == nullptr ? "deleted" : "failed";
}

Result<void> change(const HelperRequest& request, MailQueue& queue, std::string_view input,
                    const LineWriter& write) {
  const auto asked = read_asked(request, queue, input);
  if (!asked) return fail(asked.error());
  const auto before = find(queue, *asked, request.with_bounces);
  if (!before) return fail(before.error());
  const std::vector<QueuedMessage> messages = chosen(request, *asked, *before);
  const auto deadline = std::chrono::steady_clock::now() + kReleaseTime;
  Result<void> done{};
  if (!messages.empty()) {
    done = request.verb == HelperVerb::kHold      ? queue.hold(messages)
           : request.verb == HelperVerb::kRelease ? queue.release(messages, deadline)
                                                  : queue.remove(messages);
  }
  if (!done) return done;
  // The servers' programs say "done" of IDs that they do not know: the queue itself tells.
  const auto after = find(queue, *asked, false);
  if (!after) return fail(after.error());
  const bool is_late = std::chrono::steady_clock::now() >= deadline;
  for (const Asked& one : *asked) {
    const auto was = before->find(one.queue_id);
    const auto is = after->find(one.queue_id);
    std::string_view result = "gone";
    if (was != before->end() && !may_touch(was->second, one, request)) {
      result = "not_of_account";
    } else if (was != before->end()) {
      result = result_of(request.verb, was->second.queue == QueueName::kHold,
                         is == after->end() ? nullptr : &is->second, is_late);
    }
    write(result_line(one.queue_id, result));
  }
  return {};
}

}  // namespace

std::string error_line(const Error& error) {
  fmt::memory_buffer out;
  JsonWriter json(out);
  json.begin_object();
  json.key("error").text(error.detail).key("code").text(to_text(error.code));
  json.end_object();
  return fmt::to_string(out) + '\n';
}

Result<void> answer_helper_request(const HelperRequest& request, MailQueue& queue, std::string_view input,
                                   const LineWriter& write) {
  Result<void> done{};
  if (request.verb == HelperVerb::kList) {
    done = list(request, queue, write);
  } else if (request.verb == HelperVerb::kShow) {
    done = show(request, queue, write);
  } else {
    done = change(request, queue, input, write);
  }
  if (done) write(kEnd);
  return done;
}

}  // namespace postreeve
