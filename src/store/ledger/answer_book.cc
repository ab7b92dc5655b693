#include "store/ledger/answer_book.h"

#include <utility>

#include "store/ledger/rows.h"
#include "store/ledger/sql.h"

namespace postreeve {

Result<std::optional<GivenAnswer>> AnswerBook::find(const std::string& asker, const std::string& key) const {
  std::optional<GivenAnswer> found;
  const auto outcome = database_.read([&](soci::session& session) -> Result<void> {
    GivenAnswer answer{.asker = asker, .key = key, .digest = {}, .status = 0, .body = {}, .given = {}};
    long long status = 0;
    long long given = 0;
    if (!first_row(session,
                   "SELECT digest, status, body, given FROM given_answer"
                   " WHERE asker = :asker AND request = :request",
                   std::tie(answer.digest, status, answer.body, given), asker, key)) {
      return {};
    }
    answer.status = count_from(status);
    answer.given = time_from(given);
    found = std::move(answer);
    return {};
  });
  if (!outcome) return fail(outcome.error());
  return found;
}

void AnswerBook::keep(GivenAnswer answer, LedgerDatabase::Committed done) {
  database_.write(
      [answer = std::move(answer)](soci::session& session) -> Result<void> {
        execute(session,
                "INSERT INTO given_answer (asker, request, digest, status, body, given)"
                " VALUES (:asker, :request, :digest, :status, :body, :given)"
                " ON CONFLICT (asker, request) DO NOTHING",
                answer.asker, answer.key, answer.digest, static_cast<long long>(answer.status), answer.body,
                stored_time(answer.given));
        return {};
      },
      std::move(done));
}

}  // namespace postreeve
