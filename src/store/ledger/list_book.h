// Lists that people keep while the server runs: who is let through, who is refused, which addresses are
// canaries. Each entry says who made it, why, and when it ends.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/ledger/database.h"

namespace postreeve {

// Stored as text: never renamed, never reused.
enum class ListName : std::uint8_t { kAllow, kBlock, kCanary };
[[nodiscard]] std::string_view to_text(ListName list) noexcept;  // "allow"
[[nodiscard]] std::optional<ListName> list_name_from_text(std::string_view text) noexcept;

struct ListEntry {
  ListName list{};
  // Allow and block: a network ("192.0.2.0/24") or an account ("a@x.example"); canary: an address or a
  // pattern with '*'.
  std::string value;
  std::string comment;
  std::string author;
  Timestamp created{};
  std::optional<Timestamp> expires;
};

// The one form in which a value is kept: "192.0.2.7/32" and "192.0.2.7" are the same entry. kInvalidInput
// says what is wrong with it. What looks like an address is never taken for an account.
[[nodiscard]] Result<std::string> canonical_list_value(ListName list, std::string_view value);

// Any thread.
class ListBook {
 public:
  explicit ListBook(LedgerDatabase& database) : database_(database) {}

  // Replaces an entry of the same list and value. kInvalidInput as canonical_list_value().
  [[nodiscard]] Result<void> add(const ListEntry& entry);
  // All or none, in one write; the error is the first bad entry's.
  [[nodiscard]] Result<void> add(std::span<const ListEntry> entries);
  // The value in any form. kNotFound.
  [[nodiscard]] Result<void> remove(ListName list, const std::string& value);
  // Those that have not expired at `now`, in the order of their values.
  [[nodiscard]] Result<std::vector<ListEntry>> entries(std::optional<ListName> list, Timestamp now) const;

 private:
  LedgerDatabase& database_;
};

}  // namespace postreeve
