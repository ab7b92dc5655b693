#include "app/server.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "app/clock.h"
#include "app/count_watcher.h"
#include "app/decision_log.h"
#include "app/followed_logs.h"
#include "app/gates.h"
#include "app/last_seen.h"
#include "app/live_rules.h"
#include "app/metrics.h"
#include "app/mode_memory.h"
#include "app/responder.h"
#include "app/service_manager.h"
#include "app/state.h"
#include "control/control.h"
#include "control/watch_feed.h"
#include "store/ledger/retention.h"

namespace postreeve {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

bool has_several_doors(const Serving& serving) {
  const int doors = !serving.postfix_policy.listen.empty() + !serving.milter.listen.empty() +
                    !serving.auth_policy.listen.empty() + !serving.events.empty() +
                    !serving.logs.files.empty();
  return doors > 1;
}

}  // namespace

struct Server::Impl {
  Impl(Configuration c, std::shared_ptr<spdlog::logger> l, std::unique_ptr<State> opened)
      : configuration(std::move(c)),
        logger(std::move(l)),
        state(std::move(opened)),
        rules(state->lists, state->policies),
        decision_log(logger),
        count_watcher(state->counts) {}

  [[nodiscard]] const Serving& serving() const { return configuration.serving; }
  Result<void> begin();
  Result<void> make_guard();
  Result<void> open_doors();
  Result<void> refresh_rules();
  void reload();
  void wait_for_hangup();
  void serve();
  void keep_house();
  void tend(unsigned turn);
  void tell_of_the_disk();
  void drain();
  void close_doors();
  std::string more_status() const;

  Configuration configuration;
  std::shared_ptr<spdlog::logger> logger;
  std::unique_ptr<State> state;
  LiveRules rules;
  Metrics metrics;
  std::unique_ptr<Responder> responder;  // told by the guard
  std::unique_ptr<Guard> guard;
  DecisionLog decision_log;
  CountWatcher count_watcher;
  WatchFeed feed;
  LastSeen last_seen;
  const Timestamp started = now();
  std::unique_ptr<Desk> desk;
  asio::io_context context;
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  asio::signal_set stop_signals{context};
  asio::signal_set hangup{context};
  std::unique_ptr<Gates> gates;
  std::unique_ptr<Control> control;
  std::unique_ptr<FollowedLogs> logs;
  std::function<std::unique_ptr<Configuration>()> load_again;
  // From reading lists to putting the rules made of them in place, or older ones might replace newer ones.
  std::mutex rules_mutex;
  std::mutex signal_mutex;
  std::condition_variable signalled;
  bool is_stopping = false;
  bool is_reloading = false;
  std::atomic<bool> is_ready{false};
  bool told_of_full_disk = false;
};

Result<void> Server::Impl::begin() {
  auto made = Responder::make(configuration.response, serving(), *state, metrics, logger);
  if (!made) return fail(made.error());
  responder = std::move(*made);
  if (const Result<void> guarded = make_guard(); !guarded) return guarded;
  if (const Result<void> opened = open_doors(); !opened) return opened;
  auto followed = FollowedLogs::start(serving(), configuration.default_domain, *guard, logger);
  if (!followed) return fail(followed.error());
  logs = std::move(*followed);
  return {};
}

Result<void> Server::Impl::make_guard() {
  Result<std::shared_ptr<const Rules>> made = rules.adopt(configuration, now());
  if (!made) return fail(made.error());
  for (const std::string& sentence : state->counter_keeper->dropped()) logger->warn("{}", sentence);
  const Mode mode = serving().mode_is_given ? serving().mode : remembered_mode(state->audit);
  Guard::Parts parts{
      .accounts = *state->accounts,
      .counters = state->counters,
      .incidents = state->incidents,
      .key = state->key,
      .clock = now,
      .several_doors = has_several_doors(serving()),
      .fails_closed = serving().fails_closed,
      .failed = [this](const std::string& what) { logger->error("judging failed: {}", what); },
      .respond = [this](const StandingEntry& entry) { return responder->playbook().actions_for(entry); },
      .actions_recorded = [this] { responder->worker().wake(); }};
  guard = std::make_unique<Guard>(std::move(parts), std::move(*made), mode);
  guard->add_watcher(decision_log);
  guard->add_watcher(count_watcher);
  guard->add_watcher(metrics);
  guard->add_watcher(feed);
  guard->add_watcher(last_seen);
  if (const Result<void> restored = guard->restore(); !restored) return restored;
  // What ended while nobody was here ends before the account is seen again: with its actions undone.
  guard->tend();
  return {};
}

Result<void> Server::Impl::open_doors() {
  desk = std::make_unique<Desk>(Desk{.guard = *guard,
                                     .accounts = *state->accounts,
                                     .database = *state->database,
                                     .incidents = state->incidents,
                                     .lists = state->lists,
                                     .policies = state->policies,
                                     .counts = state->counts,
                                     .tokens = state->tokens,
                                     .audit = state->audit,
                                     .feed = feed,
                                     .outbox = state->outbox,
                                     .actions = responder->actions(),
                                     .playbook = responder->playbook(),
                                     .default_domain = configuration.default_domain,
                                     .refresh_rules = [this] { return refresh_rules(); },
                                     .flush = [this] { return state->flush(); },
                                     .wake_worker = [this] { responder->worker().wake(); },
                                     .queue = queue_desk_of(configuration.response.actions, *state->database),
                                     .sessions = doveadm_of(configuration.response.actions),
                                     .more_status = [this] { return more_status(); }});
  const auto refresh = [this] {
    if (const Result<void> refreshed = refresh_rules(); !refreshed)
      logger->error("lists could not be read: {}", refreshed.error().detail);
  };
  auto opened = Gates::open(context, serving(),
                            {.guard = *guard,
                             .state = *state,
                             .metrics = metrics,
                             .default_domain = configuration.default_domain,
                             .lists_changed = refresh,
                             .is_ready = [this] { return is_ready.load(); }});
  if (!opened) return fail(opened.error());
  gates = std::move(*opened);
  auto controlled = Control::open(context, serving().control_socket, *desk);
  if (!controlled) return fail(controlled.error());
  control = std::move(*controlled);
  metrics.add_gauge("postreeve_open_connections", "Connections of all gates",
                    [this] { return static_cast<double>(gates->open_connections()); });
  metrics.add_gauge("postreeve_accounts", "Accounts with a record",
                    [this] { return static_cast<double>(state->accounts->size()); });
  metrics.add_gauge("postreeve_ledger_waiting", "Changes that are not on the disk yet",
                    [this] { return static_cast<double>(state->database->waiting()); });
  metrics.add_gauge("postreeve_records_dirty", "Records that are not on the disk yet",
                    [this] { return static_cast<double>(state->accounts->health().dirty); });
  return {};
}

Result<void> Server::Impl::refresh_rules() {
  const std::scoped_lock lock(rules_mutex);
  Result<std::shared_ptr<const Rules>> made = rules.refresh(now());
  if (!made) return fail(made.error());
  guard->set_rules(std::move(*made));
  return {};
}

// What needs a restart stays as it was; all else changes at once or not at all.
void Server::Impl::reload() {
  tell_reloading();
  const std::unique_ptr<Configuration> fresh = load_again();
  const std::scoped_lock lock(rules_mutex);
  Result<std::shared_ptr<const Rules>> made =
      fresh ? rules.adopt(*fresh, now()) : fail(ErrorCode::kInvalidInput, "the configuration is wrong");
  if (made) {
    guard->set_rules(std::move(*made));
    if (fresh->serving.mode_is_given) guard->set_mode(fresh->serving.mode);
    if (!(fresh->response == configuration.response))
      logger->warn(
          "[response] and [action] have changed; that needs a restart, until then they stay as they were");
    logger->info("configuration read anew, mode {}", to_text(guard->mode()));
  } else {
    logger->error("configuration not changed: {}", made.error().detail);
  }
  tell_ready();
}

// Files are read by the thread that keeps house: those that answer mail servers must not wait for them.
void Server::Impl::wait_for_hangup() {
  hangup.async_wait([this](const boost::system::error_code& failure, int) {
    if (failure) return;
    {
      const std::scoped_lock lock(signal_mutex);
      is_reloading = true;
    }
    signalled.notify_all();
    wait_for_hangup();
  });
}

std::string Server::Impl::more_status() const {
  const AccountStoreHealth health = state->accounts->health();
  json::array listening;
  for (const std::string& gate : gates->listening()) listening.emplace_back(gate);
  const json::object status{{"started", format_rfc3339(started)},
                            {"mode_from", serving().mode_is_given ? "configuration" : "command line"},
                            {"connections", gates->open_connections()},
                            {"listening", std::move(listening)},
                            {"records_in_memory", health.resident},
                            {"records_dirty", health.dirty},
                            {"records_corrupt", health.corrupt},
                            {"standings_unwritten", guard->unwritten()},
                            {"actions_waiting", state->outbox.unfinished().value_or(0)},
                            {"state", health.writing ? "written" : health.writing.error().detail},
                            {"last_events", last_seen.as_json()},
                            {"logs", logs->status()}};
  return json::serialize(status);
}

// Every second what time brings about, every two seconds counts, every minute what expires in lists, every
// hour what is too old.
void Server::Impl::keep_house() {
  const auto pause = std::chrono::milliseconds(1000);
  std::unique_lock lock(signal_mutex);
  unsigned turn = 0;
  while (true) {
    const bool is_asked = signalled.wait_for(lock, pause, [this] { return is_stopping || is_reloading; });
    if (is_stopping) return;
    is_reloading = false;
    lock.unlock();
    if (is_asked) {
      reload();
    } else {
      tend(++turn);
    }
    lock.lock();
  }
}

void Server::Impl::tend(unsigned turn) {
  feed_watchdog();
  guard->tend();
  tell_of_the_disk();
  if (turn % 2 == 0) (void)state->counts.flush();
  if (turn % 60 != 0) return;
  if (const Result<void> refreshed = refresh_rules(); !refreshed)
    logger->error("lists could not be read: {}", refreshed.error().detail);
  if (turn % 3600 != 0) return;
  const auto retained = apply_retention(*state->database, RetentionSettings{}, state->key, now());
  if (!retained) logger->error("what is too old was not deleted: {}", retained.error().detail);
}

// Once when it begins and once when it is over.
void Server::Impl::tell_of_the_disk() {
  const AccountStoreHealth health = state->accounts->health();
  const std::size_t unwritten = guard->unwritten();
  const bool is_written = health.writing && unwritten == 0;
  if (is_written != told_of_full_disk) return;
  told_of_full_disk = !is_written;
  if (is_written) {
    logger->info("the state is written again");
    return;
  }
  logger->error(
      "the state cannot be written ({}); {} records and {} changes of standings are in memory only, mail is "
      "judged all the same",
      health.writing ? "a write of the ledger failed" : health.writing.error().detail, health.dirty,
      unwritten);
}

void Server::Impl::serve() {
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const unsigned count = serving().threads == 0 ? cores : serving().threads;
  std::vector<std::jthread> threads;
  threads.reserve(count);
  for (unsigned i = 0; i < count; ++i) threads.emplace_back([this] { context.run(); });
  responder->worker().start();
  is_ready = true;
  tell_ready();
  logger->info("serving in {} mode with {} threads", to_text(guard->mode()), count);
  keep_house();
  tell_stopping();
  logger->info("stopping");
  is_ready = false;
  responder->worker().finish();
  drain();
  work.reset();
  context.stop();
  threads.clear();
  close_doors();
}

// Answers what is under way, for a few seconds at most.
void Server::Impl::drain() {
  constexpr auto kPatience = std::chrono::seconds(5);
  gates->stop();
  control->stop();
  const auto until = std::chrono::steady_clock::now() + kPatience;
  const auto is_open = [this] { return gates->open_connections() + control->open_connections() > 0; };
  while (is_open() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  logs->stop();
}

// In this order: whoever still waits for the ledger is answered while there is a context to answer in.
void Server::Impl::close_doors() {
  gates.reset();
  control.reset();
  logs.reset();
  guard->wait_for_the_ledger();
  guard->tend();
  guard->wait_for_the_ledger();
  if (const std::size_t unwritten = guard->unwritten(); unwritten > 0)
    logger->error("{} changes of standings could not be written and are forgotten", unwritten);
  responder->worker().stop();
}

Result<std::unique_ptr<Server>> Server::open(const Configuration& configuration,
                                             std::shared_ptr<spdlog::logger> logger) {
  Result<std::unique_ptr<State>> state = State::open(configuration.serving);
  if (!state) return fail(state.error());
  auto impl = std::make_unique<Impl>(configuration, std::move(logger), std::move(*state));
  if (const Result<void> begun = impl->begin(); !begun) return fail(begun.error());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

void Server::run() {
  impl_->serve();
  if (const Result<void> flushed = impl_->state->flush(); !flushed)
    impl_->logger->error("not everything was written: {}", flushed.error().detail);
  impl_->logger->info("stopped");
}

void Server::stop_on_signals() {
  impl_->stop_signals.add(SIGTERM);
  impl_->stop_signals.add(SIGINT);
  impl_->stop_signals.async_wait([impl = impl_.get()](const boost::system::error_code& failure, int) {
    if (failure) return;
    const std::scoped_lock lock(impl->signal_mutex);
    impl->is_stopping = true;
    impl->signalled.notify_all();
  });
}

void Server::reload_on_hangup(std::function<std::unique_ptr<Configuration>()> load) {
  impl_->load_again = std::move(load);
  impl_->hangup.add(SIGHUP);
  impl_->wait_for_hangup();
}

}  // namespace postreeve
