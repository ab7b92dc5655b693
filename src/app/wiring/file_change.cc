#include "app/wiring/file_change.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "app/wiring/run_program.h"
#include "base/ascii.h"
#include "base/whole_file.h"
#include "intake/byte_source.h"

namespace postreeve {
namespace {

std::string suffix_at(Timestamp now) {
  auto text = format_rfc3339(now).substr(0, 19) + "Z";  // 2026-11-29T01:58:00Z
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return ".postreeve-" + text;
}

// Whole or not at all. As what `like` is: owner and mode.
Result<void> write_file(const std::string& path, const std::string& text, const std::string& like) {
  struct stat facts{};
  const bool has_model = ::stat(like.c_str(), &facts) == 0;
  const mode_t mode = has_model ? facts.st_mode & 0777U : 0640U;
  WholeFile file(path, mode);
  if (const Result<void> written = file.write(text); !written) return written;
  const bool is_alike =
      !has_model || ((::fchown(file.descriptor(), facts.st_uid, facts.st_gid) == 0 || ::geteuid() != 0) &&
                     ::fchmod(file.descriptor(), mode) == 0);
  if (!is_alike) return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", path, file_error(errno).detail));
  return file.finish();
}

void restore(const ServerWiring& wiring) {
  for (const auto& change : wiring.changes) {
    if (change.before) {
      [[maybe_unused]] const auto done = write_file(change.path, *change.before, change.path);
    } else {
      ::unlink(change.path.c_str());
    }
  }
}

Result<void> run_check(const ServerWiring& wiring) {
  if (wiring.check.empty()) return {};
  const auto said = run_program(wiring.check);
  if (!said) return fail(said.error());
  if (said->exit_code == 0) return {};
  return fail(ErrorCode::kConflict,
              fmt::format("{} says: {}", fmt::join(wiring.check, " "), trim(said->errors)));
}

Result<Applied> write_all(const ServerWiring& wiring, const std::string& suffix) {
  Applied applied;
  for (const auto& change : wiring.changes) {
    if (change.before) {
      const auto copy = change.path + suffix;
      if (auto done = write_file(copy, *change.before, change.path); !done) return fail(done.error());
      applied.backups.push_back(copy);
      applied.undo.push_back(fmt::format("cp -p {} {}", copy, change.path));
    } else {
      std::error_code ignored;
      std::filesystem::create_directories(std::filesystem::path(change.path).parent_path(), ignored);
      applied.undo.push_back(fmt::format("rm {}", change.path));
    }
    if (auto done = write_file(change.path, change.after, change.path); !done) return fail(done.error());
  }
  return applied;
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) return fail(file_error(error.value()));
  constexpr std::uintmax_t kMostBytes = 4UL * 1024 * 1024;
  if (size > kMostBytes) return fail(ErrorCode::kLimitExceeded, "it is larger than 4 MiB");
  const std::ifstream in(path, std::ios::binary);
  if (!in) return fail(file_error(errno));
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

Result<Applied> apply_changes(const ServerWiring& wiring, Timestamp now) {
  auto applied = write_all(wiring, suffix_at(now));
  auto checked = applied ? run_check(wiring) : Result<void>(fail(applied.error()));
  if (!checked) {
    restore(wiring);
    return fail(checked.error());
  }
  if (!wiring.reload.empty()) applied->undo.push_back(wiring.reload);
  return applied;
}

}  // namespace postreeve
