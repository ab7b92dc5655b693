#include "lab/score/node_group.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ratio>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "guard/guard.h"
#include "redis/redis_client.h"
#include "store/ledger/database.h"
#include "store/redis/redis_account_store.h"
#include "store/redis/redis_shared_counters.h"

namespace postreeve::lab {
namespace {

constexpr std::chrono::seconds kTendEvery{1};
// `serve` asks Redis every second how many accounts there are and how many were restricted lately. Where
// nothing has changed the latter counts others when another ten minutes begin.
using TenMinutes = std::chrono::duration<std::int64_t, std::ratio<600>>;
// The last turns of `serve` before a standing is over, in which it may go on, and the first one after it.
constexpr std::chrono::seconds kBeforeAnEnd{2};
constexpr std::chrono::seconds kAfterAnEnd{1};
// Nobody waits, and the machine may be busy.
constexpr std::chrono::seconds kTimeLimit{20};

// To a database that must be empty.
Result<std::unique_ptr<RedisClient>> connect(const std::string& url, int database) {
  Result<RedisAddress> address = RedisAddress::parse(url);
  if (!address) return fail(address.error());
  address->database = database;
  Result<std::unique_ptr<RedisClient>> client =
      RedisClient::make({.address = std::move(*address), .time_limit = kTimeLimit});
  if (!client) return client;
  const Result<RespValue> size = (*client)->ask(RedisCommand("pr:", {"DBSIZE"}));
  if (!size) return fail(size.error());
  if (size->number() == 0) return client;
  return fail(ErrorCode::kConflict, "this Redis is in use; give an empty one");
}

bool is_answered(const Event& step) {
  return std::holds_alternative<Login>(step) || std::holds_alternative<Recipient>(step) ||
         std::holds_alternative<Submission>(step);
}

}  // namespace

struct NodeGroup::Node final : DecisionWatcher {
  Node(std::unique_ptr<RedisClient> connected, std::unique_ptr<LedgerDatabase> opened,
       std::shared_ptr<const Rules> rules, Guard::Clock clock)
      : client(std::move(connected)),
        database(std::move(opened)),
        guard({.accounts = accounts,
               .counters = counters,
               .incidents = incidents,
               .key = HashKey{},
               .clock = std::move(clock),
               .several_doors = false,
               .failed = [this](const std::string&) { ++faults; },
               .shares_records = true,
               .shares_ledger = true},
              std::move(rules), Mode::kEnforce) {
    guard.add_watcher(*this);
  }

  void saw(const Decided& decided) override {
    const Verdict& verdict = decided.observation.verdict;
    seen = {.action = decided.would, .standing = verdict.standing, .risk = verdict.risk};
    has_changed = decided.observation.change.has_value();
  }

  void judge(const Event& step) {
    seen = {};
    has_changed = false;
    if (const auto* told = std::get_if<Judgement>(&step)) {
      settle(*told);
    } else if (is_answered(step)) {
      guard.judge(step, Door::kPostfixPolicy, [this](const Answer& answer) { seen.action = answer.action; });
    } else {
      (void)guard.note(step, Door::kLog);  // counted by `failed`
    }
    guard.wait_for_the_ledger();
  }

  // As `incident confirm` and `incident dismiss`.
  void settle(const Judgement& told) {
    const Outcome outcome = told.confirmed ? Outcome::kConfirmed : Outcome::kDismissed;
    const Result<IncidentRow> incident = incidents.get(guard.standing_of(told.account).incident);
    if (!incident || incident->outcome == outcome) {
      (void)guard.note(told, Door::kEventApi);
      return;
    }
    const IncidentJudgement judgement{
        .incident = incident->id, .outcome = outcome, .text = std::string(to_text(outcome)), .actions = {}};
    const Result<StandingChange> change = guard.settle(told.account, judgement, told.person, told.reason);
    if (!change) {
      ++faults;
      return;
    }
    if (change->before == change->after && !incidents.settle(judgement, told.person, told.time)) ++faults;
    seen.standing = change->after;
    has_changed = true;
  }

  std::unique_ptr<RedisClient> client;
  RedisAccountStore accounts{*client};
  RedisSharedCounters counters{*client};
  std::unique_ptr<LedgerDatabase> database;
  IncidentBook incidents{*database};
  std::atomic<std::uint64_t> faults{0};
  Seen seen;
  bool has_changed = false;  // a standing, by the latest step
  Guard guard;               // ends before what is above
};

NodeGroup::~NodeGroup() = default;

Result<std::unique_ptr<NodeGroup>> NodeGroup::open(const Policy& policy, const Locator& locator,
                                                   std::size_t count, const Places& places) {
  std::unique_ptr<NodeGroup> group(new NodeGroup());
  std::vector<std::unique_ptr<RedisClient>> clients;  // all before one writes anything there
  for (std::size_t i = 0; i < count; ++i) {
    Result<std::unique_ptr<RedisClient>> client = connect(places.redis, places.redis_database);
    if (!client) return fail(client.error());
    clients.push_back(std::move(*client));
  }
  const auto rules =
      std::make_shared<const Rules>(policy, std::shared_ptr<const Locator>(std::shared_ptr<void>(), &locator),
                                    std::vector<ListEntry>{}, std::vector<AccountPolicy>{}, Timestamp{});
  PostgresqlServer server = places.ledger;
  server.timeout = kTimeLimit;
  for (auto& client : clients) {
    const std::string spool = places.folder / fmt::format("spool{}.db", group->nodes_.size());
    auto database = LedgerDatabase::open({.path = spool, .server = server});
    if (!database) return fail(database.error());
    if (const LedgerHealth health = (*database)->health(); !health.is_up)
      return fail(ErrorCode::kUnavailable, health.trouble);
    group->nodes_.push_back(std::make_unique<Node>(std::move(client), std::move(*database), rules,
                                                   [group = group.get()] { return group->now_; }));
  }
  return group;
}

void NodeGroup::refresh() {
  for (const auto& node : nodes_) {
    (void)node->accounts.refresh();
    (void)node->counters.refresh(now_);
  }
  refreshed_ = now_;
}

void NodeGroup::follow() {
  while (true) {
    const auto rows = nodes_.front()->incidents.changed_since(version_);
    if (!rows) ++unanswered_;
    if (!rows || rows->empty()) return;
    for (const auto& node : nodes_) node->guard.adopt(*rows);
    for (const StandingRow& row : *rows) {
      if (row.standing.until == 0) continue;
      const Timestamp end = from_seconds32(row.standing.until);
      looks_.insert({end - kBeforeAnEnd, end + kAfterAnEnd});
    }
    version_ = rows->back().version;
  }
}

void NodeGroup::tend(bool is_to_look) {
  for (const auto& node : nodes_) {
    node->guard.tend(is_to_look && node == nodes_.front());
    node->guard.wait_for_the_ledger();
  }
  tended_ = now_;
}

void NodeGroup::pass(Timestamp now) {
  while (!looks_.empty() && *looks_.begin() <= now) {
    now_ = std::max(now_, *looks_.begin());
    looks_.erase(looks_.begin());
    tend(true);
    follow();
  }
  now_ = now;
  if (now - tended_ >= kTendEvery) tend(false);
  if (std::chrono::floor<TenMinutes>(now) != std::chrono::floor<TenMinutes>(refreshed_)) refresh();
}

Seen NodeGroup::judge(const Event& step, std::size_t number) {
  pass(time_of(step));
  Node& node = *nodes_[number];
  node.judge(step);
  if (node.has_changed) {
    refresh();
    follow();
  }
  return node.seen;
}

Result<LedgerLines> NodeGroup::ledger() const {
  return read_ledger(nodes_.front()->incidents);
}

std::uint64_t NodeGroup::judged_again() const {
  std::uint64_t sum = 0;
  for (const auto& node : nodes_) sum += node->accounts.health().conflicts;
  return sum;
}

std::uint64_t NodeGroup::judged_alone() const {
  std::uint64_t sum = 0;
  for (const auto& node : nodes_) sum += node->accounts.health().alone;
  return sum;
}

std::uint64_t NodeGroup::faults() const {
  std::uint64_t sum = unanswered_;
  for (const auto& node : nodes_) {
    const LedgerHealth health = node->database->health();
    sum += node->faults + node->guard.unwritten() + health.spooled + health.brought + health.dropped;
  }
  return sum;
}

}  // namespace postreeve::lab
