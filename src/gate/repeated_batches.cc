#include "gate/repeated_batches.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/keyed_hash.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostKeyBytes = 200;

bool is_key(std::string_view key) {
  return !key.empty() && key.size() <= kMostKeyBytes &&
         std::ranges::all_of(key, [](char c) { return c > ' ' && c <= '~'; });
}

// Tells mistakes apart, not forgeries: whoever forges deceives himself.
std::string digest_of(std::string_view request) {
  const Hash128 hash = keyed_hash(HashKey{}, request);
  return fmt::format("{:016x}{:016x}", hash.high, hash.low);
}

}  // namespace

// Holds the key until it is gone.
class RepeatedBatches::Turn {
 public:
  Turn(std::shared_ptr<UnderWay> under_way, Key key)
      : under_way_(std::move(under_way)), key_(std::move(key)) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    const std::lock_guard lock(under_way_->mutex);
    under_way_->keys.erase(key_);
  }

  [[nodiscard]] static std::shared_ptr<Turn> take(const std::shared_ptr<UnderWay>& under_way, Key key) {
    {
      const std::lock_guard lock(under_way->mutex);
      if (!under_way->keys.insert(key).second) return nullptr;
    }
    return std::make_shared<Turn>(under_way, std::move(key));
  }

 private:
  std::shared_ptr<UnderWay> under_way_;
  Key key_;
};

RepeatedBatches::RepeatedBatches(AnswerBook& book, std::function<Timestamp()> clock)
    : book_(book), clock_(std::move(clock)) {}

std::optional<HttpReply> RepeatedBatches::begin(const std::string& asker, const std::string& key,
                                                std::string_view request, HttpReply reply) {
  if (!is_key(key)) {
    reply(problem(400, "an Idempotency-Key has 1 to 200 printable characters without blanks"));
    return std::nullopt;
  }
  // First the turn, then the book: whoever had it before has left his answer there.
  // It is given back before the answer: whoever has that may come again at once.
  std::shared_ptr<Turn> turn = Turn::take(under_way_, {asker, key});
  if (!turn) {
    reply(problem(409, "the batch with this Idempotency-Key is being judged"));
    return std::nullopt;
  }
  const auto known = book_.find(asker, key);
  const std::string digest = digest_of(request);
  if (!known) {
    turn.reset();
    reply(problem(503, "whether the batch was told before cannot be said now; repeat it later"));
    return std::nullopt;
  }
  if (*known) {
    const GivenAnswer& given = **known;
    turn.reset();
    reply(given.digest == digest ? json_response(given.body, given.status)
                                 : problem(422, "this Idempotency-Key belongs to another batch"));
    return std::nullopt;
  }
  GivenAnswer answer{
      .asker = asker, .key = key, .digest = digest, .status = 0, .body = {}, .given = clock_()};
  return HttpReply([&book = book_, turn = std::move(turn), answer = std::move(answer),
                    reply = std::move(reply)](HttpResponse response) mutable {
    // What was refused as a whole counted nothing, and may be told again.
    constexpr unsigned kFirstRefusal = 300;
    if (response.status >= kFirstRefusal) {
      turn.reset();
      reply(std::move(response));
      return;
    }
    answer.status = response.status;
    answer.body = response.body;
    book.keep(std::move(answer), [turn = std::move(turn), reply = std::move(reply),
                                  response = std::move(response)](const Result<void>&) mutable {
      turn.reset();
      reply(std::move(response));
    });
  });
}

}  // namespace postreeve
