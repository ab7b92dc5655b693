// Shared counters as bytes and back: the parts that a restart must not lose.
#include <utility>

#include "base/field_reader.h"
#include "base/field_writer.h"
#include "store/memory_shared_counters.h"

namespace postreeve {
namespace {

constexpr BlobFormat kFormat{.name = "a part of the shared counters", .letters = {'P', 'C'}, .version = 1};
// More than any shard has: whoever made bytes up is not given memory for them.
constexpr std::size_t kMostRead = std::size_t{1} << 20U;

}  // namespace

void MemorySharedCounters::save(std::size_t part, std::string& bytes) const {
  static_assert(kParts == 3 * kShards + 3 && TraitTable::kShards == kShards);
  FieldWriter writer(kFormat, bytes);
  const std::size_t shard_number = part % kShards;
  // The sharded kinds first, then one part of each other.
  const auto kind = static_cast<Part>(part < 3 * kShards ? part / kShards : 3 + part - 3 * kShards);
  writer.up_to(kind, Part::kRestrictions);
  switch (kind) {
    case Part::kShard: {
      const Shard& shard = shards_[shard_number];
      const std::scoped_lock lock(shard.mutex);
      writer.map(shard.networks, kMostRead);
      writer.map(shard.destinations, kMostRead);
      writer.map(shard.usages, kMostRead);
      break;
    }
    case Part::kPlaces:
      places_.save(shard_number, writer);
      break;
    case Part::kTexts:
      texts_.save(shard_number, writer);
      break;
    case Part::kAccusations:
      accusations_.save(writer);
      break;
    case Part::kCountries:
      countries_.save(writer);
      break;
    case Part::kRestrictions: {
      const std::scoped_lock lock(restrictions_mutex_);
      writer(restrictions_, latest_restriction_.load());
      break;
    }
  }
  writer.finish();
}

Result<void> MemorySharedCounters::load(std::string_view bytes) {
  Result<FieldReader> reader = FieldReader::open(kFormat, bytes);
  if (!reader) return fail(reader.error());
  Part kind{};
  reader->up_to(kind, Part::kRestrictions);
  switch (kind) {
    case Part::kShard:
      return load_shard(*reader);
    case Part::kPlaces:
      return places_.load(*reader);
    case Part::kTexts:
      return texts_.load(*reader);
    case Part::kAccusations:
      return accusations_.load(*reader);
    case Part::kCountries:
      return countries_.load(*reader);
    case Part::kRestrictions:
      return load_restrictions(*reader);
  }
  return reader->finish();
}

Result<void> MemorySharedCounters::load_shard(FieldReader& reader) {
  Shard read;
  reader.map(read.networks, kMostRead);
  reader.map(read.destinations, kMostRead);
  reader.map(read.usages, kMostRead);
  if (Result<void> done = reader.finish(); !done) return done;
  const auto add = [this](auto& from, auto member) {
    for (auto& [key, value] : from) {
      Shard& shard = shard_of(key);
      const std::scoped_lock lock(shard.mutex);
      auto& entries = shard.*member;
      if (entries.size() < most_in_shard_) entries.insert_or_assign(key, value);
    }
  };
  add(read.networks, &Shard::networks);
  add(read.destinations, &Shard::destinations);
  add(read.usages, &Shard::usages);
  return {};
}

Result<void> MemorySharedCounters::load_restrictions(FieldReader& reader) {
  decltype(restrictions_) restrictions;
  std::uint32_t latest = 0;
  reader(restrictions, latest);
  if (Result<void> done = reader.finish(); !done) return done;
  const std::scoped_lock lock(restrictions_mutex_);
  restrictions_ = restrictions;
  latest_restriction_ = latest;
  return {};
}

}  // namespace postreeve
