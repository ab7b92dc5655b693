#include "redis/cluster_slots.h"

#include <utility>

#include "base/number.h"

namespace postreeve {
namespace {

constexpr std::array<std::uint16_t, 256> make_table() {
  std::array<std::uint16_t, 256> table{};
  for (unsigned byte = 0; byte < table.size(); ++byte) {
    unsigned crc = byte << 8U;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000U) != 0 ? crc << 1U ^ 0x1021U : crc << 1U;
    table[byte] = static_cast<std::uint16_t>(crc);
  }
  return table;
}

constexpr std::array<std::uint16_t, 256> kTable = make_table();

std::uint16_t crc16(std::string_view text) noexcept {
  std::uint16_t crc = 0;
  for (const char c : text) {
    const unsigned at = (crc >> 8U ^ static_cast<unsigned char>(c)) & 0xffU;
    crc = static_cast<std::uint16_t>(crc << 8U ^ kTable[at]);
  }
  return crc;
}

// Cuts off the next word.
std::string_view next_word(std::string_view& text) {
  const std::size_t end = text.find(' ');
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return word;
}

bool is_slot(std::int64_t number) {
  return number >= 0 && number < kClusterSlots;
}

}  // namespace

std::uint16_t cluster_slot_of(std::string_view key) noexcept {
  const std::size_t open = key.find('{');
  if (open != std::string_view::npos) {
    const std::size_t close = key.find('}', open + 1);
    if (close != std::string_view::npos && close > open + 1) key = key.substr(open + 1, close - open - 1);
  }
  return crc16(key) % kClusterSlots;
}

Result<std::vector<SlotRange>> read_cluster_slots(const RespValue& answer, const RedisNodeName& asked) {
  std::vector<SlotRange> ranges;
  if (!answer.is_array()) return fail(ErrorCode::kCorrupt, "CLUSTER SLOTS was not answered with slots");
  for (const RespValue& range : answer.items) {
    const bool has_master = range.items.size() >= 3 && range.items[2].items.size() >= 2;
    if (!has_master || !is_slot(range.items[0].number()) || !is_slot(range.items[1].number()))
      return fail(ErrorCode::kCorrupt, "CLUSTER SLOTS was answered with a range that is none");
    const std::vector<RespValue>& master = range.items[2].items;
    RedisNodeName name{master[0].text, static_cast<std::uint16_t>(master[1].number())};
    if (name.host.empty() || name.host == "?") name.host = asked.host;
    ranges.push_back({static_cast<std::uint16_t>(range.items[0].number()),
                      static_cast<std::uint16_t>(range.items[1].number()), std::move(name)});
  }
  return ranges;
}

Redirection read_redirection(std::string_view error, const RedisNodeName& asked) {
  Redirection redirection;
  const std::string_view kind = next_word(error);
  if (kind != "MOVED" && kind != "ASK") return redirection;
  std::uint16_t slot = 0;
  if (!read_number(next_word(error), slot) || !is_slot(slot)) return redirection;
  const std::size_t colon = error.rfind(':');
  if (colon == std::string_view::npos || !read_number(error.substr(colon + 1), redirection.node.port))
    return redirection;
  std::string_view host = error.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  redirection.node.host = host.empty() ? asked.host : std::string(host);
  redirection.slot = slot;
  redirection.kind = kind == "MOVED" ? Redirection::Kind::kMoved : Redirection::Kind::kAsk;
  return redirection;
}

}  // namespace postreeve
