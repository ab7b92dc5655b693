// From which countries accounts are used: of everybody, and of each tenant.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/field_reader.h"
#include "base/field_writer.h"
#include "base/result.h"
#include "profile/surroundings.h"

namespace postreeve {

// Counts each country of an account once: the caller knows which are new to it. Never forgets, and needs no
// bound but that of the tenants, which are the operator's own: `most_tenants`, more count for everybody
// alone. Any thread; everybody's counts need no lock.
class CountryCounts {
 public:
  explicit CountryCounts(std::size_t most_tenants);

  // `country` as packed (net/location.h); 0 is none.
  void add(std::uint32_t tenant, std::uint16_t country);
  [[nodiscard]] CountrySnapshot look(std::uint32_t tenant, std::uint16_t country) const;

  // For copying: the counts of everybody (no tenant) and of each tenant, and the same back, in the place of
  // what is there.
  using Counts = std::vector<std::pair<std::uint16_t, std::uint32_t>>;  // country as packed, how many
  void each(const std::function<void(std::optional<std::uint32_t> tenant, std::uint32_t all,
                                     const Counts& countries)>& on_counts) const;
  void put(std::optional<std::uint32_t> tenant, std::uint32_t all, const Counts& countries);

  // What is kept on a disk, and the same back, which replaces what is there.
  void save(FieldWriter& writer) const;
  [[nodiscard]] Result<void> load(FieldReader& reader);

 private:
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kLetters = 26;

  struct OfTenant {
    std::uint32_t all = 0;
    std::vector<std::pair<std::uint16_t, std::uint32_t>> countries;  // few

    template <typename Self, typename Archive>
    static void fields(Self& self, Archive& archive) {
      auto& [all, countries] = self;
      archive(all);
      archive.list(countries, kLetters * kLetters);
    }
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<std::uint32_t, OfTenant> tenants;
  };

  // Its place in `here_`; one beyond for what is no country.
  [[nodiscard]] static std::size_t place_of(std::uint16_t country) noexcept;

  std::size_t most_in_shard_;
  std::atomic<std::uint32_t> all_{0};
  std::array<std::atomic<std::uint32_t>, kLetters * kLetters + 1> here_{};
  std::array<Shard, kShards> shards_;
};

}  // namespace postreeve
