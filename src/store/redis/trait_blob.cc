#include "store/redis/trait_blob.h"

#include "base/field_reader.h"
#include "base/field_writer.h"

namespace postreeve {
namespace {

constexpr BlobFormat kTraitFormat{.name = "who has a trait", .letters = {'P', 'T'}, .version = 1};

}  // namespace

std::string encode_trait(const TraitEntry& entry) {
  std::string bytes;
  FieldWriter writer(kTraitFormat, bytes);
  writer(entry);
  writer.finish();
  return bytes;
}

TraitEntry decode_trait(std::string_view bytes) {
  Result<FieldReader> reader = FieldReader::open(kTraitFormat, bytes);
  if (!reader) return {};
  TraitEntry entry;
  (*reader)(entry);
  return reader->finish() ? entry : TraitEntry{};
}

}  // namespace postreeve
