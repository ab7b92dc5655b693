// What can be asked of the daemon: one row a verb.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.h"
#include "control/desk.h"
#include "store/ledger/incident_book.h"

namespace postreeve {

struct Request {
  std::string verb;
  boost::json::object arguments;
  std::string person;
  std::string from = "control socket";  // where the person asked, for the audit trail
};

// kNotFound, kInvalidInput (what is wrong and how it is written), kConflict, kUnavailable.
using VerbReply = Result<boost::json::value>;

struct Verb {
  std::string_view name;  // "incident list"
  VerbReply (*answer)(Desk& desk, const Request& request);
  // Whether what was asked changes something and goes into the audit trail; nullptr: never.
  bool (*changes)(const Request& request) = nullptr;
};

// Verb::changes of what always does.
[[nodiscard]] bool always(const Request& request);

// Answers one request; what a verb throws is kUnavailable. What changes something is in the audit trail, with
// the outcome "error" where it failed on the way. Any thread; may wait for the ledger.
[[nodiscard]] VerbReply carry_out(Desk& desk, const Request& request);

[[nodiscard]] std::span<const Verb> account_verbs();
[[nodiscard]] std::span<const Verb> account_data_verbs();
[[nodiscard]] std::span<const Verb> incident_verbs();
[[nodiscard]] std::span<const Verb> clue_verbs();
[[nodiscard]] std::span<const Verb> list_verbs();
[[nodiscard]] std::span<const Verb> daemon_verbs();
[[nodiscard]] std::span<const Verb> token_verbs();
[[nodiscard]] std::span<const Verb> action_verbs();
[[nodiscard]] std::span<const Verb> mail_verbs();

// The account that is named, of which something must be known: whoever mistypes a name must not restrict
// nobody. kNotFound.
[[nodiscard]] Result<AccountId> known_account(const Desk& desk, const Request& request);
// What `account release` does, of an account that is known.
[[nodiscard]] VerbReply release_account(Desk& desk, const Request& request, const AccountId& account);

// Arguments by name. A text that is missing is empty; required ones fail with kInvalidInput.
[[nodiscard]] std::string text_argument(const Request& request, std::string_view name);
[[nodiscard]] Result<std::string> required_argument(const Request& request, std::string_view name);
[[nodiscard]] std::int64_t number_argument(const Request& request, std::string_view name,
                                           std::int64_t fallback);
[[nodiscard]] bool flag_argument(const Request& request, std::string_view name);
[[nodiscard]] std::vector<std::string> texts_argument(const Request& request, std::string_view name);
[[nodiscard]] Result<AccountId> account_argument(const Desk& desk, const Request& request);
// The incident that "incident" names. kNotFound.
[[nodiscard]] Result<IncidentRow> incident_argument(const Desk& desk, const Request& request);
// When something that `expires_in` seconds names ends, at most 100 years from now; none without it.
[[nodiscard]] std::optional<Timestamp> expiry_argument(const Desk& desk, const Request& request);

}  // namespace postreeve
