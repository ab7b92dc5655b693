#include "response/worker.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace postreeve {
namespace {

constexpr std::chrono::seconds kPoll{1};

struct Runner {
  Runner(std::string n, Lane l) : name(std::move(n)), lane(std::move(l)) {}

  std::string name;
  Lane lane;
  bool is_due = false;  // under the worker's mutex
};

}  // namespace

struct Worker::Impl {
  Impl(const Actions& a, LaneParts p) : actions(a), parts(std::move(p)) {
    for (const auto& [name, action] : actions.all())
      runners.push_back(std::make_unique<Runner>(name, Lane(name, action.get(), parts)));
  }

  Runner* find(std::string_view name) const;
  std::size_t give_up_strays(const std::vector<std::string>& kinds) const;
  void look();
  void watch();
  void run(Runner& runner);
  void go_on(std::unique_lock<std::mutex>& lock, Runner& runner);

  const Actions& actions;
  LaneParts parts;
  std::vector<std::unique_ptr<Runner>> runners;
  std::mutex mutex;
  std::condition_variable changed;
  bool is_woken = false;
  bool is_finishing = false;
  std::vector<std::jthread> threads;
};

Runner* Worker::Impl::find(std::string_view name) const {
  const auto found =
      std::ranges::find(runners, name, [](const auto& runner) { return std::string_view(runner->name); });
  return found == runners.end() ? nullptr : found->get();
}

// Of actions that the configuration knows no more.
std::size_t Worker::Impl::give_up_strays(const std::vector<std::string>& kinds) const {
  std::size_t attempts = 0;
  for (const std::string& kind : kinds) {
    if (find(kind) != nullptr) continue;
    Lane lane(kind, nullptr, parts);
    while (lane.step().value_or(false)) ++attempts;
  }
  return attempts;
}

// A ledger that cannot be read is asked again in a second.
void Worker::Impl::look() {
  const auto kinds = parts.outbox.due_kinds(parts.clock());
  if (!kinds || kinds->empty()) return;
  {
    const std::scoped_lock lock(mutex);
    for (const std::string& kind : *kinds) {
      if (Runner* runner = find(kind); runner != nullptr) runner->is_due = true;
    }
  }
  changed.notify_all();
  (void)give_up_strays(*kinds);
}

void Worker::Impl::watch() {
  std::unique_lock lock(mutex);
  while (!is_finishing) {
    is_woken = false;
    lock.unlock();
    look();
    lock.lock();
    changed.wait_for(lock, kPoll, [this] { return is_woken || is_finishing; });
  }
}

void Worker::Impl::run(Runner& runner) {
  std::unique_lock lock(mutex);
  while (true) {
    changed.wait(lock, [&] { return runner.is_due || is_finishing; });
    if (is_finishing) return;
    runner.is_due = false;
    go_on(lock, runner);
  }
}

// Until nothing is due. What ended may be what another lane waited for.
void Worker::Impl::go_on(std::unique_lock<std::mutex>& lock, Runner& runner) {
  while (!is_finishing) {
    lock.unlock();
    const Result<bool> attempted = runner.lane.step();
    lock.lock();
    if (!attempted || !*attempted) return;
    is_woken = true;
    changed.notify_all();
  }
}

Worker::Worker(const Actions& actions, LaneParts parts)
    : impl_(std::make_unique<Impl>(actions, std::move(parts))) {}
Worker::~Worker() {
  stop();
}

// A ledger that cannot be written now gives the half done ones back when their lease is over.
void Worker::start() {
  Impl& impl = *impl_;
  (void)impl.parts.outbox.take_back(impl.parts.clock());
  for (const auto& runner : impl.runners)
    impl.threads.emplace_back([&impl, &its = *runner] { impl.run(its); });
  impl.threads.emplace_back([&impl] { impl.watch(); });
}

void Worker::wake() {
  {
    const std::scoped_lock lock(impl_->mutex);
    impl_->is_woken = true;
  }
  impl_->changed.notify_all();
}

void Worker::finish() {
  {
    const std::scoped_lock lock(impl_->mutex);
    impl_->is_finishing = true;
  }
  impl_->changed.notify_all();
}

void Worker::stop() {
  finish();
  impl_->threads.clear();
}

std::size_t Worker::step() {
  const auto kinds = impl_->parts.outbox.due_kinds(impl_->parts.clock());
  if (!kinds) return 0;
  std::size_t attempts = impl_->give_up_strays(*kinds);
  for (const auto& runner : impl_->runners) {
    if (std::ranges::find(*kinds, runner->name) == kinds->end()) continue;
    if (runner->lane.step().value_or(false)) ++attempts;
  }
  return attempts;
}

}  // namespace postreeve
