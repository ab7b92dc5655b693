#include "store/ledger/list_book.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/ascii.h"
#include "mail/account_id.h"
#include "mail/address.h"
#include "net/prefix.h"
#include "store/ledger/numbering.h"
#include "store/ledger/rows.h"
#include "store/ledger/spool.h"
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

Texts columns_of(const ListEntry& entry, const std::string& value) {
  return {word(entry.list),
          value,
          stored_line(entry.comment),
          stored_line(entry.author, 320),
          std::to_string(stored_time(entry.created)),
          std::to_string(stored_time(entry.expires))};
}

}  // namespace

Result<void> put_list_entry(soci::session& session, const Texts& columns) {
  execute_with(session,
               "INSERT INTO list_entry (list, value, comment, author, created, expires)"
               " VALUES (:list, :value, :comment, :author, :created, :expires)"
               " ON CONFLICT (list, value) DO UPDATE SET comment = excluded.comment,"
               " author = excluded.author, created = excluded.created, expires = excluded.expires",
               columns);
  announce(session, "rules");
  return {};
}

Result<void> remove_list_entry(soci::session& session, const Texts& columns) {
  if (execute_with(session, "DELETE FROM list_entry WHERE list = :list AND value = :value", columns) == 0)
    return fail(ErrorCode::kNotFound, fmt::format("{} is not on the {} list", columns.at(1), columns.at(0)));
  announce(session, "rules");
  return {};
}

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
  std::vector<Texts> rows;
  for (const ListEntry& entry : entries) {
    const auto value = canonical_list_value(entry.list, entry.value);
    if (!value) return fail(value.error());
    rows.push_back(columns_of(entry, *value));
  }
  auto work = [&](soci::session& session) -> Result<void> {
    for (const Texts& row : rows) {
      if (auto put = put_list_entry(session, row); !put) return put;
    }
    return {};
  };
  // A file of many entries is for the server only: whoever asked tries again.
  if (rows.size() != 1) return database_.write(work);
  return database_.write(work, SpooledWrite{.kind = "list put", .body = packed(rows.front())});
}

Result<void> ListBook::remove(ListName list, const std::string& value) {
  const auto canonical = canonical_list_value(list, value);
  if (!canonical) return fail(canonical.error());
  const Texts columns{word(list), *canonical};
  return database_.write([&](soci::session& session) { return remove_list_entry(session, columns); },
                         SpooledWrite{.kind = "list remove", .body = packed(columns)});
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
