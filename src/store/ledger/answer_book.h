// Answers that programs got and may not have seen: whoever repeats his request gets the same one, and what he
// told counts once. Kept for as long as retention.h says.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "store/ledger/database.h"

namespace postreeve {

struct GivenAnswer {
  std::string asker;   // whose keys they are: a token's name
  std::string key;     // the asker's own
  std::string digest;  // of the request: another one with the same key is a mistake
  unsigned status = 0;
  std::string body;
  Timestamp given{};

  friend bool operator==(const GivenAnswer&, const GivenAnswer&) = default;
};

// Any thread. Requires texts without NUL that are valid UTF-8.
class AnswerBook {
 public:
  explicit AnswerBook(LedgerDatabase& database) : database_(database) {}

  [[nodiscard]] Result<std::optional<GivenAnswer>> find(const std::string& asker,
                                                        const std::string& key) const;
  // Returns at once; `done` as LedgerDatabase::write() says. An answer that is there stays.
  void keep(GivenAnswer answer, LedgerDatabase::Committed done);

 private:
  LedgerDatabase& database_;
};

}  // namespace postreeve
