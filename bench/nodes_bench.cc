// What a decision costs where several nodes share records and ledger: some days of a town, each act through
// a node picked at random.
//
//   nodes_bench --records memory|sqlite|redis [--redis URL] [--ledger CONNECTION] --folder DIR
//               [--nodes N] [--from DAY] [--past DAYS] [--days D1,D2,...] [--acts both|messages|logins]
//               [--begin HOUR] [--hours N] [--thefts N] [--counts N]
//
// First --past days from day --from on are lived as fast as can be, then each of --days, of which every
// second one at half the pace of the one before; then accounts are stolen (on day --from, if no day was lived
// here); then hourly counts of --counts accounts are written, by one node and by all at once. A line of JSON
// for each, printed when all books are written. The town goes on where an earlier run on the same folder and
// servers ended; with --begin and --hours it lives one of --days once more, later on that day. A decision is
// timed from the question to its answer.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "bench/act_events.h"
#include "bench/lives.h"
#include "bench/node.h"
#include "bench/random.h"

namespace {

using namespace postreeve;
using namespace postreeve::bench;
using Clock = std::chrono::steady_clock;

struct Options {
  std::string records = "memory";
  std::string redis;
  PostgresqlServer ledger;
  std::filesystem::path folder;
  std::size_t nodes = 1;
  std::size_t threads = 8;  // of all nodes together
  std::uint64_t accounts = 2'000;
  std::uint32_t from = 0;
  std::uint32_t past = 0;
  std::vector<std::uint32_t> days;
  std::string acts = "both";
  std::uint32_t begin = 8;  // the hours of a day in which everything happens
  std::uint32_t hours = 10;
  std::uint32_t thefts = 0;
  std::uint64_t counts = 0;
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Nodes with one time of day, and somebody who tends them as `serve` does.
class Nodes {
 public:
  explicit Nodes(const Options& options) {
    for (std::size_t i = 0; i < options.nodes; ++i) {
      const NodeOptions node{.folder = options.folder / fmt::format("node{}", i),
                             .key_file = (options.folder / "key").string(),
                             .redis = options.redis,
                             .in_memory = options.records == "memory",
                             .ledger = options.ledger};
      std::filesystem::create_directories(node.folder);
      nodes_.push_back(std::make_unique<Node>(node, [this] { return now_.load(); }));
    }
    keeper_ = std::thread([this] { keep(); });
  }
  Nodes(const Nodes&) = delete;
  Nodes& operator=(const Nodes&) = delete;
  ~Nodes() {
    {
      const std::scoped_lock lock(mutex_);
      is_ending_ = true;
    }
    ending_.notify_all();
    keeper_.join();
  }

  [[nodiscard]] Node& any(Random& random) {
    return *nodes_[random.below(static_cast<std::uint32_t>(nodes_.size()))];
  }
  void pass(Timestamp to) {
    Timestamp now = now_;
    while (now < to && !now_.compare_exchange_weak(now, to)) {
    }
  }
  void write_books() {
    const std::scoped_lock lock(mutex_);
    for (const auto& node : nodes_) node->write_books();
  }
  // The seconds until hourly counts of so many accounts are written, by each of some nodes at once.
  [[nodiscard]] double write_counts(std::size_t nodes, std::uint64_t accounts) {
    const std::scoped_lock lock(mutex_);
    std::vector<double> seconds(nodes);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < nodes; ++i) {
      threads.emplace_back(
          [&, i] { seconds[i] = nodes_[i]->write_counts(counted_ + i * accounts, accounts); });
    }
    for (std::thread& thread : threads) thread.join();
    counted_ += nodes * accounts;
    return std::ranges::max(seconds);
  }
  [[nodiscard]] std::uint64_t sum(std::uint64_t (Node::*figure)() const) const {
    std::uint64_t all = 0;
    for (const auto& node : nodes_) all += (*node.*figure)();
    return all;
  }

 private:
  void keep() {
    std::unique_lock lock(mutex_);
    for (unsigned turn = 1; !ending_.wait_for(lock, std::chrono::seconds{1}, [this] { return is_ending_; });
         ++turn) {
      for (const auto& node : nodes_) node->tend();
      if (turn % 2 != 0) continue;
      for (const auto& node : nodes_) node->write_books();
    }
  }

  std::atomic<Timestamp> now_{kMonday};
  std::uint64_t counted_ = 0;  // accounts of write_counts()
  std::vector<std::unique_ptr<Node>> nodes_;
  std::mutex mutex_;  // whoever tends
  std::condition_variable ending_;
  bool is_ending_ = false;
  std::thread keeper_;
};

struct Counted {
  std::vector<float> microseconds;  // of each decision
  std::uint64_t logins = 0;
  std::uint64_t messages = 0;
  std::uint64_t refused = 0;  // and held

  void add(const Counted& other) {
    microseconds.insert(microseconds.end(), other.microseconds.begin(), other.microseconds.end());
    logins += other.logins;
    messages += other.messages;
    refused += other.refused;
  }
  [[nodiscard]] float percentile(double share) {
    if (microseconds.empty()) return 0;
    const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(microseconds.size() - 1));
    std::ranges::nth_element(microseconds, microseconds.begin() + place);
    return microseconds[static_cast<std::size_t>(place)];
  }
};

// One thread that hands acts to nodes.
class Player {
 public:
  Player(Nodes& nodes, std::uint64_t seed) : nodes_(nodes), random_(seed) {}

  void play(const Life& life, const Act& act) {
    nodes_.pass(act.time);
    node_ = &nodes_.any(random_);
    if (!act.is_message) {
      ++counted.logins;
      ask(login_of(life, act), Door::kAuthPolicy);
      return;
    }
    const auto number = static_cast<std::uint64_t>(act.time.time_since_epoch().count());
    const Submission message = submission_of(life, act, number);
    if (!send(message)) return;
    const Clock::time_point start = Clock::now();
    node_->note(delivery_of(act, message));
    note_time(start);
  }
  // Returns whether any recipient of it gets it.
  bool send(const Submission& message) {
    if (node_ == nullptr) node_ = &nodes_.any(random_);
    ++counted.messages;
    Submission last = message;
    last.recipients.clear();
    last.recipient_count = 0;
    for (const std::string& recipient : message.recipients) {
      const Action action = ask(Recipient{message.time, message.account, message.session, message.queue_id,
                                          message.sender, recipient},
                                Door::kPostfixPolicy);
      if (action != Action::kDefer && action != Action::kReject) ++last.recipient_count;
    }
    return last.recipient_count > 0 && ask(std::move(last), Door::kPostfixPolicy) == Action::kAccept;
  }
  // The next message comes through any node.
  void move() { node_ = &nodes_.any(random_); }

  Counted counted;

 private:
  Action ask(Event event, Door door) {
    const Clock::time_point start = Clock::now();
    const Action action = node_->ask(std::move(event), door);
    note_time(start);
    if (action != Action::kAccept) ++counted.refused;
    return action;
  }
  void note_time(Clock::time_point start) {
    counted.microseconds.push_back(static_cast<float>(1e6 * seconds_since(start)));
  }

  Nodes& nodes_;
  Random random_;
  Node* node_ = nullptr;
};

class Town {
 public:
  explicit Town(const Options& options) : options_(options) {
    for (std::uint64_t number = 0; number < options.accounts; ++number) lives_.emplace_back(number);
  }

  // What happens on the day, in the order of time. Days may be left out, but not lived twice.
  [[nodiscard]] std::vector<Act> acts_of(std::uint32_t day) {
    std::vector<Act> acts;
    for (; next_day_ <= day; ++next_day_) {
      acts.clear();
      for (Life& life : lives_) life.live_day(next_day_, acts);
    }
    std::erase_if(acts, [this](const Act& act) {
      return options_.acts != "both" && act.is_message != (options_.acts == "messages");
    });
    move(acts, day);
    std::ranges::stable_sort(acts, {}, &Act::time);
    return acts;
  }

  // Acts a second, or 0: as many as can be. Returns what it came to and the seconds that it took.
  std::pair<Counted, double> play(Nodes& nodes, const std::vector<Act>& acts, double rate) {
    std::vector<Player> players;
    for (std::size_t t = 0; t < options_.threads; ++t) players.emplace_back(nodes, ++seed_);
    std::vector<std::thread> threads;
    std::atomic<std::size_t> next{0};
    const Clock::time_point start = Clock::now();
    for (Player& player : players) {
      threads.emplace_back([&, this] {
        for (std::size_t i = next++; i < acts.size(); i = next++) {
          if (rate > 0)
            std::this_thread::sleep_until(start +
                                          std::chrono::duration_cast<Clock::duration>(
                                              std::chrono::duration<double>(static_cast<double>(i) / rate)));
          player.play(lives_[acts[i].account], acts[i]);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    const double took = seconds_since(start);
    Counted all;
    for (const Player& player : players) all.add(player.counted);
    return {std::move(all), took};
  }

  // Somebody else sends from an account until nothing gets out any more. Returns whether it came to that.
  bool steal(Nodes& nodes, std::uint32_t number, Timestamp time, Counted& counted) {
    constexpr std::uint32_t kMostMessages = 60;
    constexpr std::uint32_t kRecipients = 5;
    constexpr std::uint32_t kMostStopped = 6;
    Player thief(nodes, number + 1);
    const Life& victim = lives_[number * 17 % lives_.size()];
    std::uint32_t stopped = 0;
    for (std::uint32_t i = 0; i < kMostMessages && stopped < kMostStopped; ++i) {
      time += std::chrono::seconds{20};
      nodes.pass(time);
      thief.move();
      Submission message;
      message.time = time;
      message.account = victim.account();
      // 198.18.0.0/15: RFC 2544
      message.session = {IpAddress::v4(0xc6120000 + (number << 8U) + 9), "", "User", Service::kSmtp};
      message.queue_id = fmt::format("T{}x{}", number, i);
      message.sender = victim.account().text();
      message.subject = "Invoice overdue";
      for (std::uint32_t r = 0; r < kRecipients; ++r)
        message.recipients.push_back(fmt::format("victim{}.{}.{}@list{}.example", number, i, r, r));
      if (!thief.send(message)) ++stopped;
    }
    counted.add(thief.counted);
    return stopped >= kMostStopped;
  }

  [[nodiscard]] std::uint32_t next_day() const { return next_day_; }

 private:
  // Into the hours that were asked for; lives know ten from eight on.
  void move(std::vector<Act>& acts, std::uint32_t day) const {
    const Timestamp midnight = kMonday + std::chrono::hours{24} * day;
    for (Act& act : acts) {
      const Duration of_day = act.time - midnight - std::chrono::hours{8};
      act.time = midnight + std::chrono::hours{options_.begin} + of_day * options_.hours / 10;
    }
  }

  const Options& options_;
  std::vector<Life> lives_;
  std::uint32_t next_day_ = 0;
  std::uint64_t seed_ = 0;
};

// Of one day or of the thefts: until what is counted of it is in the ledger.
class Measurement {
 public:
  explicit Measurement(Nodes& nodes)
      : nodes_(nodes), cpu_(cpu_seconds()), again_(nodes.sum(&Node::judged_again)) {}

  void print(std::string_view load, Counted& counted, double seconds, const std::string& more = "") {
    nodes_.write_books();
    const auto decisions = static_cast<double>(counted.microseconds.size());
    fmt::print(R"({{"load":"{}","decisions":{:.0f},"logins":{},"messages":{},"refused":{},"seconds":{:.4f},)"
               R"("cpu_seconds":{:.4f},"p50_us":{:.1f},"p99_us":{:.1f},"p999_us":{:.1f},"judged_again":{},)"
               R"("judged_alone":{},"spooled":{}{}}})"
               "\n",
               load, decisions, counted.logins, counted.messages, counted.refused, seconds,
               cpu_seconds() - cpu_, counted.percentile(0.5), counted.percentile(0.99),
               counted.percentile(0.999), nodes_.sum(&Node::judged_again) - again_,
               nodes_.sum(&Node::judged_alone), nodes_.sum(&Node::spooled), more);
  }

 private:
  Nodes& nodes_;
  double cpu_;
  std::uint64_t again_;
};

void measure_days(const Options& options, Town& town, Nodes& nodes) {
  double pace = 0;
  for (std::size_t i = 0; i < options.days.size(); ++i) {
    const std::vector<Act> acts = town.acts_of(options.days[i]);
    const bool at_half = i % 2 == 1;
    Measurement measurement(nodes);
    auto [counted, seconds] = town.play(nodes, acts, at_half ? pace / 2 : 0);
    measurement.print(at_half ? "half" : "full", counted, seconds);
    pace = static_cast<double>(acts.size()) / seconds;
  }
}

// So far apart that the fuse never blows.
void measure_thefts(const Options& options, Town& town, Nodes& nodes) {
  constexpr std::chrono::minutes kBetween{40};
  if (options.thefts == 0) return;
  Timestamp time = kMonday + std::chrono::hours{24 * std::max(options.from, town.next_day()) + 9};
  Counted counted;
  std::uint32_t contained = 0;
  Measurement measurement(nodes);
  const Clock::time_point start = Clock::now();
  for (std::uint32_t number = 0; number < options.thefts; ++number, time += kBetween)
    contained += town.steal(nodes, number, time, counted) ? 1U : 0U;
  const double took = seconds_since(start);
  measurement.print("thefts", counted, took, fmt::format(R"(,"contained":{})", contained));
}

void measure_counts(const Options& options, Nodes& nodes) {
  if (options.counts == 0) return;
  const double alone = nodes.write_counts(1, options.counts);
  const double together = nodes.write_counts(options.nodes, options.counts);
  const auto rows = static_cast<double>(options.counts);
  fmt::print(R"({{"load":"counts","rows_a_second":{:.0f},"rows_a_second_of_all_nodes":{:.0f}}})"
             "\n",
             rows / alone, rows * static_cast<double>(options.nodes) / together);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("What a decision costs where several nodes share records and ledger");
  Options options;
  app.add_option("--records", options.records)->check(CLI::IsMember({"memory", "sqlite", "redis"}));
  app.add_option("--redis", options.redis);
  app.add_option("--ledger", options.ledger.connection);
  app.add_option("--ledger-password-file", options.ledger.password_file);
  // What is measured is the cost; a busy machine must not look like a server that is away.
  options.ledger.timeout = std::chrono::seconds{30};
  app.add_option("--folder", options.folder)->required();
  app.add_option("--nodes", options.nodes);
  app.add_option("--threads", options.threads);
  app.add_option("--accounts", options.accounts);
  app.add_option("--from", options.from);
  app.add_option("--past", options.past);
  app.add_option("--days", options.days)->delimiter(',');
  app.add_option("--acts", options.acts)->check(CLI::IsMember({"both", "messages", "logins"}));
  app.add_option("--begin", options.begin);
  app.add_option("--hours", options.hours);
  app.add_option("--thefts", options.thefts);
  app.add_option("--counts", options.counts);
  CLI11_PARSE(app, argc, argv);
  Nodes nodes(options);
  Town town(options);
  for (std::uint32_t day = options.from; day < options.from + options.past; ++day)
    (void)town.play(nodes, town.acts_of(day), 0);
  nodes.write_books();
  measure_days(options, town, nodes);
  measure_thefts(options, town, nodes);
  measure_counts(options, nodes);
  return 0;
}
