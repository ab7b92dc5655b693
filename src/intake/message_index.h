// What is remembered of messages between their lines: (host, queue ID) -> account and facts.
//
// Bounded: a map keeps two generations. When the young one is full it becomes the
// old one and what nobody asked for meanwhile is forgotten. Finding, adding and
// forgetting take constant time. Not thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/time.h"
#include "mail/event.h"

namespace postreeve {

// A 64-bit hash of a text, the same in every run.
[[nodiscard]] std::uint64_t hash_text(std::string_view text, std::uint64_t seed = 0) noexcept;

template <typename Value>
class GenerationMap {
 public:
  // Holds at most `capacity` values (at least 16), the `capacity / 2` most recently used among them.
  explicit GenerationMap(std::size_t capacity) : half_(std::max(capacity / 2, kLeastHalf)) {}

  // The value of `key`, now most recently used; nullptr when there is none. It stays where it
  // is during the next kLeastHalf - 1 calls of find() and put(), and until it is erased.
  [[nodiscard]] Value* find(std::uint64_t key) {
    if (const auto young = young_.find(key); young != young_.end()) return &young->second;
    if (old_.empty()) return nullptr;
    auto node = old_.extract(key);
    if (node.empty()) return nullptr;
    make_room();
    return &young_.insert(std::move(node)).position->second;
  }

  // Replaces what `key` had; the reference lives as long as one of find().
  Value& put(std::uint64_t key, Value value) {
    old_.erase(key);
    make_room();
    return young_.insert_or_assign(key, std::move(value)).first->second;
  }

  void erase(std::uint64_t key) {
    if (young_.erase(key) == 0) old_.erase(key);
  }

  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (const auto& [key, value] : young_) visit(value);
    for (const auto& [key, value] : old_) visit(value);
  }

  [[nodiscard]] std::size_t size() const noexcept { return young_.size() + old_.size(); }

 private:
  using Map = std::unordered_map<std::uint64_t, Value>;
  static constexpr std::size_t kLeastHalf = 8;

  void make_room() {
    if (young_.size() < half_) return;
    old_ = std::move(young_);
    young_ = Map();
  }

  std::size_t half_;
  Map young_;
  Map old_;
};

// A set of hashes that is mostly small: the recipients of one message.
class SmallHashSet {
 public:
  // Returns whether it was new.
  bool insert(std::uint64_t hash);
  [[nodiscard]] std::size_t size() const noexcept { return few_.size() + many_.size(); }

 private:
  static constexpr std::size_t kFew = 24;
  std::vector<std::uint64_t> few_;
  std::unordered_set<std::uint64_t> many_;
};

// The submission that a message in a queue belongs to.
struct SubmissionOrigin {
  std::uint32_t account = 0;   // a number of the AccountTable
  std::uint64_t key = 0;       // of the message as it was submitted, in the index
  std::string queue_id;        // the same as text
  std::uint64_t sender = 0;    // hash of the envelope sender; 0 while unknown
  std::uint64_t sequence = 0;  // of the line that it was received with (line_mark.h)
};

// A submission whose recipients are not all known yet.
struct PendingSubmission {
  std::uint64_t slot = 0;            // its place in the event queue
  std::uint32_t expected = 0;        // recipients, as the server counted; 0 while unknown
  SmallHashSet asked;                // recipients that the submission has
  SmallHashSet delivered;            // recipients that deliveries named
  std::optional<Submission> parked;  // left the event queue, because no content came
};

struct Message {
  enum class Kind : std::uint8_t {
    kSubmission,  // sent by an account
    kReinjected,  // put back by a content filter; `origin` is the submission's
    kNearby,      // received from this machine or a private address without login: perhaps put back
  };
  Kind kind = Kind::kNearby;
  bool is_loopback = false;      // kNearby: from the loopback or a local program
  bool is_certain = false;       // kReinjected: the server said so; else a Message-ID did
  bool was_reinjected = false;   // kSubmission: a filter has put it back
  std::uint64_t message_id = 0;  // kSubmission: hash; 0 while unknown
  SubmissionOrigin origin;
  std::unique_ptr<PendingSubmission> pending;  // kSubmission: until it is handed on
};

// Gives each account that has logged in a number. Grows with the accounts, not with the mail.
class AccountTable {
 public:
  explicit AccountTable(std::string default_domain) : default_domain_(std::move(default_domain)) {}

  // The number of the account that `login` means; nullopt when it is no login.
  [[nodiscard]] std::optional<std::uint32_t> number_of(std::string_view login);
  [[nodiscard]] const AccountId& account(std::uint32_t number) const { return accounts_[number]; }
  // The account that `login` means, without remembering it: for names that anybody can type.
  [[nodiscard]] std::optional<AccountId> account_of_stranger(std::string_view login) const {
    return AccountId::from_login(login, default_domain_);
  }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return hash_text(text); }
  };

  std::string default_domain_;
  std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> numbers_;  // by login as logged
  std::vector<AccountId> accounts_;
};

}  // namespace postreeve
