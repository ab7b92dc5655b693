// A batch that is told twice counts once: whoever gives it a key (the header Idempotency-Key) and repeats it
// after a lost answer gets the first one's answer, and nothing is judged again.
//
// Limits: an answer that the ledger could not keep (a full disk) is sent all the same, and a repetition then
// counts again; so it does when the daemon is killed after it counted and before the answer was on the disk.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.h"
#include "http/response.h"
#include "store/ledger/answer_book.h"

namespace postreeve {

class RepeatedBatches {
 public:
  // The book outlives it.
  RepeatedBatches(AnswerBook& book, std::function<Timestamp()> clock);

  // Answers what has to do with the key: 200 or 202 with what was answered before; 400 when it is no key (1
  // to 200 printable ASCII characters); 409 while the first one is judged; 422 when its batch was another
  // one; 503 when the ledger does not say. Otherwise the batch is new: returned is what is to be called with
  // its answer. Dropped without a call the key is free again. Any thread but the ledger's.
  [[nodiscard]] std::optional<HttpReply> begin(const std::string& asker, const std::string& key,
                                               std::string_view request, HttpReply reply);

 private:
  using Key = std::pair<std::string, std::string>;
  struct UnderWay {
    std::mutex mutex;
    std::set<Key> keys;
  };
  class Turn;

  AnswerBook& book_;
  std::function<Timestamp()> clock_;
  std::shared_ptr<UnderWay> under_way_ = std::make_shared<UnderWay>();
};

}  // namespace postreeve
