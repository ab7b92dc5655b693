#include "store/ledger/rows.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

#include "base/printable.h"

namespace postreeve {
namespace {

constexpr std::string_view kHex = "hex:";

std::unexpected<Error> corrupt(std::string_view what, std::string_view stored) {
  return fail(ErrorCode::kCorrupt,
              fmt::format("the ledger holds what is no {}: {}", what, stored_line(stored, 40)));
}

std::string_view cut(std::string_view text, std::size_t most_bytes) {
  std::size_t end = std::min(text.size(), most_bytes);
  const auto continues = [&] { return (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U; };
  // At most three bytes back: more is no UTF-8 anyway.
  for (int i = 0; i < 3 && end > 0 && end < text.size() && continues(); ++i) --end;
  return text.substr(0, end);
}

template <typename Number>
std::optional<Number> from_hex(std::string_view digits) {
  Number number = 0;
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, number, 16);
  if (digits.empty() || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

}  // namespace

std::string stored_line(std::string_view text, std::size_t most_bytes) {
  // Cut before and after: a megabyte costs nothing, and a broken byte becomes three.
  return std::string(cut(printable(cut(text, most_bytes)), most_bytes));
}

bool is_storable(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0 || text.front() == '\0') return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string stored_account(const AccountId& account) {
  const std::string& text = account.text();
  if (is_storable(text) && !text.starts_with(kHex)) return text;
  std::string hex(kHex);
  for (const char c : text) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return hex;
}

Result<AccountId> account_from(std::string_view stored) {
  std::string text(stored);
  if (stored.starts_with(kHex)) {
    text.clear();
    for (std::string_view rest = stored.substr(kHex.size()); !rest.empty();
         rest.remove_prefix(std::min<std::size_t>(2, rest.size()))) {
      const auto byte = from_hex<std::uint8_t>(rest.substr(0, 2));
      if (!byte) return corrupt("account", stored);
      text += static_cast<char>(*byte);
    }
  }
  auto account = AccountId::from_login(text, {});
  if (!account) return corrupt("account", stored);
  return *std::move(account);
}

std::string stored_hash(const Hash128& hash) {
  return fmt::format("{:016x}{:016x}", hash.high, hash.low);
}

Result<Hash128> hash_from(std::string_view stored) {
  const auto high = from_hex<std::uint64_t>(stored.substr(0, 16));
  const auto low = from_hex<std::uint64_t>(stored.substr(std::min<std::size_t>(16, stored.size())));
  if (stored.size() != 32 || !high || !low) return corrupt("key of an account", stored);
  return Hash128{.low = *low, .high = *high};
}

std::string stored_incident(IncidentId incident) {
  return incident.known() ? incident.to_string() : std::string{};
}

Result<IncidentId> incident_from(std::string_view stored) {
  if (stored.empty()) return IncidentId{};
  const auto value = from_hex<std::uint64_t>(stored);
  if (!value) return corrupt("incident", stored);
  return IncidentId{*value};
}

std::uint32_t count_from(long long stored) noexcept {
  return static_cast<std::uint32_t>(
      std::clamp<long long>(stored, 0, std::numeric_limits<std::uint32_t>::max()));
}

Result<Level> level_from(std::string_view stored) {
  return enum_from<Level>(stored, static_cast<std::size_t>(Level::kSuspended) + 1);
}

Result<Scope> scope_from(std::string_view stored) {
  return enum_from<Scope>(stored, static_cast<std::size_t>(Scope::kWholeAccount) + 1);
}

std::unexpected<Error> no_incident(IncidentId incident) {
  return fail(ErrorCode::kNotFound, "there is no incident " + incident.to_string());
}

}  // namespace postreeve
