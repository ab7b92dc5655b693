// What was seen of the stranger in an account: where from, what was written, to whom. It ties the incidents
// of one thief together, and answers who else had to do with an address or a subject.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "finding/standing.h"
#include "mail/account_id.h"
#include "net/prefix.h"
#include "store/ledger/database.h"

namespace postreeve {

// Stored as text: never renamed, never reused.
enum class ClueKind : std::uint8_t {
  kAddress,          // of the client
  kNetwork,          // around it: network_of() (net/prefix.h)
  kHelo,             // lower-cased
  kSender,           // envelope sender
  kRecipient,        // envelope recipient
  kSubject,          // decoded, lower-cased
  kSubjectTemplate,  // detect/subject_template.h
  kUrlDomain,        // registered_part() of a link's host
  kAttachment,       // SHA-256 of the decoded bytes, in hexadecimal
  kMessageId,
  kQueueId,
};
inline constexpr std::size_t kClueKinds = 11;
[[nodiscard]] std::string_view to_text(ClueKind kind) noexcept;  // "url_domain"
[[nodiscard]] std::optional<ClueKind> clue_kind_from_text(std::string_view text) noexcept;
// Whether two incidents that share it have something to do with each other: what campaigns keep.
[[nodiscard]] bool ties_incidents(ClueKind kind) noexcept;

struct Clue {
  ClueKind kind{};
  std::string value;  // what is compared; one printable line of at most 200 bytes once it is stored
  std::string says;   // for people, where that is more: "invoice.pdf (application/pdf, 20480 bytes)"

  friend bool operator==(const Clue&, const Clue&) = default;
};

struct ClueSighting {
  Timestamp first{};
  Timestamp last{};
  std::uint32_t times = 0;

  void add(Timestamp time, std::uint32_t more = 1);
  friend bool operator==(const ClueSighting&, const ClueSighting&) = default;
};

struct ClueRow {
  IncidentId incident;
  AccountId account;
  Clue clue;
  ClueSighting seen;
};

// A clue of one incident that another account's incident has too.
struct SharedClue {
  ClueRow theirs;
  ClueSighting ours;
};

struct ClueQuery {
  std::optional<ClueKind> kind = {};
  // Found anywhere in a value or in what is said of it, in any case of ASCII letters. Not empty, unless:
  std::string text = {};
  // given: addresses within it instead.
  std::optional<Prefix> network = {};
  Timestamp since{};  // seen then or later
  std::uint32_t most = 100;
};

// Clues lie in memory and are written every few seconds: a crash forgets at most those. Any thread.
//
// Of one incident and kind the first kMostValues are kept, and no more wait to be written, since the attacker
// chooses them: a flood costs the ledger no more than that each time.
class ClueBook {
 public:
  static constexpr long long kMostValues = 200;

  explicit ClueBook(LedgerDatabase& database, std::size_t most_in_memory = 50'000);

  // Never waits for the disk. Requires a known incident.
  void add(IncidentId incident, const Clue& clue, const ClueSighting& seen);
  // Writes what is in memory; waits. What could not be written stays there.
  [[nodiscard]] Result<void> flush();

  // What is written; incidents that the ledger does not know are left out. Reading does not flush.
  [[nodiscard]] Result<std::vector<ClueRow>> of(IncidentId incident) const;  // by kind, first seen first
  // What ties the incident to those of other accounts, or of what kind else it is; those seen last come
  // first.
  [[nodiscard]] Result<std::vector<SharedClue>> shared_with(IncidentId incident, std::uint32_t most,
                                                            std::optional<ClueKind> kind = {}) const;
  // Seen last comes first.
  [[nodiscard]] Result<std::vector<ClueRow>> find(const ClueQuery& query) const;

  [[nodiscard]] std::uint64_t dropped() const;  // calls of add() that found no room

 private:
  using Key = std::tuple<std::uint64_t, ClueKind, std::string>;
  struct Pending {
    std::string says;
    ClueSighting seen;
  };
  using All = std::map<Key, Pending>;

  // As add_clues() (spool.h) takes them.
  [[nodiscard]] static std::vector<std::string> columns_of(const All& clues);

  LedgerDatabase& database_;
  const std::size_t most_in_memory_;
  mutable std::mutex mutex_;
  std::mutex flushing_;  // taken before mutex_
  All pending_;
  std::map<std::pair<std::uint64_t, ClueKind>, std::uint32_t> values_pending_;
  std::uint64_t dropped_ = 0;
};

}  // namespace postreeve
