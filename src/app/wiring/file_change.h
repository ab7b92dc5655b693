// Changes of configuration files that can be undone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace postreeve {

struct FileChange {
  std::string path;
  std::optional<std::string> before;  // nullopt: it is not there
  std::string after;
};

// What one server's configuration lacks.
struct ServerWiring {
  std::string server;                    // "Postfix"
  std::vector<std::string> lines = {};   // as a person would write them
  std::vector<FileChange> changes = {};  // none: nothing is to be done, or a person has to
  std::vector<std::string> check = {};   // a program that judges the result; none: nobody does
  std::string reload = {};               // what makes the server read it
  std::string note = {};                 // why there is nothing to do, or what to look at
};

struct Applied {
  std::vector<std::string> backups;  // of the files that were there
  std::vector<std::string> undo;     // commands
};

// Writes the changes, with a copy beside each file that was there ("main.cf.postreeve-20261129T015800Z"),
// owner and mode as they were. Runs the check; when it fails everything is as it was before, and kConflict
// has its words. kUnavailable: the system says no; likewise.
[[nodiscard]] Result<Applied> apply_changes(const ServerWiring& wiring, Timestamp now);

[[nodiscard]] Result<std::string> read_file(const std::string& path);

}  // namespace postreeve
