#include "redis/redis_node.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace postreeve {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kFirstBackOff{100};
constexpr std::chrono::milliseconds kLongestBackOff{2'000};

}  // namespace

Result<std::vector<RespValue>> RedisNode::ask(std::string_view pipeline, std::size_t replies,
                                              Deadline until) {
  Result<Asked> asked = send(pipeline, until);
  if (!asked) return fail(std::move(asked).error());
  return receive(std::move(*asked), replies, until);
}

Result<RedisNode::Asked> RedisNode::send(std::string_view pipeline, Deadline until) {
  if (Clock::now() >= until) return fail(with_name({ErrorCode::kUnavailable, "no time was left to ask"}));
  const Result<bool> is_probe = admit(until);
  if (!is_probe) return fail(is_probe.error());
  Asked asked{.connection = take_idle(), .was_idle = true, .is_probe = *is_probe};
  if (!asked.connection) {
    Result<Connection> connection = connect(until);
    if (!connection) return fail(note_fault(connection.error(), *is_probe));
    asked.connection = std::move(*connection);
    asked.was_idle = false;
  }
  if (const Result<void> written = asked.connection->write(pipeline, until); !written)
    return fail(note_failure(asked, written.error()));
  return asked;
}

Result<std::vector<RespValue>> RedisNode::receive(Asked asked, std::size_t replies, Deadline until) {
  std::vector<RespValue> answers;
  answers.reserve(replies);
  for (std::size_t i = 0; i < replies; ++i) {
    Result<RespValue> answer = asked.connection->read(until);
    if (!answer) return fail(note_failure(asked, answer.error()));
    answers.push_back(std::move(*answer));
  }
  put_back(std::move(asked.connection));
  return answers;
}

Result<bool> RedisNode::admit(Deadline until) {
  const std::scoped_lock lock(mutex_);
  if (back_off_.count() == 0) return false;
  if (Clock::now() < closed_until_) return fail(with_name({ErrorCode::kUnavailable, health_.last_fault}));
  closed_until_ = until;  // the others do not wait for how this one fares
  return true;
}

RedisNode::Connection RedisNode::take_idle() {
  const std::scoped_lock lock(mutex_);
  if (idle_.empty()) return nullptr;
  while (!idle_.empty()) {
    Connection connection = std::move(idle_.back());
    idle_.pop_back();
    if (connection->is_open()) return connection;
  }
  ++health_.breaks;
  return nullptr;
}

void RedisNode::put_back(Connection connection) {
  const std::scoped_lock lock(mutex_);
  back_off_ = {};
  health_.is_up = true;
  idle_.push_back(std::move(connection));
}

Result<RedisNode::Connection> RedisNode::connect(Deadline until) {
  Result<Connection> connection = RedisConnection::open(name_, login_, until);
  if (!connection) return connection;
  const std::scoped_lock lock(mutex_);
  ++health_.connects;
  return connection;
}

Error RedisNode::note_failure(const Asked& asked, const Error& error) {
  if (!asked.was_idle || asked.connection->is_late()) return note_fault(error, asked.is_probe);
  // Whether the server is there shows when somebody connects; whether it has done this, nobody knows.
  const std::scoped_lock lock(mutex_);
  ++health_.faults;
  ++health_.breaks;
  return with_name(error);
}

Error RedisNode::note_fault(const Error& error, bool is_probe) {
  const std::scoped_lock lock(mutex_);
  // Those who fail together are one failure.
  if (health_.is_up || is_probe) {
    back_off_ = std::clamp(2 * back_off_, kFirstBackOff, kLongestBackOff);
    closed_until_ = Clock::now() + back_off_;
  }
  if (health_.is_up) ++health_.breaks;
  health_.is_up = false;
  health_.last_fault = error.detail;
  ++health_.faults;
  idle_.clear();
  return with_name(error);
}

Error RedisNode::with_name(const Error& error) const {
  return {ErrorCode::kUnavailable, fmt::format("{}:{}: {}", name_.host, name_.port, error.detail)};
}

void RedisNode::note_refusal(std::string_view error) {
  const std::scoped_lock lock(mutex_);
  health_.refusal = error;
  takes_writes_ = error.empty();
}

RedisNode::Health RedisNode::health() const {
  const std::scoped_lock lock(mutex_);
  return health_;
}

}  // namespace postreeve
