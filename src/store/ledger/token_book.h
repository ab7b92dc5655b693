// Tokens with which programs speak to the HTTP API: what each may do, until when, and who made it.
//
// A token is "ptk_", its id (16 hexadecimal digits), "_" and a secret of 256 random bits (43 characters of
// base64url). Only a BLAKE2b hash of the secret is kept; the token itself is shown once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/ledger/database.h"

namespace postreeve {

struct TokenScope {
  // Words for what may be posted ("login", "submission"); "*" for everything. None: nothing.
  std::vector<std::string> events;
  std::string tenant;  // whose accounts it may speak of; empty: everybody's

  [[nodiscard]] bool allows(std::string_view event) const;
  friend bool operator==(const TokenScope&, const TokenScope&) = default;
};

struct TokenRequest {
  std::string name;  // for people; 1..100 characters
  TokenScope scope;
  std::string author;
  Timestamp created{};
  std::optional<Timestamp> expires;
};

struct TokenRow {
  std::string id;
  std::string name;
  TokenScope scope;
  std::string author;
  Timestamp created{};
  std::optional<Timestamp> expires;
  std::optional<Timestamp> last_used;  // to a minute
  std::optional<Timestamp> revoked;
};

struct NewToken {
  TokenRow row;
  std::string token;  // to be shown once; never logged
};

// Any thread.
class TokenBook {
 public:
  explicit TokenBook(LedgerDatabase& database) : database_(database) {}

  // kInvalidInput for a name or scope that is none.
  [[nodiscard]] Result<NewToken> create(const TokenRequest& request);
  // What the token may do at `now`. kNotFound for whatever is no valid token, with the same words whether it
  // is unknown, wrong, expired or revoked; secrets are compared in constant time. One indexed read.
  [[nodiscard]] Result<TokenRow> verify(std::string_view token, Timestamp now);
  [[nodiscard]] Result<void> revoke(const std::string& id, Timestamp now);  // kNotFound; twice is once
  [[nodiscard]] Result<std::vector<TokenRow>> all() const;                  // oldest first

 private:
  LedgerDatabase& database_;
};

}  // namespace postreeve
