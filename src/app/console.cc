#include "app/console.h"

#include <unistd.h>

#include <cstdlib>

#include <fmt/format.h>

#include "base/printable.h"

namespace postreeve {

Console Console::of_process() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is only one thread yet
  const char* no_color = std::getenv("NO_COLOR");
  const bool wants_colour = no_color == nullptr || *no_color == '\0';
  Console console;
  console.input_is_terminal_ = ::isatty(STDIN_FILENO) == 1;
  console.output_has_colour_ = wants_colour && ::isatty(STDOUT_FILENO) == 1;
  console.error_is_terminal_ = ::isatty(STDERR_FILENO) == 1;
  return console;
}

bool Console::print(std::string_view data) const {
  const bool written = std::fwrite(data.data(), 1, data.size(), stdout) == data.size();
  return std::fflush(stdout) == 0 && written;
}

void Console::complain(std::string_view what) const {
  tell(fmt::format("postreeve: {}\n", printable(what)));
}

void Console::tell(std::string_view text) const {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace postreeve
