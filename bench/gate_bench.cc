// What a decision costs through the policy gate, beside an echo server of the same build that does no work.
//
//   gate_bench [--requests N] [--rounds N]     prints a JSON object a line
//   gate_bench --port P [--requests N] [--connections N]
//                                              only the load, on a policy service at 127.0.0.1:P
//
// Server and client have a thread each. The CPU time is the server thread's own.
#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "bench/lives.h"
#include "bench/load_client.h"
#include "bench/policy_requests.h"
#include "gate/postfix_policy.h"
#include "gate/stream_gate.h"
#include "guard/guard.h"
#include "store/ledger/database.h"
#include "store/ledger/incident_book.h"
#include "store/memory_account_store.h"
#include "store/memory_shared_counters.h"

namespace {

using namespace postreeve;
using namespace postreeve::bench;

constexpr std::uint64_t kAccounts = 4000;
constexpr std::uint32_t kPast = 30;  // days that everybody has behind them

// Answers each request at once.
class Echo final : public Conversation {
 public:
  Result<std::size_t> request_size(std::string_view input) override { return policy_request_size_of(input); }
  void answer(std::string_view, Reply reply) override { reply("action=DUNNO\n\n"); }

 private:
  static std::size_t policy_request_size_of(std::string_view input) {
    const std::size_t end = input.find("\n\n");
    return end == std::string_view::npos ? 0 : end + 2;
  }
};

std::uint64_t resident_bytes() {
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

// A gate with a thread of its own.
class Server {
 public:
  explicit Server(StreamGate::MakeConversation make)
      : gate_(*StreamGate::open(context_, {{.endpoint = *Endpoint::parse("127.0.0.1:0"), .inherited = -1}},
                                std::move(make), {.limits = kPostfixPolicyLimits})),
        thread_([this] { context_.run(); }) {}
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    gate_->stop();
    thread_.join();
  }

  [[nodiscard]] std::uint16_t port() const { return gate_->endpoints().front().port; }
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
  std::thread thread_;
};

// A guard whose accounts have lived for kPast days.
class World {
 public:
  World()
      : folder_(std::filesystem::temp_directory_path() / fmt::format("postreeve-gate-bench-{}", getpid())),
        ledger_((std::filesystem::create_directories(folder_),
                 *LedgerDatabase::open({.path = (folder_ / "ledger.db").string()}))),
        incidents_(*ledger_),
        guard_({.accounts = accounts_,
                .counters = counters_,
                .incidents = incidents_,
                .key = {},
                .clock = [this] { return now_.load(std::memory_order_relaxed); }},
               std::make_shared<Rules>(Policy{}, std::make_shared<const Locator>(), std::vector<ListEntry>{},
                                       std::vector<AccountPolicy>{}, kMonday),
               Mode::kEnforce) {
    const auto options = std::make_shared<const PostfixPolicyOptions>();
    const auto conversation = make_postfix_policy(guard_, options);
    for (std::uint32_t day = 0; day < kPast; ++day) {
      for (const Transaction& transaction : traffic_.next_day()) {
        set_time(transaction.time);
        for (const std::string& request : transaction.requests)
          conversation->answer(request, [](std::string_view) {});
      }
    }
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World() {
    ledger_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  Guard& guard() { return guard_; }
  // What comes after those days.
  Traffic& traffic() { return traffic_; }
  void set_time(Timestamp time) { now_.store(std::max(time, now_.load()), std::memory_order_relaxed); }

 private:
  Traffic traffic_{kAccounts};
  std::filesystem::path folder_;
  std::unique_ptr<LedgerDatabase> ledger_;
  IncidentBook incidents_;
  MemoryAccountStore accounts_;
  MemorySharedCounters counters_;
  std::atomic<Timestamp> now_{kMonday};
  Guard guard_;
};

struct Measured {
  std::string_view server;
  std::size_t connections = 0;
  int round = 0;
  std::string_view load;  // "full", "half"
};

void print(const Measured& what, const LoadResult& result, double cpu_seconds) {
  const auto requests = static_cast<double>(result.requests);
  fmt::print(
      "{{\"server\":\"{}\",\"connections\":{},\"round\":{},\"load\":\"{}\",\"per_second\":{:.0f},"
      "\"cpu_us\":{:.3f},\"p50_us\":{:.1f},\"p99_us\":{:.1f},\"p999_us\":{:.1f},\"accepted\":{:.5f}}}\n",
      what.server, what.connections, what.round, what.load, requests / result.seconds,
      1e6 * cpu_seconds / requests, result.percentile(0.5), result.percentile(0.99), result.percentile(0.999),
      static_cast<double>(result.accepted) / requests);
}

// The next messages with at least so many requests together.
std::vector<Transaction> take(Traffic& traffic, std::uint64_t requests) {
  std::vector<Transaction> taken;
  while (requests > 0) {
    for (Transaction& transaction : traffic.next_day()) {
      requests -= std::min<std::uint64_t>(requests, transaction.requests.size());
      taken.push_back(std::move(transaction));
    }
  }
  return taken;
}

using Supply = std::function<std::vector<Transaction>()>;

struct Contender {
  std::string_view name;
  Server& server;
  std::function<void(Timestamp)> at_time;
};

void measure(const Contender& contender, const Supply& supply, Measured what) {
  what.server = contender.name;
  Load load{.port = contender.server.port(),
            .connections = what.connections,
            .rate = 0,
            .at_time = contender.at_time};
  const auto run = [&](std::string_view name) {
    what.load = name;
    const std::vector<Transaction> transactions = supply();
    const double before = contender.server.cpu_seconds();
    LoadResult result = run_load(load, transactions);
    print(what, result, contender.server.cpu_seconds() - before);
    return result;
  };
  const LoadResult full = run("full");
  load.rate = 0.5 * static_cast<double>(full.requests) / full.seconds;
  run("half");
}

// What a thousand connections cost that have asked once and then say nothing.
void measure_idle(Server& server, std::span<const Transaction> transactions) {
  constexpr std::size_t kIdle = 1000;
  malloc_trim(0);
  const std::uint64_t before = resident_bytes();
  std::vector<int> sockets;
  std::array<char, 256> reply;
  for (std::size_t i = 0; i < kIdle; ++i) {
    sockets.push_back(connect_to(server.port()));
    const std::string& request = transactions[i % transactions.size()].requests.front();
    if (write(sockets.back(), request.data(), request.size()) < 0) std::abort();
    if (read(sockets.back(), reply.data(), reply.size()) <= 0) std::abort();
  }
  const std::uint64_t after = resident_bytes();
  fmt::print("{{\"idle_connections\":{},\"bytes\":{}}}\n", kIdle, after > before ? after - before : 0);
  for (const int socket : sockets) close(socket);
}

void measure_all(std::uint64_t requests, int rounds) {
  World world;
  const Supply supply = [&] { return take(world.traffic(), requests); };
  const std::vector<Transaction> one_supply = supply();
  const auto options = std::make_shared<const PostfixPolicyOptions>();
  Server echo_server([] { return std::make_unique<Echo>(); });
  Server policy_server([&] { return make_postfix_policy(world.guard(), options); });
  const Contender echo{"echo", echo_server, [](Timestamp) {}};
  const Contender policy{"policy", policy_server, [&](Timestamp time) { world.set_time(time); }};
  for (int round = 0; round < rounds; ++round) {
    for (const std::size_t connections : {1U, 8U, 64U}) {
      const Measured what{.server = {}, .connections = connections, .round = round, .load = {}};
      measure(echo, [&] { return one_supply; }, what);
      measure(policy, supply, what);
    }
  }
  measure_idle(policy_server, supply());
}

void allow_many_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("What a decision costs through the policy gate");
  std::uint64_t requests = 40'000;
  int rounds = 3;
  Load load;
  app.add_option("--requests", requests);
  app.add_option("--rounds", rounds);
  app.add_option("--port", load.port);
  app.add_option("--connections", load.connections);
  CLI11_PARSE(app, argc, argv);
  allow_many_descriptors();
  if (load.port == 0) {
    measure_all(requests, rounds);
  } else {
    Traffic traffic(kAccounts);
    const LoadResult result = run_load(load, take(traffic, requests));
    print({"other", load.connections, 0, "full"}, result, 0);
  }
  return 0;
}
