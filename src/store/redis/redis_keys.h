// Names of what Postreeve keeps in Redis. Braces say which part decides the node of a cluster: all of one
// account, network, trait ... lies on one.
//
//   pr:{A}r        record of an account: 8 bytes that say which writing it was, then the record
//   pr:{A}bad      a record that could not be read, for a person to look at; a month
//   pr:{n...}...   network         pr:{d...}...  destination      pr:{l...}...  use of a limit
//   pr:{t...}      a trait         pr:{k...}     countries        pr:{x}...     restrictions
//   pr:{c...}      what a restricted account is accused with
//   pr:count       how many accounts there are, and how many records were damaged
//   pr:{w...}      whether a server takes writes (redis_client.h)
//   pr:key         whose keyed hashes these are
//   pr:format1 ... that a node is there which knows no newer record format (shared_format.h)
//   pr:uses, pr:serve, pr:copy   who uses it (redis_use.h)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/keyed_hash.h"
#include "store/shared_counters.h"

namespace postreeve::redis_keys {

// 22 letters of base64url for 16 bytes.
[[nodiscard]] std::string name_of(const Hash128& account);
// 11 letters.
[[nodiscard]] std::string name_of(std::uint64_t key);
// What name_of(key) made; nullopt: nothing of that kind.
[[nodiscard]] std::optional<std::uint64_t> number_of(std::string_view name);

[[nodiscard]] std::string record(const Hash128& account);
[[nodiscard]] std::string corrupt_record(const Hash128& account);
[[nodiscard]] std::string format(std::uint8_t newest);
// Whose record a key names; nullopt: another kind of key.
[[nodiscard]] std::optional<Hash128> account_of_record(std::string_view key);

[[nodiscard]] std::string network(std::uint64_t network);
[[nodiscard]] std::string destination(std::uint64_t destination);  // and the part of the time behind it
[[nodiscard]] std::string limit(std::uint64_t limit);              // likewise
[[nodiscard]] std::string trait(TraitKey trait);
[[nodiscard]] std::string accusations(std::uint32_t account);
[[nodiscard]] std::string countries(std::uint32_t tenant);
// As a trait is called inside its key and among accusations: "1.4711".
[[nodiscard]] std::string name_of(TraitKey trait);
[[nodiscard]] std::optional<TraitKey> trait_named(std::string_view name);

inline constexpr const char* kAllCountries = "pr:{k}";
inline constexpr const char* kRestrictions = "pr:{x}";  // and the part of the time behind it
inline constexpr const char* kCount = "pr:count";
inline constexpr const char* kKeyOfHashes = "pr:key";
inline constexpr const char* kUses = "pr:uses";
inline constexpr const char* kServe = "pr:serve";
inline constexpr const char* kCopy = "pr:copy";

}  // namespace postreeve::redis_keys
