#include "store/ledger/account_policy_book.h"

#include <algorithm>

#include <fmt/format.h>

#include "store/ledger/numbering.h"
#include "store/ledger/rows.h"
#include "store/ledger/spool.h"
#include "store/ledger/sql.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostOfAKind = 1'000;

// Countries and networks lie in one column, divided by spaces.
template <typename Item, typename ToText>
std::string joined(const std::vector<Item>& items, ToText text_of) {
  std::string text;
  for (const Item& item : items) {
    if (!text.empty()) text += ' ';
    text += text_of(item);
  }
  return text;
}

template <typename OnWord>
Result<void> each_word(std::string_view text, OnWord on_word) {
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (Result<void> read = on_word(text.substr(0, end)); !read) return read;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

Result<std::vector<CountryCode>> countries_from(std::string_view text) {
  std::vector<CountryCode> countries;
  const auto read = each_word(text, [&](std::string_view word) -> Result<void> {
    countries.push_back(CountryCode::of(word));
    if (countries.back().known()) return {};
    return fail(ErrorCode::kCorrupt, "the ledger holds what is no country: " + stored_line(word, 40));
  });
  if (!read) return fail(read.error());
  return countries;
}

Result<std::vector<Prefix>> networks_from(std::string_view text) {
  std::vector<Prefix> networks;
  const auto read = each_word(text, [&](std::string_view word) -> Result<void> {
    const auto network = Prefix::parse(word);
    if (!network)
      return fail(ErrorCode::kCorrupt, "the ledger holds what is no network: " + network.error().detail);
    networks.push_back(*network);
    return {};
  });
  if (!read) return fail(read.error());
  return networks;
}

Result<void> check(const AccountPolicy& policy) {
  if (policy.account.empty()) return fail(ErrorCode::kInvalidInput, "a policy needs an account");
  const auto known = [](CountryCode country) { return country.known(); };
  if (!std::ranges::all_of(policy.only_countries, known)) {
    return fail(ErrorCode::kInvalidInput, "a country needs two letters, like PL");
  }
  const auto most =
      std::max({policy.only_countries.size(), policy.only_networks.size(), policy.trusted_networks.size()});
  if (most <= kMostOfAKind) return {};
  return fail(ErrorCode::kLimitExceeded,
              fmt::format("a policy may name at most {} countries or networks", kMostOfAKind));
}

template <typename... Values>
Result<void> select(soci::session& session, const std::string& condition,
                    std::vector<AccountPolicy>& policies, const Values&... values) {
  std::string account_text;
  std::string countries_text;
  std::string only_text;
  std::string trusted_text;
  std::string author;
  std::string reason;
  long long changed = 0;
  long long expires = 0;
  const auto on_row = [&]() -> Result<void> {
    auto account = account_from(account_text);
    auto countries = countries_from(countries_text);
    auto only = networks_from(only_text);
    auto trusted = networks_from(trusted_text);
    if (!account) return fail(account.error());
    if (!countries) return fail(countries.error());
    if (!only) return fail(only.error());
    if (!trusted) return fail(trusted.error());
    policies.push_back({.account = *std::move(account),
                        .only_countries = *std::move(countries),
                        .only_networks = *std::move(only),
                        .trusted_networks = *std::move(trusted),
                        .author = author,
                        .reason = reason,
                        .changed = time_from(changed),
                        .expires = optional_time_from(expires)});
    return {};
  };
  return each_row(
      session,
      "SELECT account, only_countries, only_networks, trusted_networks, author, reason, changed,"
      " expires FROM account_policy " +
          condition,
      std::tie(account_text, countries_text, only_text, trusted_text, author, reason, changed, expires),
      on_row, values...);
}

}  // namespace

Result<void> put_account_policy(soci::session& session, const Texts& columns) {
  execute_with(session,
               "INSERT INTO account_policy (account, only_countries, only_networks, trusted_networks, author,"
               " reason, changed, expires) VALUES (:account, :countries, :only, :trusted, :author, :reason,"
               " :changed, :expires)"
               " ON CONFLICT (account) DO UPDATE SET only_countries = excluded.only_countries,"
               " only_networks = excluded.only_networks, trusted_networks = excluded.trusted_networks,"
               " author = excluded.author, reason = excluded.reason, changed = excluded.changed,"
               " expires = excluded.expires",
               columns);
  announce(session, "rules");
  return {};
}

Result<void> remove_account_policy(soci::session& session, const Texts& columns) {
  if (execute_with(session, "DELETE FROM account_policy WHERE account = :account", columns) == 0)
    return fail(ErrorCode::kNotFound,
                fmt::format("{} has no policy of its own", stored_line(columns.at(0), 320)));
  announce(session, "rules");
  return {};
}

Result<void> AccountPolicyBook::put(const AccountPolicy& policy) {
  if (auto sound = check(policy); !sound) return sound;
  const auto country = [](CountryCode code) { return std::string(code.text()); };
  const auto network = [](const Prefix& prefix) { return prefix.to_string(); };
  const Texts columns{stored_account(policy.account),
                      joined(policy.only_countries, country),
                      joined(policy.only_networks, network),
                      joined(policy.trusted_networks, network),
                      stored_line(policy.author, 320),
                      stored_line(policy.reason),
                      std::to_string(stored_time(policy.changed)),
                      std::to_string(stored_time(policy.expires))};
  return database_.write([&](soci::session& session) { return put_account_policy(session, columns); },
                         SpooledWrite{.kind = "policy put", .body = packed(columns)});
}

Result<void> AccountPolicyBook::remove(const AccountId& account) {
  const Texts columns{stored_account(account)};
  return database_.write([&](soci::session& session) { return remove_account_policy(session, columns); },
                         SpooledWrite{.kind = "policy remove", .body = packed(columns)});
}

Result<std::optional<AccountPolicy>> AccountPolicyBook::get(const AccountId& account) const {
  std::vector<AccountPolicy> policies;
  const auto outcome = database_.read([&](soci::session& session) {
    return select(session, "WHERE account = :account", policies, stored_account(account));
  });
  if (!outcome) return fail(outcome.error());
  if (policies.empty()) return std::nullopt;
  return std::move(policies.front());
}

Result<std::vector<AccountPolicy>> AccountPolicyBook::all() const {
  std::vector<AccountPolicy> policies;
  const auto outcome =
      database_.read([&](soci::session& session) { return select(session, "ORDER BY account", policies); });
  if (!outcome) return fail(outcome.error());
  return policies;
}

}  // namespace postreeve
