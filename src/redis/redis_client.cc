#include "redis/redis_client.h"

#include <openssl/evp.h>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace postreeve {
namespace {

using Clock = std::chrono::steady_clock;

// A cluster that heals a slot after the other sends callers around.
constexpr int kMostRounds = 5;
// Nodes come and go seldom; many callers notice it at the same moment.
constexpr std::chrono::milliseconds kBetweenLearning{200};
constexpr std::size_t kMostNodes = 1'000;

// The server is there and does not do what it is asked, whoever asks: until it is well again.
bool is_refusal(std::string_view error) {
  constexpr std::string_view kRefusals[] = {"LOADING", "CLUSTERDOWN", "MASTERDOWN", "READONLY",
                                            "BUSY ",   "OOM",         "MISCONF",    "NOREPLICAS"};
  return std::ranges::any_of(kRefusals, [&](std::string_view word) { return error.starts_with(word); });
}

// What another attempt later may change.
bool is_passing(std::string_view error) {
  constexpr std::string_view kOthers[] = {"TRYAGAIN", "NOAUTH", "WRONGPASS",     "NOPERM",
                                          "MOVED",    "ASK",    "ERR max number"};
  return is_refusal(error) ||
         std::ranges::any_of(kOthers, [&](std::string_view word) { return error.starts_with(word); });
}

Result<RespValue> as_result(RespValue answer) {
  if (!answer.is_error()) return answer;
  if (answer.text.starts_with("NOSCRIPT")) return fail(ErrorCode::kNotFound, std::move(answer.text));
  // Before the text is moved from: arguments are evaluated in any order.
  const ErrorCode code = is_passing(answer.text) ? ErrorCode::kUnavailable : ErrorCode::kInvalidInput;
  return fail(code, std::move(answer.text));
}

}  // namespace

RedisScript::RedisScript(std::string_view source) : source_(source) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  EVP_Digest(source.data(), source.size(), bytes.data(), &size, EVP_sha1(), nullptr);
  for (unsigned i = 0; i < size; ++i) digest_ += fmt::format("{:02x}", bytes[i]);
}

// What one call asks, and what it has been answered so far.
struct RedisClient::Call {
  std::span<const RedisCommand> commands;
  std::vector<Result<RespValue>> answers;
  std::vector<std::size_t> pending;  // numbers of the commands that are to be asked (again)
  Deadline until;
};

RedisClient::RedisClient(RedisOptions options, TlsContext tls)
    : options_(std::move(options)),
      login_{options_.address.user, options_.password, options_.address.database, std::move(tls)} {
  for (const RedisNodeName& name : options_.address.nodes)
    nodes_.push_back(std::make_shared<RedisNode>(name, login_));
}

RedisClient::~RedisClient() = default;

Result<std::unique_ptr<RedisClient>> RedisClient::make(RedisOptions options) {
  TlsContext tls;
  if (options.address.tls) {
    Result<TlsContext> made = make_tls_context(options.ca_file);
    if (!made) return fail(std::move(made).error());
    tls = std::move(*made);
  }
  return std::unique_ptr<RedisClient>(new RedisClient(std::move(options), std::move(tls)));
}

Result<RespValue> RedisClient::ask(const RedisCommand& command) {
  return std::move(ask_all({&command, 1}).front());
}

std::vector<Result<RespValue>> RedisClient::ask_all(std::span<const RedisCommand> commands) {
  if (!is_barred_) return ask_all_the_same(commands);
  return std::vector<Result<RespValue>>(commands.size(), fail(ErrorCode::kUnavailable, health().barred));
}

void RedisClient::bar(std::string why) {
  const std::scoped_lock lock(mutex_);
  is_barred_ = !why.empty();
  barred_ = std::move(why);
}

std::vector<Result<RespValue>> RedisClient::ask_all_the_same(std::span<const RedisCommand> commands) {
  Call call{.commands = commands, .answers = {}, .pending = {}, .until = Clock::now() + options_.time_limit};
  call.answers.resize(commands.size(), fail(ErrorCode::kUnavailable, "nobody answered"));
  for (std::size_t i = 0; i < commands.size(); ++i) call.pending.push_back(i);
  if (const Result<void> known = know_slots(call.until); !known) {
    for (Result<RespValue>& answer : call.answers) answer = fail(known.error());
    return std::move(call.answers);
  }
  for (int round = 0; round < kMostRounds && !call.pending.empty() && Clock::now() < call.until; ++round)
    ask_pending(call);
  return std::move(call.answers);
}

Result<RespValue> RedisClient::run(const RedisScript& script, std::span<const std::string_view> keys,
                                   std::span<const std::string_view> arguments) {
  const std::string count = std::to_string(keys.size());
  std::vector<std::string_view> parts{"EVALSHA", script.digest(), count};
  parts.insert(parts.end(), keys.begin(), keys.end());
  parts.insert(parts.end(), arguments.begin(), arguments.end());
  Result<RespValue> answer = ask(RedisCommand(keys.front(), parts));
  if (answer || answer.error().code != ErrorCode::kNotFound) return answer;
  parts[0] = "EVAL";
  parts[1] = script.source();
  return ask(RedisCommand(keys.front(), parts));
}

void RedisClient::ask_pending(Call& call) {
  const std::vector<std::size_t> numbers = std::exchange(call.pending, {});
  std::vector<std::pair<Node, std::vector<std::size_t>>> groups;
  for (const std::size_t number : numbers) {
    const Node node = node_of(call.commands[number].slot());
    const auto group = std::ranges::find(groups, node, [](const auto& g) { return g.first; });
    if (group == groups.end())
      groups.push_back({node, {number}});
    else
      group->second.push_back(number);
  }
  // All are asked before one is waited for, and all have answered before anything else is asked because of
  // that: one that hangs takes no time from the others.
  std::vector<Result<RedisNode::Asked>> asked;
  for (const auto& [node, group] : groups) {
    std::string pipeline;
    for (const std::size_t number : group) pipeline += call.commands[number].wire();
    asked.push_back(node->send(pipeline, call.until));
  }
  std::vector<Result<std::vector<RespValue>>> answers;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (asked[i])
      answers.push_back(groups[i].first->receive(std::move(*asked[i]), groups[i].second.size(), call.until));
    else
      answers.push_back(fail(std::move(asked[i]).error()));
  }
  for (std::size_t i = 0; i < groups.size(); ++i)
    take_answers(call, groups[i].first, groups[i].second, std::move(answers[i]));
}

void RedisClient::take_answers(Call& call, const Node& node, const std::vector<std::size_t>& numbers,
                               Result<std::vector<RespValue>> answers) {
  if (answers) {
    for (std::size_t i = 0; i < numbers.size(); ++i)
      take_answer(call, node, numbers[i], std::move((*answers)[i]));
    return;
  }
  for (const std::size_t number : numbers) call.answers[number] = fail(answers.error());
  // Another node may have taken its slots over; what was asked may have been done, so it is not asked again.
  if (is_cluster_.load()) learn_anew(call.until);
}

void RedisClient::take_answer(Call& call, const Node& node, std::size_t number, RespValue answer) {
  if (!answer.is_error()) {
    call.answers[number] = std::move(answer);
    return;
  }
  const Redirection redirection = read_redirection(answer.text, node->name());
  if (redirection.kind == Redirection::Kind::kAsk) {
    ++redirections_;
    call.answers[number] = ask_there(redirection.node, call.commands[number], call.until);
    return;
  }
  if (redirection.kind == Redirection::Kind::kMoved) {
    ++redirections_;
    adopt({{redirection.slot, redirection.slot, redirection.node}});
    call.pending.push_back(number);
  }
  if (is_refusal(answer.text)) node->note_refusal(answer.text);
  // A master that has become a replica, or sees less than half of the others.
  if (answer.text.starts_with("READONLY") || answer.text.starts_with("CLUSTERDOWN")) {
    learn_anew(call.until);
    if (node_of(call.commands[number].slot()) != node) call.pending.push_back(number);  // it was not done
  }
  call.answers[number] = as_result(std::move(answer));
}

Result<RespValue> RedisClient::ask_there(const RedisNodeName& name, const RedisCommand& command,
                                         Deadline until) {
  std::string pipeline;
  append_command(pipeline, {"ASKING"});
  pipeline += command.wire();
  Result<std::vector<RespValue>> answers = node_named(name)->ask(pipeline, 2, until);
  if (!answers) return fail(std::move(answers).error());
  return as_result(std::move((*answers)[1]));
}

RedisClient::Node RedisClient::node_of(std::uint16_t slot) const {
  const std::scoped_lock lock(mutex_);
  return nodes_[is_cluster_ ? owner_of_slot_[slot] : 0];
}

RedisClient::Node RedisClient::node_named(const RedisNodeName& name) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::ranges::find(nodes_, name, [](const Node& node) { return node->name(); });
  if (found != nodes_.end()) return *found;
  if (nodes_.size() >= kMostNodes) return nodes_.front();
  return nodes_.emplace_back(std::make_shared<RedisNode>(name, login_));
}

Result<void> RedisClient::know_slots(Deadline until) {
  {
    const std::scoped_lock lock(mutex_);
    if (is_known_) return {};
  }
  const std::scoped_lock learning(learning_mutex_);
  std::vector<Node> nodes;
  {
    const std::scoped_lock lock(mutex_);
    if (is_known_) return {};
    nodes = nodes_;
  }
  Result<void> done;
  for (const Node& node : nodes) {
    done = learn_slots(node, until);
    if (done) return done;
  }
  return done;
}

// Of the servers that are known the first one that answers, and of those that refuse writes none before the
// others: a master that was cut off believes that it still has its slots. Of those that were down the ones
// that people named may be all that is left of a cluster whose nodes have other addresses now.
void RedisClient::learn_anew(Deadline until) {
  const std::unique_lock learning(learning_mutex_, std::try_to_lock);
  if (!learning || Clock::now() < learned_ + kBetweenLearning) return;
  learned_ = Clock::now();
  std::vector<Node> nodes;
  {
    const std::scoped_lock lock(mutex_);
    nodes = nodes_;
  }
  std::ranges::stable_partition(nodes, [](const Node& node) { return node->health().is_up; });
  std::ranges::stable_partition(nodes, [](const Node& node) { return node->takes_writes(); });
  for (const Node& node : nodes) {
    if (Clock::now() >= until || learn_slots(node, until)) return;
  }
}

Result<void> RedisClient::learn_slots(Node node, Deadline until) {
  std::string question;
  append_command(question, {"CLUSTER", "SLOTS"});
  Result<std::vector<RespValue>> answers = node->ask(question, 1, until);
  if (!answers) return fail(std::move(answers).error());
  const RespValue& answer = answers->front();
  if (answer.is_error()) {
    // "ERR This instance has cluster support disabled": a single server, as far as we are concerned.
    if (is_passing(answer.text)) return fail(ErrorCode::kUnavailable, answer.text);
    const std::scoped_lock lock(mutex_);
    std::swap(*std::ranges::find(nodes_, node), nodes_.front());
    is_known_ = true;
    return {};
  }
  const Result<std::vector<SlotRange>> ranges = read_cluster_slots(answer, node->name());
  if (!ranges) return fail(ranges.error());
  if (ranges->empty()) return fail(ErrorCode::kUnavailable, "the cluster has no slots yet");
  adopt(*ranges);
  const std::scoped_lock lock(mutex_);
  is_cluster_ = true;
  is_known_ = true;
  return {};
}

void RedisClient::adopt(const std::vector<SlotRange>& ranges) {
  for (const SlotRange& range : ranges) {
    const Node node = node_named(range.master);
    const std::scoped_lock lock(mutex_);
    const auto place = static_cast<std::uint16_t>(std::ranges::find(nodes_, node) - nodes_.begin());
    bool is_moved = false;
    for (unsigned slot = range.first; slot <= range.last; ++slot)
      is_moved |= std::exchange(owner_of_slot_[slot], place) != place;
    if (is_moved && is_known_) ++moves_;
  }
}

// Requires the lock.
std::vector<RedisClient::Node> RedisClient::nodes_with_slots() const {
  if (!is_cluster_) return {nodes_.front()};
  std::vector<bool> owns(nodes_.size());
  for (const std::uint16_t owner : owner_of_slot_) owns[owner] = true;
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (owns[i]) nodes.push_back(nodes_[i]);
  }
  return nodes;
}

Result<void> RedisClient::each_key(std::string_view pattern, const OnKeys& on_keys) {
  if (const Result<void> known = know_slots(Clock::now() + options_.time_limit); !known) return known;
  std::vector<Node> nodes;
  {
    const std::scoped_lock lock(mutex_);
    nodes = nodes_with_slots();
  }
  for (const Node& node : nodes) {
    if (Result<void> done = each_key_on(*node, pattern, on_keys); !done) return done;
  }
  return {};
}

Result<void> RedisClient::each_key_on(RedisNode& node, std::string_view pattern, const OnKeys& on_keys) {
  std::string cursor = "0";
  do {
    std::string question;
    append_command(question, {"SCAN", cursor, "MATCH", pattern, "COUNT", "500"});
    Result<std::vector<RespValue>> answers = node.ask(question, 1, Clock::now() + options_.time_limit);
    if (!answers) return fail(std::move(answers).error());
    Result<RespValue> answer = as_result(std::move(answers->front()));
    if (!answer) return fail(std::move(answer).error());
    if (answer->items.size() != 2) return fail(ErrorCode::kCorrupt, "the answer to SCAN is none");
    cursor = answer->items[0].text;
    std::vector<std::string> keys;
    for (RespValue& key : answer->items[1].items) keys.push_back(std::move(key.text));
    if (keys.empty()) continue;
    if (Result<void> done = on_keys(keys); !done) return done;
  } while (cursor != "0");
  return {};
}

void RedisClient::look_around() {
  const Deadline until = Clock::now() + options_.time_limit;
  if (!know_slots(until)) return;
  std::vector<Node> nodes;
  {
    const std::scoped_lock lock(mutex_);
    nodes = nodes_with_slots();
  }
  bool is_anew = false;
  for (const Node& node : nodes) {
    if (!is_as_it_should_be(node)) is_anew = is_cluster_;
  }
  if (is_anew) learn_anew(Clock::now() + options_.time_limit);
}

bool RedisClient::is_as_it_should_be(const Node& node) {
  const std::string key = is_barred_ ? std::string() : key_on(node);
  std::string question;
  if (key.empty())
    append_command(question, {"PING"});
  else
    append_command(question, {"SET", key, "", "EX", "10"});
  const Result<std::vector<RespValue>> answers = node->ask(question, 1, Clock::now() + options_.time_limit);
  if (!answers) return false;
  const RespValue& answer = answers->front();
  const bool is_refused = answer.is_error() && is_refusal(answer.text);
  node->note_refusal(is_refused ? std::string_view(answer.text) : std::string_view());
  return !answer.is_error();
}

// A key of ours that the server has a slot for; empty: it has none.
std::string RedisClient::key_on(const Node& node) const {
  constexpr int kMostTries = 10'000;
  for (int i = 0; i < kMostTries; ++i) {
    std::string key = fmt::format("pr:{{w{}}}", i);
    if (node_of(cluster_slot_of(key)) == node) return key;
  }
  return {};
}

bool RedisClient::takes_writes(std::string_view key) const {
  return node_of(cluster_slot_of(key))->takes_writes();
}

RedisClient::Health RedisClient::health() const {
  const std::scoped_lock lock(mutex_);
  Health health;
  health.barred = barred_;
  health.is_cluster = is_cluster_;
  health.redirections = redirections_;
  health.breaks = moves_;
  const std::vector<Node> with_slots = nodes_with_slots();
  health.nodes = with_slots.size();
  for (const Node& node : nodes_) {
    const RedisNode::Health of_node = node->health();
    const bool counts = std::ranges::find(with_slots, node) != with_slots.end();
    if (counts && (!of_node.is_up || !of_node.refusal.empty())) ++health.away;
    if (!of_node.last_fault.empty() && (!of_node.is_up || health.last_fault.empty()))
      health.last_fault = of_node.last_fault;
    if (counts && of_node.is_up && !of_node.refusal.empty())
      health.last_fault = "it takes no writes: " + of_node.refusal;
    health.faults += of_node.faults;
    health.connects += of_node.connects;
    health.breaks += of_node.breaks;
  }
  health.is_up = is_known_ && !is_barred_ && health.away == 0;
  return health;
}

}  // namespace postreeve
