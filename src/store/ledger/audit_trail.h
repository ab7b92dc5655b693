// Who did what to whom, when, why and from where. Rows are only ever added.
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

// The subject is an account that is to leave no trace: other nodes that follow the ledger look for it.
inline constexpr std::string_view kForgetVerb = "account forget";

// Texts become printable lines; `details` (JSON) is UTF-8 of at most 64 KiB.
struct AuditEntry {
  std::uint64_t id = 0;  // given by the trail, growing
  Timestamp time{};
  std::string author;   // the person, or "postreeve"
  std::string from;     // client address, or "control socket"
  std::string verb;     // "list.add", "account.suspend"
  std::string subject;  // account, value or incident that it was done to
  std::string reason;   // the person's words
  std::string details;  // empty: none

  friend bool operator==(const AuditEntry&, const AuditEntry&) = default;
};

struct AuditQuery {
  std::optional<std::string> author;
  std::optional<std::string> subject;
  std::optional<std::string> verb;
  std::optional<Timestamp> since;
  std::uint64_t before_id = 0;  // the last of the page before; 0: from the newest on
  std::uint32_t most = 100;
};

// Any thread.
class AuditTrail {
 public:
  explicit AuditTrail(LedgerDatabase& database) : database_(database) {}

  // kInvalidInput for details that are too long or no UTF-8.
  [[nodiscard]] Result<void> add(const AuditEntry& entry);
  // Within a write of somebody else.
  [[nodiscard]] static Result<void> insert(soci::session& session, const AuditEntry& entry);
  [[nodiscard]] Result<std::vector<AuditEntry>> find(const AuditQuery& query) const;  // newest first

 private:
  LedgerDatabase& database_;
};

}  // namespace postreeve
