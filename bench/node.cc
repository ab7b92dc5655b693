#include "bench/node.h"

#include <chrono>
#include <cstdlib>
#include <semaphore>
#include <utility>

#include <fmt/format.h>

#include "app/shared_tending.h"

namespace postreeve::bench {
namespace {

template <typename Value>
Value or_exit(Result<Value> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "{}\n", result.error().detail);
  std::exit(EXIT_FAILURE);
}

std::unique_ptr<State> open_state(const NodeOptions& options) {
  Serving serving;
  serving.state_path = (options.folder / "state.db").string();
  serving.key_file = options.key_file;
  serving.redis = options.redis;
  serving.ledger = options.ledger;
  return or_exit(State::open(serving));
}

}  // namespace

Node::Node(const NodeOptions& options, Guard::Clock clock)
    : clock_(std::move(clock)),
      state_(open_state(options)),
      judging_(state_->shared ? make_judging_threads(Serving{}) : nullptr),
      counts_(state_->counts),
      strangers_(state_->clues) {
  Guard::Parts parts{
      .accounts = options.in_memory ? static_cast<AccountStore&>(accounts_in_memory_) : *state_->accounts,
      .counters = options.in_memory ? static_cast<SharedCounters&>(counters_in_memory_) : *state_->counters,
      .incidents = state_->incidents,
      .key = state_->key,
      .clock = clock_,
      .several_doors = true,
      .seen_again = [this](const Event& event) { strangers_.saw_again(event); },
      .threads = judging_.get(),
      .shares_records = state_->shared != nullptr,
      .shares_ledger = state_->database->health().has_server};
  auto rules =
      std::make_shared<const Rules>(Policy{}, std::make_shared<const Locator>(), std::vector<ListEntry>{},
                                    std::vector<AccountPolicy>{}, clock_());
  guard_ = std::make_unique<Guard>(std::move(parts), std::move(rules), Mode::kEnforce);
  guard_->add_watcher(counts_);
  guard_->add_watcher(strangers_);
  if (const Result<void> restored = guard_->restore(); !restored) {
    fmt::print(stderr, "{}\n", restored.error().detail);
    std::exit(EXIT_FAILURE);
  }
  state_->database->follow(
      {.standings = [this](std::uint64_t version) { return follow(version); }, .rules = {}});
}

Node::~Node() {
  state_->database->stop_following();
  guard_->wait_for_the_ledger();
}

Result<void> Node::follow(std::uint64_t version) {
  const auto rows = state_->incidents.changed_since(version);
  if (!rows) return fail(rows.error());
  guard_->adopt(*rows);
  return {};
}

Action Node::ask(Event event, Door door) {
  std::binary_semaphore answered{0};
  Action action{};
  guard_->judge(std::move(event), door, [&](const Answer& answer) {
    action = answer.action;
    answered.release();
  });
  answered.acquire();
  return action;
}

void Node::tend() {
  if (state_->shared) (void)state_->shared->tend(clock_());
  guard_->tend(state_->database->has_duty());
}

void Node::write_books() {
  if (const Result<void> written = state_->flush_books(); !written)
    fmt::print(stderr, "{}\n", written.error().detail);
}

double Node::write_counts(std::uint64_t first_account, std::uint64_t accounts) {
  for (std::uint64_t number = first_account; number < first_account + accounts; ++number)
    state_->counts.add(*AccountId::from_login(fmt::format("user{}@counted.example", number), ""), clock_(),
                       {.messages = 1, .recipients = 2});
  const auto start = std::chrono::steady_clock::now();
  write_books();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::uint64_t Node::judged_again() const {
  return state_->shared ? state_->shared->records().conflicts : 0;
}

std::uint64_t Node::judged_alone() const {
  return state_->shared ? state_->shared->records().alone : 0;
}

std::uint64_t Node::spooled() const {
  const LedgerHealth health = state_->database->health();
  return health.spooled + health.brought;
}

}  // namespace postreeve::bench
