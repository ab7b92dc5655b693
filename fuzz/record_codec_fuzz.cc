// decode_record over any bytes, and over bytes whose checksum is made right, so that the fields are reached.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/field_writer.h"
#include "profile/record_codec.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

std::string sealed(std::string_view body, std::uint8_t version) {
  std::string bytes;
  postreeve::FieldWriter writer({.name = "", .letters = {'P', 'R'}, .version = version}, bytes);
  bytes += body;
  writer.finish();
  return bytes;
}

// What was read is written as it was, in an older format with the same content, and can be used.
void check(std::string_view bytes) {
  auto record = postreeve::decode_record(bytes);
  if (!record) return;
  const auto version = static_cast<std::uint8_t>(bytes[2]);
  const std::string again = postreeve::encode_record(*record, version);
  require(version == postreeve::kRecordFormat ? again == bytes : *postreeve::decode_record(again) == *record);
  postreeve::learn_recipient(record->profile, 77);
  require(record->profile.known_recipients.contains(77));
  record->recent.add({.step = 1, .time = 1});
  postreeve::stranger_of(*record).note_transaction(5);
  postreeve::keep(*record->stranger, {.time = 1});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check(bytes);
  if (size < 7) return 0;
  for (std::uint8_t version = postreeve::kOldestRecordFormat; version <= postreeve::kRecordFormat; ++version)
    check(sealed(bytes.substr(3, size - 7), version));
  return 0;
}
