// What a decision costs through the gates, each beside an echo server of the same build that does no work.
//
//   gate_bench [--requests N] [--rounds N]     prints a JSON object a line
//   gate_bench --port P [--requests N] [--connections N]
//                                              only the load, on a policy service at 127.0.0.1:P
//
// Server and client have a thread each. The CPU time is the server thread's own.
#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <functional>

#include "bench/gate_world.h"
#include "bench/load_client.h"
#include "engine/familiar_places.h"
#include "engine/login_throttle.h"
#include "gate/auth_policy.h"
#include "gate/milter.h"
#include "gate/milter_codec.h"

namespace {

using namespace postreeve;
using namespace postreeve::bench;

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

// Agrees to everything and lets everything pass.
class MilterEcho final : public Conversation {
 public:
  Result<std::size_t> request_size(std::string_view input) override { return milter::frame_size(input); }
  void answer(std::string_view request, Reply reply) override {
    std::string text;
    switch (milter::split_frame(request).command) {
      case milter::Command::kNegotiate:
        milter::append_agreement(text, {.version = 6, .actions = 0, .protocol = 0}, {});
        break;
      case milter::Command::kMail:
      case milter::Command::kRecipient:
      case milter::Command::kEndOfBody:
        milter::append_response(text, milter::Response::kContinue);
        break;
      default:
        break;
    }
    reply(text);
  }
};

void answer_http(const HttpRequest&, HttpReply reply) {
  reply(json_response(R"({"status":0,"msg":""})"));
}

std::uint64_t resident_bytes() {
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

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
  bool (*is_whole)(std::string_view) = is_whole_policy_reply;
};

void measure(const Contender& contender, const Supply& supply, Measured what) {
  what.server = contender.name;
  Load load{.port = contender.server.port(),
            .connections = what.connections,
            .rate = 0,
            .at_time = contender.at_time,
            .is_whole = contender.is_whole};
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

// One protocol at some numbers of connections, beside its echo server.
struct Match {
  World& world;
  MakeTransaction make;
  Contender echo;
  Contender gate;
};

void measure(const Match& match, std::span<const std::size_t> connection_counts, std::uint64_t requests,
             int rounds) {
  Traffic traffic = match.world.traffic(match.make);
  const Supply supply = [&] { return take(traffic, requests); };
  const std::vector<Transaction> one_supply = supply();
  for (int round = 0; round < rounds; ++round) {
    for (const std::size_t connections : connection_counts) {
      const Measured what{.server = {}, .connections = connections, .round = round, .load = {}};
      measure(match.echo, [&] { return one_supply; }, what);
      measure(match.gate, supply, what);
    }
  }
}

void measure_policy(std::uint64_t requests, int rounds, bool several_doors) {
  World world(several_doors);
  const auto options = std::make_shared<const PostfixPolicyOptions>();
  WaitingActions waiting;
  Server echo([] { return std::make_unique<Echo>(); }, kPostfixPolicyLimits);
  Server policy([&] { return make_postfix_policy(world.guard(), waiting, options); }, kPostfixPolicyLimits);
  measure({world,
           policy_transaction,
           {"echo", echo, [](Timestamp) {}},
           {"policy", policy, [&](Timestamp time) { world.set_time(time); }}},
          std::vector<std::size_t>{1, 8, 64}, requests, rounds);
  Traffic traffic = world.traffic(policy_transaction);
  measure_idle(policy, take(traffic, requests));
}

void measure_served(std::uint64_t requests, int rounds) {
  constexpr std::size_t kConnections = 8;
  ServedWorld world;
  Traffic traffic = world.traffic();
  const auto options = std::make_shared<const PostfixPolicyOptions>();
  WaitingActions waiting;
  Server policy([&] { return make_postfix_policy(world.guard(), waiting, options); }, kPostfixPolicyLimits);
  const Contender served{"served", policy, [&](Timestamp time) { world.set_time(time); }};
  for (int round = 0; round < rounds; ++round)
    measure(served, [&] { return take(traffic, requests); },
            {.server = {}, .connections = kConnections, .round = round, .load = {}});
}

void measure_milter(std::uint64_t requests, int rounds, bool several_doors) {
  World world(several_doors);
  const auto options = std::make_shared<const MilterOptions>();
  Server echo([] { return std::make_unique<MilterEcho>(); }, kMilterLimits);
  Server milter([&] { return make_milter(world.guard(), options); }, kMilterLimits);
  measure({world,
           milter_transaction,
           {"milter echo", echo, [](Timestamp) {}, is_whole_milter_reply},
           {"milter", milter, [&](Timestamp time) { world.set_time(time); }, is_whole_milter_reply}},
          std::vector<std::size_t>{8}, requests, rounds);
}

void measure_auth(std::uint64_t requests, int rounds, bool several_doors) {
  World world(several_doors);
  const FamiliarPlaces places(world.accounts(), {});
  LoginThrottle throttle(LoginThrottleSettings{}, {});
  const auto is_familiar = [&](const AccountId& account, const IpAddress& address) {
    return places.knows(account, address);
  };
  LoginDesk desk(login_guard(world.guard(), is_familiar, Door::kAuthPolicy), throttle, {});
  AuthPolicy policy(desk, {}, {});
  Server echo(answer_http);
  Server auth(
      [&](HttpRequest request, HttpReply reply) { policy.answer(std::move(request), std::move(reply)); });
  measure({world,
           auth_transaction,
           {"auth echo", echo, [](Timestamp) {}, is_whole_http_reply},
           {"auth", auth, [&](Timestamp time) { world.set_time(time); }, is_whole_http_reply}},
          std::vector<std::size_t>{8}, requests, rounds);
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
  bool several_doors = false;
  app.add_option("--requests", requests);
  app.add_option("--rounds", rounds);
  // As when a milter or a log is there too: what one door saw is remembered for the others.
  app.add_flag("--several-doors", several_doors);
  app.add_option("--port", load.port);
  app.add_option("--connections", load.connections);
  CLI11_PARSE(app, argc, argv);
  allow_many_descriptors();
  if (load.port == 0) {
    measure_milter(requests, rounds, several_doors);
    measure_auth(requests, rounds, several_doors);
    measure_served(requests, rounds);
    measure_policy(requests, rounds, several_doors);
  } else {
    Traffic traffic(kAccounts);
    const LoadResult result = run_load(load, take(traffic, requests));
    print({"other", load.connections, 0, "full"}, result, 0);
  }
  return 0;
}
