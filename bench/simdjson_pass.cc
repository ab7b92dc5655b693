// The peer of `postreeve replay --trace`: reads a trace and touches `event` of every
// line with simdjson's on-demand parser, nothing else. Prints the count of events and
// the seconds of the pass without reading the file: simdjson_pass TRACE
#include <fmt/format.h>
#include <simdjson.h>

#include <chrono>
#include <cstdlib>

int main(int count, char** arguments) {
  if (count != 2) {
    fmt::print(stderr, "usage: simdjson_pass TRACE\n");
    return EXIT_FAILURE;
  }
  simdjson::padded_string text;
  if (simdjson::padded_string::load(arguments[1]).get(text)) {
    fmt::print(stderr, "simdjson_pass: cannot read {}\n", arguments[1]);
    return EXIT_FAILURE;
  }
  const auto start = std::chrono::steady_clock::now();
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document_stream lines;
  if (parser.iterate_many(text).get(lines)) return EXIT_FAILURE;
  std::uint64_t events = 0;
  std::uint64_t letters = 0;
  for (auto line : lines) {
    std::string_view event;
    if (line["event"].get(event)) continue;
    ++events;
    letters += event.size();
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  fmt::print("{} {} {:.6f}\n", events, letters, seconds.count());
  return EXIT_SUCCESS;
}
