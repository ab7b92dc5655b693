#include "gate/event_api.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/json_writer.h"
#include "gate/slow_answer.h"
#include "gate/waiting_batch.h"
#include "http/credentials.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostErrors = 100;  // told one by one

bool is_known_type(std::string_view field) {
  const std::string_view type = trim(field.substr(0, std::min(field.find(';'), field.size())));
  return type.empty() || equals_ignoring_case(type, "application/x-ndjson") ||
         equals_ignoring_case(type, "application/jsonl") || equals_ignoring_case(type, "application/json");
}

void write_counts(JsonWriter& json, std::size_t accepted, const EventBatch& batch) {
  json.key("accepted").number(accepted).key("ignored").number(batch.ignored);
  json.key("refused").number(batch.refused.size()).key("errors").begin_array();
  for (std::size_t i = 0; i < std::min(batch.refused.size(), kMostErrors); ++i) {
    const EventBatch::Refused& refused = batch.refused[i];
    json.begin_object().key("line").number(refused.line).key("status").number(refused.status);
    json.key("what").text(refused.what).end_object();
  }
  json.end_array();
}

// A batch of which nothing is right is the client's fault as a whole.
unsigned status_of(std::size_t accepted, const EventBatch& batch, unsigned good) {
  if (accepted > 0 || batch.ignored > 0 || batch.refused.empty()) return good;
  const unsigned first = batch.refused.front().status;
  return std::ranges::all_of(batch.refused, [first](const auto& one) { return one.status == first; }) ? first
                                                                                                      : 400;
}

HttpResponse counts_response(std::size_t accepted, const EventBatch& batch) {
  fmt::memory_buffer text;
  JsonWriter json(text);
  json.begin_object();
  write_counts(json, accepted, batch);
  json.end_object();
  return json_response(fmt::to_string(text), status_of(accepted, batch, 202));
}

HttpResponse verdicts_response(const std::vector<WaitedVerdict>& verdicts, const EventBatch& batch) {
  fmt::memory_buffer text;
  JsonWriter json(text);
  json.begin_object();
  write_counts(json, verdicts.size(), batch);
  json.key("verdicts").begin_array();
  for (const WaitedVerdict& one : verdicts) {
    const Answer& answer = one.answer;
    json.begin_object().key("line").number(one.line).key("action").text(to_text(answer.action));
    json.key("would").text(to_text(answer.would)).key("reply").text(to_text(answer.reply));
    json.key("reason").text(answer.reason).key("standing").text(to_text(answer.level)).end_object();
  }
  json.end_array().end_object();
  return json_response(fmt::to_string(text), status_of(verdicts.size(), batch, 200));
}

HttpResponse failure_of(const Error& error) {
  return problem(error.code == ErrorCode::kLimitExceeded ? 413 : 400, error.detail);
}

std::size_t recipients_of(const EventBatch& batch) {
  std::size_t recipients = 0;
  for (const EventBatch::Taken& taken : batch.taken) {
    if (const auto* message = std::get_if<Submission>(&taken.event)) recipients += message->recipients.size();
  }
  return recipients;
}

unsigned status_of(const Error& error) {
  if (error.code == ErrorCode::kConflict) return 409;
  return error.code == ErrorCode::kInvalidInput || error.code == ErrorCode::kNotFound ? 400 : 503;
}

// Settling one waits for the ledger, whose thread may be the one that goes on with such a batch.
void refuse_judgements(EventBatch& batch) {
  const auto is_judgement = [](const EventBatch::Taken& taken) {
    return std::holds_alternative<Judgement>(taken.event);
  };
  for (const EventBatch::Taken& taken : batch.taken | std::views::filter(is_judgement))
    batch.refused.push_back({taken.line, 400, "a judgement is told, not asked for; leave out wait=1"});
  std::erase_if(batch.taken, is_judgement);
}

bool is_waited_for(const HttpRequest& request) {
  return request.query_value("wait") == "1";
}

// What makes two requests the same one.
std::string asked(const HttpRequest& request) {
  return (is_waited_for(request) ? "wait " : "tell ") + request.body;
}

}  // namespace

EventGuard event_guard(Guard& guard, SettleJudgement settle) {
  return {.note = [&guard, settle = std::move(settle)](Event event) -> Result<void> {
            if (const auto* judgement = std::get_if<Judgement>(&event)) return settle(*judgement);
            return guard.note(std::move(event), Door::kEventApi);
          },
          .judge =
              [&guard](Event event, Guard::Done done) {
                guard.judge(std::move(event), Door::kEventApi, std::move(done));
              }};
}

EventApi::EventApi(EventGuard guard, EventTokens tokens, EventApiOptions options, AnswerBook* answers,
                   std::function<Timestamp()> clock)
    : guard_(std::make_shared<const EventGuard>(std::move(guard))),
      tokens_(std::move(tokens)),
      options_(std::move(options)),
      reader_(options_.default_domain) {
  if (answers != nullptr) repeated_.emplace(*answers, std::move(clock));
}

EventApi::~EventApi() {
  slow_.join();
}

void EventApi::answer(HttpRequest request, HttpReply reply) {
  answer_slowly(slow_, [this, request = std::move(request), reply = std::move(reply)]() mutable {
    serve(request, reply);
  });
}

void EventApi::serve(const HttpRequest& request, HttpReply& reply) {
  const auto token = bearer_token(request);
  const auto scope = token ? tokens_(*token) : std::nullopt;
  if (!scope) {
    HttpResponse response = problem(401, "a valid token is needed");
    response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"postreeve\"");
    reply(std::move(response));
  } else if (!is_known_type(request.header("content-type"))) {
    reply(problem(415, "events come as application/x-ndjson or application/json"));
  } else {
    begin(request, *scope, reply);
  }
}

void EventApi::begin(const HttpRequest& request, const EventScope& scope, HttpReply& reply) {
  const std::string key(request.header("idempotency-key"));
  if (key.empty()) {
    answer_batch(request, scope, reply);
  } else if (!repeated_) {
    reply(problem(400, "no Idempotency-Key is taken here"));
  } else if (auto once = repeated_->begin(scope.name, key, asked(request), std::move(reply))) {
    answer_batch(request, scope, *once);
  }
}

void EventApi::answer_batch(const HttpRequest& request, const EventScope& scope, HttpReply& reply) {
  is_waited_for(request) ? judge(request.body, scope, reply) : take(request.body, scope, reply);
}

void EventApi::take(const std::string& body, const EventScope& scope, HttpReply& reply) {
  const auto texts = split_events(body, options_.most_events);
  if (!texts) {
    reply(failure_of(texts.error()));
    return;
  }
  EventBatch batch = reader_.read(*texts, scope);
  std::size_t accepted = 0;
  for (EventBatch::Taken& taken : batch.taken) {
    const Result<void> noted = guard_->note(std::move(taken.event));
    if (noted) {
      ++accepted;
    } else {
      batch.refused.push_back({taken.line, status_of(noted.error()), noted.error().detail});
    }
  }
  reply(counts_response(accepted, batch));
}

void EventApi::judge(const std::string& body, const EventScope& scope, HttpReply& reply) {
  const auto texts = split_events(body, options_.most_waiting);
  if (!texts) {
    reply(failure_of(texts.error()));
    return;
  }
  EventBatch batch = reader_.read(*texts, scope);
  refuse_judgements(batch);
  if (recipients_of(batch) > options_.most_waiting_recipients) {
    reply(problem(413, "too many recipients to wait for"));
    return;
  }
  std::vector<EventBatch::Taken> events = std::exchange(batch.taken, {});
  const auto waiting = std::make_shared<WaitingBatch>(
      guard_, std::move(events),
      [batch = std::move(batch), reply = std::move(reply)](
          const std::vector<WaitedVerdict>& verdicts) mutable { reply(verdicts_response(verdicts, batch)); });
  waiting->begin();
}

}  // namespace postreeve
