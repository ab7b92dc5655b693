// The file beside the state that a copy goes to (`postreeve state copy`): what is being copied, until all is
// there.
#pragma once

#include <optional>
#include <string>

#include "app/serving.h"
#include "app/state_place.h"
#include "base/result.h"

namespace postreeve {

struct CopyMarker {
  StatePlace from;
  StatePlace to;
  std::string as_of;         // what the source was when the copy began (StateEnd::as_of)
  bool is_emptying = false;  // the destination still holds what was there before

  friend bool operator==(const CopyMarker&, const CopyMarker&) = default;
};

// Beside the state of the configuration that is copied to.
[[nodiscard]] std::string copy_marker_file(const Serving& to);

// nullopt: there is none. kCorrupt, kUnavailable name the file.
[[nodiscard]] Result<std::optional<CopyMarker>> read_copy_marker(const std::string& file);
// On the disk when it returns.
[[nodiscard]] Result<void> write_copy_marker(const std::string& file, const CopyMarker& marker);
[[nodiscard]] Result<void> remove_copy_marker(const std::string& file);

}  // namespace postreeve
