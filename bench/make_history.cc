// Writes a generated history: make_history ACCOUNTS DAYS POSTFIX_LOG TRACE
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "bench/history.h"

namespace {

using namespace postreeve::bench;

std::uint64_t write_file(const char* path, const std::function<void(const WriteLine&)>& write_lines) {
  std::ofstream file(path, std::ios::binary);
  std::uint64_t lines = 0;
  write_lines([&](std::string_view line) {
    file << line << '\n';
    ++lines;
  });
  file.close();
  if (!file) {
    fmt::print(stderr, "make_history: cannot write {}\n", path);
    std::exit(EXIT_FAILURE);
  }
  return lines;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    fmt::print(stderr, "usage: make_history ACCOUNTS DAYS POSTFIX_LOG TRACE\n");
    return EXIT_FAILURE;
  }
  std::vector<Life> lives = make_lives(std::strtoull(arguments[1], nullptr, 10));
  const auto days = static_cast<std::uint32_t>(std::strtoul(arguments[2], nullptr, 10));
  const std::vector<Act> acts = live(lives, days);
  const auto log = write_file(arguments[3], [&](const WriteLine& w) { write_postfix_log(lives, acts, w); });
  const auto trace = write_file(arguments[4], [&](const WriteLine& w) { write_trace(lives, acts, w); });
  fmt::print("{} {}\n", log, trace);
  return EXIT_SUCCESS;
}
