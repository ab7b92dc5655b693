#include "base/field_archive.h"

#include <string>

#include "base/field_reader.h"
#include "base/field_writer.h"
#include "base/keyed_hash.h"

namespace postreeve {
namespace {

constexpr std::size_t kHeadBytes = 3;
constexpr std::size_t kChecksumBytes = 4;

// Against a damaged disk, not against a person: who can write the file can compute it.
std::array<char, kChecksumBytes> checksum(std::string_view bytes) noexcept {
  const std::uint64_t hash = keyed_hash(HashKey{}, bytes).low;
  std::array<char, kChecksumBytes> sum{};
  for (std::size_t i = 0; i < kChecksumBytes; ++i) sum[i] = static_cast<char>(hash >> (8 * i) & 0xffU);
  return sum;
}

std::unexpected<Error> corrupt(std::string_view name, std::string_view what) {
  return fail(ErrorCode::kCorrupt, std::string(name) + ": " + std::string(what));
}

}  // namespace

FieldWriter::FieldWriter(const BlobFormat& format, std::string& bytes, std::uint8_t version)
    : bytes_(&bytes), version_(version == 0 ? format.version : version) {
  bytes.assign(format.letters.data(), format.letters.size());
  bytes.push_back(static_cast<char>(version_));
}

void FieldWriter::finish() {
  const std::array<char, kChecksumBytes> sum = checksum(*bytes_);
  bytes_->append(sum.data(), sum.size());
}

Result<FieldReader> FieldReader::open(const BlobFormat& format, std::string_view bytes) {
  if (bytes.size() < kHeadBytes + kChecksumBytes) return corrupt(format.name, "too short");
  const std::string_view letters(format.letters.data(), format.letters.size());
  if (!bytes.starts_with(letters)) return corrupt(format.name, "does not begin as it should");
  const std::string_view body = bytes.substr(0, bytes.size() - kChecksumBytes);
  const std::array<char, kChecksumBytes> sum = checksum(body);
  if (bytes.substr(body.size()) != std::string_view(sum.data(), sum.size())) {
    return corrupt(format.name, "the checksum is wrong");
  }
  const auto version = static_cast<std::uint8_t>(bytes[letters.size()]);
  if (version == 0) return corrupt(format.name, "of version 0");
  if (version > format.version) {
    return fail(ErrorCode::kInvalidInput, std::string(format.name) +
                                              ": written by a newer Postreeve (format " +
                                              std::to_string(version) + ", this one reads up to " +
                                              std::to_string(format.version) + ")");
  }
  return FieldReader(format.name, version, body.substr(kHeadBytes));
}

Result<void> FieldReader::finish() {
  if (used_ < 8 && mask_ >> static_cast<unsigned>(used_) != 0) fault("marks of numbers that are not there");
  if (!rest_.empty()) fault("bytes are left over");
  if (failed()) return corrupt(name_, fault_);
  return {};
}

void FieldReader::fault(std::string_view what) noexcept {
  if (!failed()) fault_ = what;
  rest_ = {};
  mask_ = 0;
  used_ = 0;
}

}  // namespace postreeve
