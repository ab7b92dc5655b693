#include "intake/file_identity.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/ascii.h"
#include "intake/byte_source.h"
#include "intake/message_index.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostRotated = 64;

using Head = std::array<char, FileIdentity::kMostHeadBytes>;

// The first bytes of the file, at most `wanted`; nullopt when it cannot be read.
std::optional<std::string_view> read_head(int descriptor, Head& head, std::size_t wanted) {
  std::size_t got = 0;
  while (got < wanted) {
    const auto count = ::pread(descriptor, head.data() + got, wanted - got, static_cast<off_t>(got));
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  return std::string_view(head.data(), got);
}

}  // namespace

std::optional<FileIdentity> identify(int descriptor) {
  struct stat facts{};
  if (::fstat(descriptor, &facts) != 0) return std::nullopt;
  Head head{};
  const auto bytes = read_head(descriptor, head, head.size());
  if (!bytes) return std::nullopt;
  return FileIdentity{facts.st_dev, facts.st_ino, static_cast<std::uint32_t>(bytes->size()),
                      hash_text(*bytes)};
}

bool still_begins_with(int descriptor, const FileIdentity& identity) {
  Head head{};
  const auto wanted = std::min<std::size_t>(identity.head_bytes, head.size());
  const auto bytes = read_head(descriptor, head, wanted);
  return bytes && bytes->size() == wanted && hash_text(*bytes) == identity.head_hash;
}

bool is_rotated_name(std::string_view name, std::string_view log) noexcept {
  if (!name.starts_with(log)) return false;
  name.remove_prefix(log.size());
  for (const std::string_view suffix : {".gz", ".zst", ".xz", ".bz2"}) {
    if (name.ends_with(suffix)) {
      name.remove_suffix(suffix.size());
      break;
    }
  }
  if (name.size() < 2 || (name[0] != '.' && name[0] != '-' && name[0] != '_')) return false;
  return std::ranges::all_of(name.substr(1),
                             [](char c) { return is_digit(c) || c == '-' || c == '.' || c == '_'; });
}

std::vector<RotatedFile> rotated_files(const std::string& path) {
  namespace fs = std::filesystem;
  const fs::path log(path);
  const auto folder = log.has_parent_path() ? log.parent_path() : fs::path(".");
  std::vector<RotatedFile> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (!is_rotated_name(entry->path().filename().native(), log.filename().native())) continue;
    struct stat facts{};
    if (::stat(entry->path().c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) continue;
    const auto modified =
        std::chrono::seconds{facts.st_mtim.tv_sec} + std::chrono::nanoseconds{facts.st_mtim.tv_nsec};
    files.push_back({entry->path().native(), facts.st_dev, facts.st_ino,
                     Timestamp{std::chrono::duration_cast<Duration>(modified)}});
  }
  std::ranges::sort(files, {}, &RotatedFile::modified);
  if (files.size() > kMostRotated) {
    files.erase(files.begin(), files.end() - static_cast<std::ptrdiff_t>(kMostRotated));
  }
  return files;
}

bool holds(const RotatedFile& file, const FileIdentity& identity) {
  if (identity.head_bytes == 0) return file.device == identity.device && file.inode == identity.inode;
  auto source = open_byte_source(file.path);
  if (!source) return false;
  Head head{};
  const auto wanted = std::min<std::size_t>(identity.head_bytes, head.size());
  std::size_t got = 0;
  while (got < wanted) {
    const auto count = (*source)->read({head.data() + got, wanted - got});
    if (!count || *count == 0) return false;
    got += *count;
  }
  return hash_text({head.data(), wanted}) == identity.head_hash;
}

}  // namespace postreeve
