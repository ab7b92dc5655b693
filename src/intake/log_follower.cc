#include "intake/log_follower.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

namespace postreeve {
namespace {

// Not every file system tells of changes.
constexpr std::chrono::milliseconds kLook{500};
// Lines come in bursts; waking up for each of them would cost more than reading it.
constexpr std::chrono::milliseconds kGather{10};
constexpr Duration kStatusPause = std::chrono::milliseconds{200};

}  // namespace

struct LogFollower::Impl {
  Impl(std::unique_ptr<FollowRun> of, Clock now)
      : run(std::move(of)), clock(std::move(now)), wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  void work();
  void wait_for_change();
  void wait(std::vector<pollfd> on, std::chrono::milliseconds most) const;
  void publish(Timestamp now);

  std::unique_ptr<FollowRun> run;
  Clock clock;
  Descriptor wake;
  std::atomic<bool> is_stopping = false;
  std::mutex stopping;  // guards the thread's end
  mutable std::mutex mutex;
  FollowStatus status;  // guarded by mutex
  Timestamp published{};
  std::thread thread;  // the last member: it ends first
};

void LogFollower::Impl::work() {
  while (!is_stopping) {
    const auto now = clock();
    const bool has_more = run->step(now);
    if (!has_more || now - published >= kStatusPause) publish(now);
    if (!has_more) wait_for_change();
  }
  run->stop(clock());
  publish(clock());
}

void LogFollower::Impl::wait_for_change() {
  std::vector<pollfd> on;
  for (const int watch : run->watches()) on.push_back({watch, POLLIN, 0});
  wait(std::move(on), kLook);
  if (!is_stopping) wait({}, kGather);
  run->forget_changes();
}

void LogFollower::Impl::wait(std::vector<pollfd> on, std::chrono::milliseconds most) const {
  on.push_back({wake.get(), POLLIN, 0});
  ::poll(on.data(), on.size(), static_cast<int>(most.count()));
}

void LogFollower::Impl::publish(Timestamp now) {
  auto current = run->status();
  const std::lock_guard lock(mutex);
  status = std::move(current);
  published = now;
}

LogFollower::LogFollower(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

LogFollower::~LogFollower() {
  stop();
}

Result<std::unique_ptr<LogFollower>> LogFollower::start(const FollowOptions& options, Clock clock,
                                                        FollowRun::Sink sink, FollowRun::Notice notice) {
  auto run = FollowRun::open(options, clock(), std::move(sink), std::move(notice));
  if (!run) return fail(run.error());
  auto impl = std::make_unique<Impl>(std::move(*run), std::move(clock));
  impl->publish(impl->clock());
  impl->thread = std::thread([follower = impl.get()] { follower->work(); });
  return std::unique_ptr<LogFollower>(new LogFollower(std::move(impl)));
}

void LogFollower::stop() {
  impl_->is_stopping = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(impl_->wake.get(), &one, sizeof one);
  const std::lock_guard lock(impl_->stopping);
  if (impl_->thread.joinable()) impl_->thread.join();
}

FollowStatus LogFollower::status() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->status;
}

}  // namespace postreeve
