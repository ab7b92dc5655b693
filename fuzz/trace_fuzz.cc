// Lines of a trace: reading is total, and what was read is written and read back as the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "intake/line_reader.h"
#include "intake/trace.h"

namespace {

void check_line(std::string_view line, postreeve::TraceReader& reader) {
  const auto event = reader.read(line);
  if (!event) {
    if (event.error().detail.empty()) std::abort();
    return;
  }
  const auto written = postreeve::write_trace_line(*event);
  postreeve::TraceReader second("");
  const auto again = second.read(written);
  if (!again || postreeve::write_trace_line(*again) != written) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  postreeve::TraceReader reader("x.example");
  postreeve::for_each_line({reinterpret_cast<const char*>(data), size}, size,
                           [&reader](postreeve::Line line) { check_line(line.text, reader); });
  return 0;
}
