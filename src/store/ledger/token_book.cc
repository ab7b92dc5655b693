#include "store/ledger/token_book.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <ranges>

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/printable.h"
#include "store/ledger/numbering.h"
#include "store/ledger/rows.h"
#include "store/ledger/sql.h"

namespace postreeve {
namespace {

constexpr std::string_view kPrefix = "ptk_";
constexpr std::size_t kIdDigits = 16;
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kSecretCharacters = 43;
constexpr std::size_t kMostEvents = 32;
// How exactly the last use is known: a write a request would be too much.
constexpr Duration kLastUsedStep = std::chrono::minutes{1};

using Hash = std::array<unsigned char, 32>;

std::string random_hex(std::size_t digits) {
  std::string hex;
  while (hex.size() < digits) hex += fmt::format("{:08x}", randombytes_random());
  return hex;
}

std::string random_secret() {
  std::array<unsigned char, kSecretBytes> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::array<char, sodium_base64_ENCODED_LEN(kSecretBytes, kVariant)> text{};
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  return {text.data()};
}

std::string hash_of(std::string_view secret) {
  Hash hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(secret.data()),
                     secret.size(), nullptr, 0);
  std::string hex;
  for (const unsigned char byte : hash) hex += fmt::format("{:02x}", byte);
  return hex;
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool is_event_word(std::string_view text) {
  return text == "*" || (!text.empty() && text.size() <= 32 && std::ranges::all_of(text, [](char c) {
           return is_lower(c) || is_digit(c) || c == '_';
         }));
}

Result<void> check(const TokenRequest& request) {
  const std::size_t length = characters(request.name);
  if (length == 0 || length > 100 || printable(request.name) != request.name) {
    return fail(ErrorCode::kInvalidInput, "a token needs a name of 1 to 100 printable characters");
  }
  const TokenScope& scope = request.scope;
  if (scope.events.empty() || scope.events.size() > kMostEvents ||
      !std::ranges::all_of(scope.events, is_event_word)) {
    return fail(ErrorCode::kInvalidInput, "a token needs 1 to 32 kinds of events, like login; * for all");
  }
  if (scope.tenant.size() <= 320 && printable(scope.tenant) == scope.tenant) return {};
  return fail(ErrorCode::kInvalidInput, "the tenant of a token is no name");
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

constexpr std::string_view kColumns =
    "SELECT id, name, hash, events, tenant, author, created, expires, last_used, revoked FROM api_token ";

struct Columns {
  std::string id;
  std::string name;
  std::string hash;
  std::string events;
  std::string tenant;
  std::string author;
  long long created = 0;
  long long expires = 0;
  long long last_used = 0;
  long long revoked = 0;

  auto tie() {
    return std::tie(id, name, hash, events, tenant, author, created, expires, last_used, revoked);
  }
  [[nodiscard]] TokenRow row() const {
    return {.id = id,
            .name = name,
            .scope = {.events = words_of(events), .tenant = tenant},
            .author = author,
            .created = time_from(created),
            .expires = optional_time_from(expires),
            .last_used = optional_time_from(last_used),
            .revoked = optional_time_from(revoked)};
  }
};

std::unexpected<Error> no_token() {
  return fail(ErrorCode::kNotFound, "this is no valid token");
}

}  // namespace

bool TokenScope::allows(std::string_view event) const {
  return std::ranges::any_of(events, [&](const std::string& word) { return word == "*" || word == event; });
}

Result<NewToken> TokenBook::create(const TokenRequest& request) {
  if (auto sound = check(request); !sound) return fail(sound.error());
  if (sodium_init() < 0) return fail(ErrorCode::kUnavailable, "the system gives no random numbers");
  const std::string secret = random_secret();
  NewToken made;
  made.row = {.id = random_hex(kIdDigits),
              .name = request.name,
              .scope = request.scope,
              .author = stored_line(request.author, 320),
              .created = request.created,
              .expires = request.expires,
              .last_used = {},
              .revoked = {}};
  made.token = fmt::format("{}{}_{}", kPrefix, made.row.id, secret);
  const TokenRow& row = made.row;
  auto written = database_.write([&](soci::session& session) -> Result<void> {
    execute(session,
            "INSERT INTO api_token (id, name, hash, events, tenant, author, created, expires, last_used,"
            " revoked) VALUES (:id, :name, :hash, :events, :tenant, :author, :created, :expires, 0, 0)",
            row.id, row.name, hash_of(secret), joined(row.scope.events), row.scope.tenant, row.author,
            stored_time(row.created), stored_time(row.expires));
    announce(session, "rules");
    return {};
  });
  if (!written) return fail(written.error());
  return made;
}

Result<TokenRow> TokenBook::verify(std::string_view token, Timestamp now) {
  constexpr std::size_t kSecretAt = kPrefix.size() + kIdDigits + 1;
  if (token.size() != kSecretAt + kSecretCharacters || !token.starts_with(kPrefix)) return no_token();
  const std::string id(token.substr(kPrefix.size(), kIdDigits));
  if (token[kSecretAt - 1] != '_' || !is_storable(id)) return no_token();
  Columns columns;
  bool found = false;
  const auto outcome = database_.read([&](soci::session& session) -> Result<void> {
    found = first_row(session, std::string(kColumns) + "WHERE id = :id", columns.tie(), id);
    return {};
  });
  if (!outcome) return fail(outcome.error());
  // Hashed also when there is nothing to compare it with: the time says nothing about ids.
  const std::string hash = hash_of(token.substr(kSecretAt));
  const bool is_right = same(hash, found ? columns.hash : std::string(hash.size(), '0'));
  TokenRow row = columns.row();
  if (!found || !is_right || row.revoked || (row.expires && *row.expires <= now)) return no_token();
  if (!row.last_used || now - *row.last_used >= kLastUsedStep) {
    database_.write(
        [id, now](soci::session& session) -> Result<void> {
          execute(session, "UPDATE api_token SET last_used = :now WHERE id = :id", stored_time(now), id);
          return {};
        },
        [](const Result<void>&) {});  // the next use says it again
  }
  return row;
}

Result<void> TokenBook::revoke(const std::string& id, Timestamp now) {
  return database_.write([&](soci::session& session) -> Result<void> {
    const auto known = execute(session,
                               "UPDATE api_token SET revoked = CASE WHEN revoked > 0 THEN revoked ELSE :now"
                               " END WHERE id = :id",
                               stored_time(now), stored_line(id, kIdDigits));
    announce(session, "rules");
    if (known > 0) return {};
    return fail(ErrorCode::kNotFound, fmt::format("there is no token {}", stored_line(id, kIdDigits)));
  });
}

Result<std::vector<TokenRow>> TokenBook::all() const {
  std::vector<TokenRow> rows;
  const auto outcome = database_.read([&](soci::session& session) {
    Columns columns;
    const auto on_row = [&]() -> Result<void> {
      rows.push_back(columns.row());
      return {};
    };
    return each_row(session, std::string(kColumns) + "ORDER BY created, id", columns.tie(), on_row);
  });
  if (!outcome) return fail(outcome.error());
  return rows;
}

}  // namespace postreeve
