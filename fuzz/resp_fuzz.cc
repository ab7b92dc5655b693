// Replies of Redis over any bytes: the same values however the bytes arrive, never more than came.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "redis/cluster_slots.h"
#include "redis/resp.h"

namespace {

using namespace postreeve;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Read {
  std::vector<RespValue> values;
  bool failed = false;
};

void drain(RespReader& reader, Read& read) {
  while (!read.failed) {
    Result<std::optional<RespValue>> value = reader.next();
    read.failed = !value;
    if (!value || !*value) return;
    read.values.push_back(std::move(**value));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Read whole;
  RespReader at_once;
  at_once.feed(input);
  drain(at_once, whole);

  Read parts;
  RespReader by_parts;
  const std::size_t step = size > 64 ? 61 : 1;
  for (std::size_t at = 0; at < size && !parts.failed; at += step) {
    by_parts.feed(input.substr(at, step));
    drain(by_parts, parts);
  }
  require(parts.values == whole.values);
  require(parts.failed == whole.failed);
  for (const RespValue& value : whole.values) {
    const Result<std::vector<SlotRange>> ranges = read_cluster_slots(value, {"127.0.0.1", 6379});
    if (ranges) {
      for (const SlotRange& range : *ranges)
        require(range.first < kClusterSlots && range.last < kClusterSlots);
    }
    const Redirection redirection = read_redirection(value.text, {"127.0.0.1", 6379});
    require(redirection.slot < kClusterSlots);
  }
  return 0;
}
