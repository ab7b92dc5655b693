#include "app/server.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "app/clock.h"
#include "app/followed_logs.h"
#include "app/gates.h"
#include "app/housekeeping.h"
#include "app/live_rules.h"
#include "app/mode_memory.h"
#include "app/responder.h"
#include "app/server_status.h"
#include "app/service_manager.h"
#include "app/shared_tending.h"
#include "app/sightings_file.h"
#include "app/state.h"
#include "app/watchers.h"
#include "control/control.h"
#include "control/told_judgement.h"
#include "engine/familiar_places.h"

namespace postreeve {

namespace asio = boost::asio;

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
        mode_is_given(configuration.serving.mode_is_given),
        watchers(*state, logger, configuration.serving.activity_domains) {}

  ~Impl() { state->database->stop_following(); }
  [[nodiscard]] std::string sightings_file() const { return serving().state_path + ".seen"; }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  [[nodiscard]] const Serving& serving() const { return configuration.serving; }
  Result<void> begin();
  Result<void> make_guard();
  Desk make_desk();
  Result<void> open_doors();
  void follow_other_nodes();
  Result<void> follow_standings(std::uint64_t version);
  Result<void> follow_rules();
  Result<void> follow_forgetting(std::span<const AccountId> accounts);
  Result<void> refresh_rules();
  Result<void> refresh_rules(const std::scoped_lock<std::mutex>& under_rules_mutex);
  bool is_mode_given();
  void reload();
  void wait_for_hangup();
  void serve();
  void keep_house(Housekeeping& house);
  void drain();
  void close_doors();
  std::string more_status();

  Configuration configuration;
  std::shared_ptr<spdlog::logger> logger;
  std::unique_ptr<State> state;
  LiveRules rules;
  bool mode_is_given;  // by the configuration in effect; under rules_mutex
  Watchers watchers;
  std::unique_ptr<Responder> responder;     // told by the guard
  std::unique_ptr<JudgingThreads> judging;  // null: judging waits for nobody
  std::unique_ptr<Guard> guard;
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
};

Result<void> Server::Impl::begin() {
  auto made = Responder::make(configuration.response, serving(), *state, watchers.metrics, logger);
  if (!made) return fail(made.error());
  responder = std::move(*made);
  if (const Result<void> guarded = make_guard(); !guarded) return guarded;
  if (const Result<void> opened = open_doors(); !opened) return opened;
  auto followed = FollowedLogs::start(serving(), configuration.default_domain, *guard, logger);
  if (!followed) return fail(followed.error());
  logs = std::move(*followed);
  follow_other_nodes();
  return {};
}

void Server::Impl::follow_other_nodes() {
  state->database->follow({.standings = [this](std::uint64_t version) { return follow_standings(version); },
                           .rules = [this] { return follow_rules(); },
                           .forgotten = [this](auto accounts) { return follow_forgetting(accounts); }});
  if (!state->database->health().has_server) return;
  watchers.metrics.add_gauge("postreeve_ledger_up", "Whether the ledger's server is there",
                             [this] { return state->database->health().is_up ? 1.0 : 0.0; });
  watchers.metrics.add_gauge("postreeve_ledger_spooled",
                             "Changes that wait in the spool for the ledger's server",
                             [this] { return static_cast<double>(state->database->health().spooled); });
}

// Also the mode that somebody chose on another node.
Result<void> Server::Impl::follow_rules() {
  const std::scoped_lock lock(rules_mutex);
  if (!mode_is_given) {
    const Result<Mode> mode = remembered_mode(state->audit);
    if (!mode) return fail(mode.error());
    guard->set_mode(*mode);
  }
  return refresh_rules(lock);
}

// What this node had not written yet of an account that somebody forgot on another, or has of its own.
Result<void> Server::Impl::follow_forgetting(std::span<const AccountId> accounts) {
  for (const AccountId& account : accounts) {
    state->counts.forget(account);
    state->activity.forget(account);
    watchers.strangers.forget(account);
    state->accounts->forget_here(guard->key_of(account));
    if (auto forgotten = forget_counts(*state->database, account); !forgotten) return forgotten;
  }
  return {};
}

Result<void> Server::Impl::follow_standings(std::uint64_t version) {
  while (true) {
    const auto rows = state->incidents.changed_since(version);
    if (!rows) return fail(rows.error());
    if (rows->empty()) return {};
    guard->adopt(*rows);
    version = rows->back().version;
  }
}

Result<void> Server::Impl::make_guard() {
  Result<std::shared_ptr<const Rules>> made = rules.adopt(configuration, now());
  if (!made) return fail(made.error());
  if (state->counter_keeper) {
    for (const std::string& sentence : state->counter_keeper->dropped()) logger->warn("{}", sentence);
  }
  if (state->shared) judging = make_judging_threads(serving());
  const Result<Mode> mode = is_mode_given() ? serving().mode : remembered_mode(state->audit);
  if (!mode)
    logger->warn("the mode that was chosen cannot be read ({}); observing until the ledger is back",
                 mode.error().detail);
  Guard::Parts parts{
      .accounts = *state->accounts,
      .counters = *state->counters,
      .incidents = state->incidents,
      .key = state->key,
      .clock = now,
      .several_doors = has_several_doors(serving()),
      .fails_closed = serving().fails_closed,
      .failed = [this](const std::string& what) { logger->error("judging failed: {}", what); },
      .seen_again = [this](const Event& event) { watchers.strangers.saw_again(event); },
      .diversion = serving().diversion,
      .respond = [this](const StandingEntry& entry,
                        bool was_observed) { return responder->playbook().actions_for(entry, was_observed); },
      .actions_recorded = [this] { responder->worker().wake(); },
      .threads = judging.get(),
      .shares_records = state->shared != nullptr,
      .shares_ledger = state->database->health().has_server};
  guard = std::make_unique<Guard>(std::move(parts), std::move(*made), mode.value_or(Mode::kObserve));
  watchers.attach(*guard);
  if (const Result<void> taken = take_sightings(*guard, sightings_file()); !taken)
    logger->warn("{}; mail seen just before the stop may count twice", taken.error().detail);
  if (const Result<void> restored = guard->restore(); !restored) return restored;
  // What ended while nobody was here ends before the account is seen again: with its actions undone.
  guard->tend();
  return {};
}

Desk Server::Impl::make_desk() {
  return {.guard = *guard,
          .accounts = *state->accounts,
          .database = *state->database,
          .incidents = state->incidents,
          .lists = state->lists,
          .policies = state->policies,
          .counts = state->counts,
          .clues = state->clues,
          .strangers = watchers.strangers,
          .places = watchers.places,
          .activity = state->activity,
          .tokens = state->tokens,
          .audit = state->audit,
          .feed = watchers.feed,
          .outbox = state->outbox,
          .actions = responder->actions(),
          .playbook = responder->playbook(),
          .default_domain = configuration.default_domain,
          .refresh_rules = [this] { return refresh_rules(); },
          .flush = [this] { return state->flush(); },
          .forget =
              [this](const AccountId& account) {
                return forget_account(*state->database, account, state->key, now());
              },
          .wake_worker = [this] { responder->worker().wake(); },
          .queue = queue_desk_of(configuration.response.actions, responder->world()),
          .sessions = doveadm_of(configuration.response.actions),
          .network_key = FamiliarPlaces(*state->accounts, state->key).namer(),
          .failed = [this](const std::string& what) { logger->error(what); },
          .more_status = [this] { return more_status(); }};
}

Result<void> Server::Impl::open_doors() {
  desk = std::make_unique<Desk>(make_desk());
  const auto refresh = [this] {
    if (const Result<void> refreshed = refresh_rules(); !refreshed)
      logger->error("lists could not be read: {}", refreshed.error().detail);
  };
  auto opened = Gates::open(
      context, serving(),
      {.guard = *guard,
       .state = *state,
       .metrics = watchers.metrics,
       .default_domain = configuration.default_domain,
       .lists_changed = refresh,
       .saw_allow = [this](const LoginQuery& query,
                           const LoginAnswer& answer) { watchers.logins.saw(query, answer, guard->now()); },
       .is_ready = [this] { return is_ready.load(); },
       .settle = [this](const Judgement& told) { return settle_told(*desk, told); }});
  if (!opened) return fail(opened.error());
  gates = std::move(*opened);
  auto controlled = Control::open(context, serving().control_socket, *desk);
  if (!controlled) return fail(controlled.error());
  control = std::move(*controlled);
  watchers.metrics.add_gauge("postreeve_open_connections", "Connections of all gates",
                             [this] { return static_cast<double>(gates->open_connections()); });
  watchers.metrics.add_gauge("postreeve_accounts", "Accounts with a record",
                             [this] { return static_cast<double>(state->accounts->size()); });
  watchers.metrics.add_gauge("postreeve_fuse_out", "Whether too many accounts looked stolen at once",
                             [this] { return guard->fuse().is_out ? 1.0 : 0.0; });
  watchers.metrics.add_gauge("postreeve_ledger_waiting", "Changes that are not on the disk yet",
                             [this] { return static_cast<double>(state->database->waiting()); });
  watchers.metrics.add_gauge("postreeve_records_dirty", "Records that are not on the disk yet",
                             [this] { return static_cast<double>(state->health().dirty); });
  if (state->shared) add_shared_gauges(watchers.metrics, *state->shared, *judging);
  return {};
}

bool Server::Impl::is_mode_given() {
  const std::scoped_lock lock(rules_mutex);
  return mode_is_given;
}

Result<void> Server::Impl::refresh_rules() {
  const std::scoped_lock lock(rules_mutex);
  return refresh_rules(lock);
}

Result<void> Server::Impl::refresh_rules(const std::scoped_lock<std::mutex>& /*under_rules_mutex*/) {
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
    const bool was_given = std::exchange(mode_is_given, fresh->serving.mode_is_given);
    if (mode_is_given) {
      guard->set_mode(fresh->serving.mode);
    } else if (was_given) {
      guard->set_mode(remembered_mode(state->audit).value_or(guard->mode()));
    }
    for (const std::string& setting : changed_until_restart(configuration, *fresh))
      logger->warn("{} has changed; that needs a restart, until then it stays as it was", setting);
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

std::string Server::Impl::more_status() {
  return status_of({.serving = serving(),
                    .state = *state,
                    .guard = *guard,
                    .gates = *gates,
                    .watchers = watchers,
                    .logs = *logs,
                    .started = started,
                    .is_mode_given = is_mode_given()});
}

void Server::Impl::keep_house(Housekeeping& house) {
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
      house.tend(++turn);
    }
    lock.lock();
  }
}

void Server::Impl::serve() {
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const unsigned count = serving().threads == 0 ? cores : serving().threads;
  std::vector<std::jthread> threads;
  threads.reserve(count);
  for (unsigned i = 0; i < count; ++i) threads.emplace_back([this] { context.run(); });
  responder->worker().start();
  Housekeeping house({.context = context,
                      .state = *state,
                      .guard = *guard,
                      .responder = *responder,
                      .logger = *logger,
                      .retention = serving().retention,
                      .refresh_rules = [this] { return refresh_rules(); }});
  is_ready = true;
  tell_ready();
  logger->info("serving in {} mode with {} threads", to_text(guard->mode()), count);
  keep_house(house);
  tell_stopping();
  logger->info("stopping");
  is_ready = false;
  house.finish();
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
  const auto is_open = [this] { return gates->under_way() + control->open_connections() > 0; };
  while (is_open() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  logs->stop();
}

// In this order: whoever still waits for the ledger is answered while there is a context to answer in. Gates
// go first, so that nobody asks anew; what a batch of events has still to ask comes from the ledger's thread.
void Server::Impl::close_doors() {
  if (judging) judging->finish();
  state->database->stop_following();
  gates.reset();
  control.reset();
  logs.reset();
  guard->wait_for_the_ledger();
  guard->tend();
  guard->wait_for_the_ledger();
  state->wait_for_the_ledger();
  if (const std::size_t unwritten = guard->unwritten(); unwritten > 0)
    logger->error("{} changes of standings could not be written and are forgotten", unwritten);
  if (const Result<void> saved = save_sightings(*guard, sightings_file()); !saved)
    logger->error("mail seen just now may count twice after the next start: {}", saved.error().detail);
  responder->worker().stop();
}

Result<std::unique_ptr<Server>> Server::open(const Configuration& configuration,
                                             std::shared_ptr<spdlog::logger> logger) {
  const auto tell = [logger](bool is_bad, const std::string& what) {
    logger->log(is_bad ? spdlog::level::err : spdlog::level::info, "{}", what);
  };
  Result<std::unique_ptr<State>> state = State::open(configuration.serving, tell);
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
