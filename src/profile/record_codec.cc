#include "profile/record_codec.h"

#include "base/field_reader.h"
#include "base/field_writer.h"
#include "profile/record_fields.h"

namespace postreeve {
namespace {

constexpr BlobFormat kFormat{.name = "a record", .letters = {'P', 'R'}, .version = kRecordFormat};

}  // namespace

void encode_record(const AccountRecord& record, std::string& bytes) {
  FieldWriter writer(kFormat, bytes);
  writer(record);
  writer.finish();
}

std::string encode_record(const AccountRecord& record) {
  std::string bytes;
  encode_record(record, bytes);
  return bytes;
}

Result<AccountRecord> decode_record(std::string_view bytes) {
  Result<FieldReader> reader = FieldReader::open(kFormat, bytes);
  if (!reader) return fail(reader.error());
  AccountRecord record;
  (*reader)(record);
  if (const Result<void> read = reader->finish(); !read) return fail(read.error());
  return record;
}

}  // namespace postreeve
