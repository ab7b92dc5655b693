// The engine asks all_detectors() for its detectors. This program brings its own
// all_detectors(), which the linker finds before the one in the library: the same
// table, compiled under another name, with some rows taken out.
#include "lab/score/leave_out.h"

#include <vector>

#define all_detectors complete_detectors  // NOLINT: one table, two names
#include "detect/detectors.cc"
#undef all_detectors

namespace postreeve {
namespace {

std::vector<Detector>& chosen() {
  static std::vector<Detector> detectors(complete_detectors().begin(), complete_detectors().end());
  return detectors;
}

}  // namespace

std::span<const Detector> all_detectors() noexcept {
  return chosen();
}

namespace lab {

bool leave_out(std::string_view detector) {
  return std::erase_if(chosen(), [&](const Detector& d) { return to_text(d.id) == detector; }) > 0;
}

}  // namespace lab
}  // namespace postreeve
