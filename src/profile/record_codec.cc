#include "profile/record_codec.h"

#include "base/field_reader.h"
#include "base/field_writer.h"
#include "profile/record_fields.h"

namespace postreeve {
namespace {

constexpr BlobFormat format_of(std::uint8_t version) {
  return {.name = "a record", .letters = {'P', 'R'}, .version = version};
}

}  // namespace

void encode_record(const AccountRecord& record, std::string& bytes, std::uint8_t version) {
  FieldWriter writer(format_of(version), bytes);
  writer(record);
  writer.finish();
}

std::string encode_record(const AccountRecord& record, std::uint8_t version) {
  std::string bytes;
  encode_record(record, bytes, version);
  return bytes;
}

Result<AccountRecord> decode_record(std::string_view bytes, std::uint8_t newest) {
  Result<FieldReader> reader = FieldReader::open(format_of(newest), bytes);
  if (!reader) return fail(reader.error());
  AccountRecord record;
  (*reader)(record);
  if (const Result<void> read = reader->finish(); !read) return fail(read.error());
  return record;
}

}  // namespace postreeve
