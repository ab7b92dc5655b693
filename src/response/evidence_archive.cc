#include "response/evidence_archive.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <sodium.h>

#include "base/ascii.h"

namespace postreeve {
namespace {

struct WriterEnd {
  void operator()(archive* writer) const { archive_write_free(writer); }
};
using Writer = std::unique_ptr<archive, WriterEnd>;

struct EntryEnd {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using Entry = std::unique_ptr<archive_entry, EntryEnd>;

// A descriptor that is closed once, and a file that goes unless it got its name.
class PartFile {
 public:
  explicit PartFile(std::string path)
      : path_(std::move(path)),
        descriptor_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
  ~PartFile() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
      ::unlink(path_.c_str());
    }
  }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }

  bool become(const std::string& name) {
    const bool is_written = ::fsync(descriptor_) == 0;
    const bool is_closed = ::close(descriptor_) == 0;
    descriptor_ = -1;
    if (is_written && is_closed && ::rename(path_.c_str(), name.c_str()) == 0) return true;
    const int problem = errno;
    ::unlink(path_.c_str());
    errno = problem;
    return false;
  }

 private:
  std::string path_;
  int descriptor_;
};

bool is_name(std::string_view name) {
  const auto is_fine = [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.' || c == '/'; };
  return !name.empty() && name.size() <= 200 && name.front() != '/' && std::ranges::all_of(name, is_fine) &&
         name.find("..") == std::string_view::npos;
}

std::unexpected<Error> not_written(const std::string& path, std::string_view why) {
  return fail(ErrorCode::kUnavailable, fmt::format("{} cannot be written: {}", path, why));
}

std::string last_error() {
  return std::generic_category().message(errno);
}

bool add(archive* writer, const EvidenceFile& file, Timestamp time) {
  const Entry entry(archive_entry_new());
  archive_entry_set_pathname(entry.get(), file.name.c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0600);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.content.size()));
  archive_entry_set_mtime(entry.get(), to_seconds32(time), 0);
  if (archive_write_header(writer, entry.get()) != ARCHIVE_OK) return false;
  const auto written = archive_write_data(writer, file.content.data(), file.content.size());
  return written == static_cast<la_ssize_t>(file.content.size());
}

// Its directory must be on the disk too, or the name may be lost.
void sync_folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  (void)::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

std::string manifest_of(const std::vector<EvidenceFile>& files) {
  std::string lines;
  for (const EvidenceFile& file : files) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(file.content.data()),
                       file.content.size());
    for (const unsigned char byte : hash) lines += fmt::format("{:02x}", byte);
    lines += "  " + file.name + "\n";
  }
  return lines;
}

Result<void> write_evidence_archive(const std::string& path, const std::vector<EvidenceFile>& files,
                                    Timestamp time) {
  for (const EvidenceFile& file : files) {
    if (!is_name(file.name)) return fail(ErrorCode::kInvalidInput, "a file of evidence has no proper name");
  }
  PartFile part(path + ".part");
  if (part.descriptor() < 0) return not_written(path, last_error());
  const Writer writer(archive_write_new());
  archive_write_add_filter_gzip(writer.get());
  // Or the archive would tell when it was made: the same evidence must give the same bytes.
  archive_write_set_filter_option(writer.get(), "gzip", "timestamp", nullptr);
  archive_write_set_format_pax_restricted(writer.get());
  bool is_fine = archive_write_open_fd(writer.get(), part.descriptor()) == ARCHIVE_OK;
  for (const EvidenceFile& file : files) is_fine = is_fine && add(writer.get(), file, time);
  is_fine = is_fine && add(writer.get(), {.name = "MANIFEST.sha256", .content = manifest_of(files)}, time) &&
            archive_write_close(writer.get()) == ARCHIVE_OK;
  if (!is_fine) {
    const char* why = archive_error_string(writer.get());
    return not_written(path, why == nullptr ? "unknown reason" : why);
  }
  if (!part.become(path)) return not_written(path, last_error());
  sync_folder_of(path);
  return {};
}

}  // namespace postreeve
