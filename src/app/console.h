// Where the program writes: data to standard output, everything else to standard error.
#pragma once

#include <cstdio>
#include <string_view>

namespace postreeve {

class Console {
 public:
  // Asks the environment (NO_COLOR, see no-color.org) and whether the streams are terminals.
  [[nodiscard]] static Console of_process();

  // Data. Returns false when it could not be written (a full disk).
  [[nodiscard]] bool print(std::string_view data) const;
  // One line of standard error: "postreeve: ...". Made printable.
  void complain(std::string_view what) const;
  // As it is, to standard error.
  void tell(std::string_view text) const;

  [[nodiscard]] std::FILE* error_stream() const noexcept { return stderr; }
  [[nodiscard]] bool error_is_terminal() const noexcept { return error_is_terminal_; }
  [[nodiscard]] bool output_has_colour() const noexcept { return output_has_colour_; }
  [[nodiscard]] bool input_is_terminal() const noexcept { return input_is_terminal_; }

 private:
  bool input_is_terminal_ = false;
  bool output_has_colour_ = false;
  bool error_is_terminal_ = false;
};

}  // namespace postreeve
