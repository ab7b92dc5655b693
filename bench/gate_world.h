// Servers with a thread of their own, and a guard whose accounts have a past.
#pragma once

#include <time.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "base/temporary_folder.h"
#include "bench/node.h"
#include "bench/policy_requests.h"
#include "gate/postfix_policy.h"
#include "gate/stream_gate.h"
#include "guard/guard.h"
#include "http/server.h"
#include "store/ledger/database.h"
#include "store/ledger/incident_book.h"
#include "store/memory_account_store.h"
#include "store/memory_shared_counters.h"

namespace postreeve::bench {

inline constexpr std::uint64_t kAccounts = 4000;
inline constexpr std::uint32_t kPast = 30;  // days that everybody has behind them

// A gate with a thread of its own.
class Server {
 public:
  Server(StreamGate::MakeConversation make, const SessionLimits& limits)
      : gate_(*StreamGate::open(context_, {{.endpoint = *Endpoint::parse("127.0.0.1:0"), .inherited = -1}},
                                std::move(make), {.limits = limits})),
        port_(gate_->endpoints().front().port),
        thread_([this] { context_.run(); }) {}
  explicit Server(HttpHandler handler)
      : web_(std::make_unique<HttpServer>(context_, std::move(handler), HttpLimits{})),
        port_(web_->listen(*Endpoint::parse("127.0.0.1:0"), {})->port),
        thread_([this] { context_.run(); }) {}
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    if (gate_) gate_->stop();
    if (web_) web_->stop();
    thread_.join();
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] double cpu_seconds() {
    clockid_t clock{};
    pthread_getcpuclockid(thread_.native_handle(), &clock);
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  }

 private:
  boost::asio::io_context context_{1};
  std::unique_ptr<StreamGate> gate_;
  std::unique_ptr<HttpServer> web_;
  std::uint16_t port_;
  std::thread thread_;
};

// The time that a guard is told, which only goes forward.
class Hours {
 public:
  void set(Timestamp time) { now_.store(std::max(time, now_.load()), std::memory_order_relaxed); }
  [[nodiscard]] Timestamp now() const { return now_.load(std::memory_order_relaxed); }

 private:
  std::atomic<Timestamp> now_{kMonday};
};

// Lets the accounts of `traffic` live for kPast days before `guard`.
inline void live_the_past(Guard& guard, Hours& hours, Traffic& traffic) {
  WaitingActions waiting;
  const auto conversation =
      make_postfix_policy(guard, waiting, std::make_shared<const PostfixPolicyOptions>());
  for (std::uint32_t day = 0; day < kPast; ++day) {
    for (const Transaction& transaction : traffic.next_day()) {
      hours.set(transaction.time);
      for (const std::string& request : transaction.requests)
        conversation->answer(request, [](std::string_view) {});
    }
  }
}

// A guard whose accounts have lived for kPast days, all in memory and nobody watching: what the gate adds.
class World {
 public:
  explicit World(bool several_doors)
      : ledger_(*LedgerDatabase::open({.path = (folder_.path() / "ledger.db").string()})),
        incidents_(*ledger_),
        guard_({.accounts = accounts_,
                .counters = counters_,
                .incidents = incidents_,
                .key = {},
                .clock = [this] { return hours_.now(); },
                .several_doors = several_doors},
               std::make_shared<Rules>(Policy{}, std::make_shared<const Locator>(), std::vector<ListEntry>{},
                                       std::vector<AccountPolicy>{}, kMonday),
               Mode::kEnforce) {
    live_the_past(guard_, hours_, traffic_);
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Guard& guard() { return guard_; }
  const AccountStore& accounts() const { return accounts_; }
  // What the same accounts do after those days, as another protocol tells it.
  [[nodiscard]] Traffic traffic(MakeTransaction make) const {
    Traffic traffic = traffic_;
    traffic.tell_by(make);
    return traffic;
  }
  void set_time(Timestamp time) { hours_.set(time); }

 private:
  Traffic traffic_{kAccounts};
  TemporaryFolder folder_{"gate-bench"};
  Hours hours_;
  std::unique_ptr<LedgerDatabase> ledger_;
  IncidentBook incidents_;
  MemoryAccountStore accounts_;
  MemorySharedCounters counters_;
  Guard guard_;
};

// The same lives before a node as `serve` puts it together: records and ledger on SQLite, hourly counts and
// clues kept, ready for what logs and other gates say of the same messages.
class ServedWorld {
 public:
  ServedWorld() { live_the_past(node_.guard(), hours_, traffic_); }

  Guard& guard() { return node_.guard(); }
  [[nodiscard]] const Traffic& traffic() const { return traffic_; }
  void set_time(Timestamp time) { hours_.set(time); }

 private:
  Traffic traffic_{kAccounts};
  TemporaryFolder folder_{"gate-bench"};
  Hours hours_;
  Node node_{
      {.folder = folder_.path(), .key_file = (folder_.path() / "key").string(), .redis = {}, .ledger = {}},
      [this] { return hours_.now(); }};
};

}  // namespace postreeve::bench
