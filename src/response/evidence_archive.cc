#include "response/evidence_archive.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <sodium.h>

#include "base/ascii.h"
#include "base/whole_file.h"

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

bool is_name(std::string_view name) {
  const auto is_fine = [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.' || c == '/'; };
  return !name.empty() && name.size() <= 200 && name.front() != '/' && std::ranges::all_of(name, is_fine) &&
         name.find("..") == std::string_view::npos;
}

bool write_entry(archive* writer, const EvidenceFile& file, Timestamp time) {
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

std::string manifest_line(const EvidenceFile& file) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(file.content.data()),
                     file.content.size());
  std::string line;
  for (const unsigned char byte : hash) line += fmt::format("{:02x}", byte);
  return line + "  " + file.name + "\n";
}

}  // namespace

struct EvidenceArchive::Impl {
  Impl(const std::string& p, Timestamp t) : path(p), time(t), file(p), writer(archive_write_new()) {}

  // What went wrong with the latest step of the writer.
  [[nodiscard]] std::unexpected<Error> failure() const {
    const char* why = archive_error_string(writer.get());
    return fail(ErrorCode::kUnavailable,
                fmt::format("{} cannot be written: {}", path, why == nullptr ? "unknown reason" : why));
  }
  [[nodiscard]] Result<void> begin();
  [[nodiscard]] Result<void> put(const EvidenceFile& one);

  std::string path;
  Timestamp time;
  WholeFile file;
  Writer writer;  // ends before the file it writes to
  bool is_begun = false;
  std::string manifest;
};

Result<void> EvidenceArchive::Impl::begin() {
  if (is_begun) return {};
  if (const Result<void> made = file.write({}); !made) return made;
  archive_write_add_filter_gzip(writer.get());
  // Or the archive would tell when it was made: the same evidence must give the same bytes.
  archive_write_set_filter_option(writer.get(), "gzip", "timestamp", nullptr);
  archive_write_set_format_pax_restricted(writer.get());
  if (archive_write_open_fd(writer.get(), file.descriptor()) != ARCHIVE_OK) return failure();
  is_begun = true;
  return {};
}

Result<void> EvidenceArchive::Impl::put(const EvidenceFile& one) {
  if (const Result<void> begun = begin(); !begun) return begun;
  return write_entry(writer.get(), one, time) ? Result<void>{} : Result<void>(failure());
}

EvidenceArchive::EvidenceArchive(const std::string& path, Timestamp time)
    : impl_(std::make_unique<Impl>(path, time)) {}
EvidenceArchive::~EvidenceArchive() = default;
EvidenceArchive::EvidenceArchive(EvidenceArchive&&) noexcept = default;

Result<void> EvidenceArchive::add(const EvidenceFile& file) {
  if (!is_name(file.name)) return fail(ErrorCode::kInvalidInput, "a file of evidence has no proper name");
  if (const Result<void> put = impl_->put(file); !put) return put;
  impl_->manifest += manifest_line(file);
  return {};
}

Result<void> EvidenceArchive::finish() {
  if (const Result<void> put = impl_->put({.name = "MANIFEST.sha256", .content = impl_->manifest}); !put)
    return put;
  if (archive_write_close(impl_->writer.get()) != ARCHIVE_OK) return impl_->failure();
  return impl_->file.finish();
}

const std::string& EvidenceArchive::manifest() const noexcept {
  return impl_->manifest;
}

}  // namespace postreeve
