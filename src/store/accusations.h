// Which accounts were restricted because of a stranger lately, and what he had in common
// with others: found again when a person judges the account.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/field_reader.h"
#include "base/field_writer.h"
#include "base/result.h"
#include "base/time.h"
#include "store/shared_counters.h"

namespace postreeve {

// At most 10,000 accounts of 24 traits each; more are forgotten. Any thread.
class Accusations {
 public:
  void add(std::uint32_t account, TraitKey trait, Timestamp time);

  // Whether the account was accused within `span` before `time`, or later.
  [[nodiscard]] bool has(std::uint32_t account, Timestamp time, Duration span) const;

  // The account's traits, which are forgotten.
  [[nodiscard]] std::vector<TraitKey> take(std::uint32_t account);

  // For copying: of every account its traits and when it was accused last; back with add().
  void each(const std::function<void(std::uint32_t account, Timestamp latest,
                                     std::span<const TraitKey> traits)>& on_account) const;

  // What is kept on a disk, and the same back, which replaces what is there.
  void save(FieldWriter& writer) const;
  [[nodiscard]] Result<void> load(FieldReader& reader);

 private:
  struct OfAccount {
    std::array<TraitKey, 24> traits{};
    std::uint32_t latest = 0;  // seconds
    std::uint8_t size = 0;

    template <typename Self, typename Archive>
    static void fields(Self& self, Archive& archive) {
      auto& [traits, latest, size] = self;
      for (auto& [trait, value] : traits) {
        archive.up_to(trait, Trait::kPretence);
        archive(value);
      }
      archive(latest);
      archive.up_to(size, std::uint8_t{24});
    }
  };

  mutable std::mutex mutex_;
  std::unordered_map<std::uint32_t, OfAccount> accounts_;
};

}  // namespace postreeve
