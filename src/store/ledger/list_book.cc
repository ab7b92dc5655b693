#include "store/ledger/list_book.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/ascii.h"
#include "mail/account_id.h"
#include "mail/address.h"
#include "net/prefix.h"
#include "store/ledger/rows.h"
#include "store/ledger/sql.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostValueBytes = 320;

std::unexpected<Error> wrong(std::string_view value, std::string_view what) {
  return fail(ErrorCode::kInvalidInput, fmt::format("'{}' {}", stored_line(value, 80), what));
}

// Nothing but what addresses are made of: not even a bare login is taken for one by mistake.
bool looks_like_a_network(std::string_view text) {
  if (text.find('/') != std::string_view::npos) return true;
  const auto of_v4 = [](char c) { return is_digit(c) || c == '.'; };
  const auto of_v6 = [](char c) {
    return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f') || c == ':';
  };
  return std::ranges::all_of(text, of_v4) ||
         (text.find(':') != std::string_view::npos && std::ranges::all_of(text, of_v6));
}

Result<std::string> network_or_account(std::string_view value) {
  const auto network = Prefix::parse(value);
  if (network) return network->to_string();
  if (looks_like_a_network(value)) return fail(ErrorCode::kInvalidInput, network.error().detail);
  const auto account = AccountId::from_login(value, {});
  if (!account || !is_storable(value) || std::ranges::any_of(value, is_space)) {
    return wrong(value, "is neither a network like 192.0.2.0/24 nor an account like anna@example.org");
  }
  return account->text();
}

// A pattern like "*@*" would make a canary of everybody.
bool says_something(std::string_view pattern) {
  return std::ranges::any_of(pattern, [](char c) { return c != '*' && c != '@' && c != '.'; });
}

Result<std::string> canary(std::string_view value) {
  if (value.find('*') != std::string_view::npos) {
    if (!says_something(value)) return wrong(value, "fits everybody; write more of the address");
    const auto strange = [](char c) { return is_space(c) || is_control(c); };
    if (!is_storable(value) || std::ranges::any_of(value, strange)) return wrong(value, "is no pattern");
    return to_lower(value);
  }
  const auto address = Address::parse(value);
  if (!address || address->domain().empty() || !is_storable(value)) {
    return wrong(value, "is no address; write one like trap@example.org, or a pattern with *");
  }
  return address->canonical();
}

void put(soci::session& session, const ListEntry& entry, const std::string& value) {
  execute(session,
          "INSERT INTO list_entry (list, value, comment, author, created, expires)"
          " VALUES (:list, :value, :comment, :author, :created, :expires)"
          " ON CONFLICT (list, value) DO UPDATE SET comment = excluded.comment,"
          " author = excluded.author, created = excluded.created, expires = excluded.expires",
          word(entry.list), value, stored_line(entry.comment), stored_line(entry.author, 320),
          stored_time(entry.created), stored_time(entry.expires));
}

}  // namespace

std::string_view to_text(ListName list) noexcept {
  static constexpr std::array<std::string_view, 3> kTexts{"allow", "block", "canary"};
  return kTexts[static_cast<std::size_t>(list)];
}

std::optional<ListName> list_name_from_text(std::string_view text) noexcept {
  for (const ListName list : {ListName::kAllow, ListName::kBlock, ListName::kCanary}) {
    if (to_text(list) == text) return list;
  }
  return std::nullopt;
}

Result<std::string> canonical_list_value(ListName list, std::string_view value) {
  value = trim(value);
  if (value.empty()) return fail(ErrorCode::kInvalidInput, "an entry needs a value");
  if (value.size() > kMostValueBytes) return wrong(value, "is longer than 320 bytes");
  return list == ListName::kCanary ? canary(value) : network_or_account(value);
}

Result<void> ListBook::add(const ListEntry& entry) {
  return add(std::span(&entry, 1));
}

Result<void> ListBook::add(std::span<const ListEntry> entries) {
  std::vector<std::string> values;
  for (const ListEntry& entry : entries) {
    auto value = canonical_list_value(entry.list, entry.value);
    if (!value) return fail(value.error());
    values.push_back(*std::move(value));
  }
  return database_.write([&](soci::session& session) -> Result<void> {
    for (std::size_t i = 0; i < entries.size(); ++i) put(session, entries[i], values[i]);
    return {};
  });
}

Result<void> ListBook::remove(ListName list, const std::string& value) {
  const auto canonical = canonical_list_value(list, value);
  if (!canonical) return fail(canonical.error());
  return database_.write([&](soci::session& session) -> Result<void> {
    if (execute(session, "DELETE FROM list_entry WHERE list = :list AND value = :value", word(list),
                *canonical) > 0) {
      return {};
    }
    return fail(ErrorCode::kNotFound, fmt::format("{} is not on the {} list", *canonical, to_text(list)));
  });
}

Result<std::vector<ListEntry>> ListBook::entries(std::optional<ListName> list, Timestamp now) const {
  std::vector<ListEntry> entries;
  const auto outcome = database_.read([&](soci::session& session) {
    std::string list_text;
    long long created = 0;
    long long expires = 0;
    ListEntry entry;
    const auto on_row = [&]() -> Result<void> {
      const auto name = list_name_from_text(list_text);
      if (!name) return fail(ErrorCode::kCorrupt, "the ledger holds an entry of an unknown list");
      entry.list = *name;
      entry.created = time_from(created);
      entry.expires = optional_time_from(expires);
      entries.push_back(entry);
      return {};
    };
    return each_row(session,
                    "SELECT list, value, comment, author, created, expires FROM list_entry"
                    " WHERE (:every_list = 1 OR list = :list) AND (expires = 0 OR expires > :now)"
                    " ORDER BY value, list",
                    std::tie(list_text, entry.value, entry.comment, entry.author, created, expires), on_row,
                    flag(!list), list ? word(*list) : std::string{}, stored_time(now));
  });
  if (!outcome) return fail(outcome.error());
  return entries;
}

}  // namespace postreeve
