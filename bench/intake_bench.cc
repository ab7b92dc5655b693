// What reading costs, a line: the grammar of each program, the joiner, the trace.
//
// Lines are those of the generated month (lives.h) as each program writes them.
#include <benchmark/benchmark.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <string>
#include <variant>
#include <vector>

#include "bench/history.h"
#include "intake/joiner.h"
#include "intake/log_line.h"
#include "intake/trace.h"
#include "intake/trace_parser.h"

namespace postreeve::bench {
namespace {

constexpr std::uint64_t kAccounts = 300;
constexpr std::uint32_t kDays = 20;

using Lines = std::vector<std::string>;

struct Month {
  std::vector<Life> lives = make_lives(kAccounts);
  std::vector<Act> acts = live(lives, kDays);
};

const Month& month() {
  static const Month month;
  return month;
}

Lines postfix_lines() {
  Lines lines;
  write_postfix_log(month().lives, month().acts, [&](std::string_view line) { lines.emplace_back(line); });
  return lines;
}

Lines trace_lines() {
  Lines lines;
  write_trace(month().lives, month().acts, [&](std::string_view line) { lines.emplace_back(line); });
  return lines;
}

Lines dovecot_lines() {
  Lines lines;
  std::uint64_t session = 0;
  for (const Act& act : month().acts) {
    const Life& life = month().lives[act.account];
    const auto time = std::chrono::floor<std::chrono::seconds>(act.time);
    const std::string who = fmt::format("user=<{}>", life.account().text());
    const std::string id = fmt::format("{:016x}", mix64(++session));
    lines.push_back(fmt::format(
        "{:%b %e %H:%M:%S} mx1 dovecot: imap-login: Login: {}, method=PLAIN, rip={}, lip=192.0.2.1, "
        "mpid={}, TLS, session=<{}>",
        time, who, act.address.to_string(), session, id));
    lines.push_back(
        fmt::format("{:%b %e %H:%M:%S} mx1 dovecot: imap({})<{}><{}>: Disconnected: Logged out in=1033 "
                    "out=8131 deleted=0 "
                    "expunged=0 trashed=0 hdr_count=2 hdr_bytes=734 body_count=1 body_bytes=3391",
                    time, life.account().text(), session, id));
  }
  return lines;
}

Lines exim_lines() {
  Lines lines;
  std::uint64_t messages = 0;
  for (const Act& act : month().acts) {
    if (!act.is_message) continue;
    const Life& life = month().lives[act.account];
    const auto time = std::chrono::floor<std::chrono::seconds>(act.time);
    const std::string id = fmt::format("1rK{:03d}-{:011d}-2Bcd", ++messages % 1000, messages);
    const std::string stamp = fmt::format("{:%Y-%m-%d %H:%M:%S} {}", time, id);
    lines.push_back(
        fmt::format("{} <= {} H=host-{}.provider.example ({}) [{}]:50123 P=esmtpsa "
                    "X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no "
                    "A=plain_server:{} S={} id={}@{} T=\"Re: the offer\" from <{}> for {}",
                    stamp, life.account().text(), act.account, life.device(0).helo_name,
                    act.address.to_string(), life.account().text(), act.size, messages,
                    life.account().domain(), life.account().text(), life.contact(act.contacts.front())));
    for (const std::uint32_t contact : act.contacts) {
      lines.push_back(
          fmt::format("{} => {} R=dnslookup T=remote_smtp H=mx.domain.example [198.51.100.7] "
                      "X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes C=\"250 2.0.0 Ok: queued\"",
                      stamp, life.contact(contact)));
    }
    lines.push_back(stamp + " Completed");
  }
  return lines;
}

void count_lines(benchmark::State& state, const Lines& lines) {
  std::size_t bytes = 0;
  for (const std::string& line : lines) bytes += line.size() + 1;
  const auto iterations = static_cast<std::int64_t>(state.iterations());
  state.SetItemsProcessed(iterations * static_cast<std::int64_t>(lines.size()));
  state.SetBytesProcessed(iterations * static_cast<std::int64_t>(bytes));
}

void parse_lines(benchmark::State& state, const Lines& lines) {
  std::uint64_t not_understood = 0;
  for (auto _ : state) {
    for (const std::string& text : lines) {
      const LogLine line = parse_log_line(text);
      not_understood += std::holds_alternative<NotUnderstood>(line.record) ? 1U : 0U;
      benchmark::DoNotOptimize(line);
    }
  }
  if (not_understood != 0) state.SkipWithError("lines were not understood");
  count_lines(state, lines);
}

void parse_postfix_lines(benchmark::State& state) {
  parse_lines(state, postfix_lines());
}
void parse_dovecot_lines(benchmark::State& state) {
  parse_lines(state, dovecot_lines());
}
void parse_exim_lines(benchmark::State& state) {
  parse_lines(state, exim_lines());
}

void join_postfix_lines(benchmark::State& state) {
  const Lines lines = postfix_lines();
  std::vector<LogLine> parsed;
  for (const std::string& line : lines) parsed.push_back(parse_log_line(line));
  std::uint64_t events = 0;
  for (auto _ : state) {
    Joiner joiner({}, [&](Event&& event) {
      ++events;
      benchmark::DoNotOptimize(event);
    });
    Timestamp time = kMonday;
    for (const LogLine& line : parsed) joiner.add(time += Duration{100}, line.host, line.record);
    joiner.finish();
  }
  if (events == 0) state.SkipWithError("no events came out");
  count_lines(state, lines);
}

void parse_trace_lines(benchmark::State& state) {
  const Lines lines = trace_lines();
  TraceParser parser("");
  TraceLine parsed;
  std::uint64_t broken = 0;
  for (auto _ : state) {
    for (const std::string& line : lines) {
      parser.parse(line, parsed);
      broken += parsed.kind == TraceLine::Kind::kEvent ? 0U : 1U;
      benchmark::DoNotOptimize(parsed);
    }
  }
  if (broken != 0) state.SkipWithError("lines of the trace were not understood");
  count_lines(state, lines);
}

void write_trace_lines(benchmark::State& state) {
  const Lines lines = trace_lines();
  TraceReader reader("");
  std::vector<Event> events;
  for (const std::string& line : lines) {
    if (auto event = reader.read(line)) events.push_back(std::move(*event));
  }
  for (auto _ : state) {
    for (const Event& event : events) benchmark::DoNotOptimize(write_trace_line(event));
  }
  count_lines(state, lines);
}

BENCHMARK(parse_postfix_lines)->Unit(benchmark::kMillisecond);
BENCHMARK(parse_dovecot_lines)->Unit(benchmark::kMillisecond);
BENCHMARK(parse_exim_lines)->Unit(benchmark::kMillisecond);
BENCHMARK(join_postfix_lines)->Unit(benchmark::kMillisecond);
BENCHMARK(parse_trace_lines)->Unit(benchmark::kMillisecond);
BENCHMARK(write_trace_lines)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace postreeve::bench
