#include "store/country_counts.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace postreeve {

CountryCounts::CountryCounts(std::size_t most_tenants)
    : most_in_shard_(std::max<std::size_t>(1, most_tenants / kShards)) {}

std::size_t CountryCounts::place_of(std::uint16_t country) noexcept {
  const std::size_t first = (country >> 8U) - std::size_t{'A'};
  const std::size_t second = (country & 0xffU) - std::size_t{'A'};
  return first < kLetters && second < kLetters ? first * kLetters + second : kLetters * kLetters;
}

void CountryCounts::add(std::uint32_t tenant, std::uint16_t country) {
  if (country == 0) return;
  all_.fetch_add(1, std::memory_order_relaxed);
  here_[place_of(country)].fetch_add(1, std::memory_order_relaxed);
  Shard& shard = shards_[tenant % kShards];
  const std::scoped_lock lock(shard.mutex);
  if (shard.tenants.size() >= most_in_shard_ && !shard.tenants.contains(tenant)) return;
  OfTenant& counts = shard.tenants[tenant];
  ++counts.all;
  const auto found =
      std::ranges::find(counts.countries, country, &std::pair<std::uint16_t, std::uint32_t>::first);
  if (found == counts.countries.end()) {
    counts.countries.emplace_back(country, 1);
  } else {
    ++found->second;
  }
}

CountrySnapshot CountryCounts::look(std::uint32_t tenant, std::uint16_t country) const {
  CountrySnapshot snapshot;
  if (country == 0) return snapshot;
  snapshot.all = all_.load(std::memory_order_relaxed);
  snapshot.here = here_[place_of(country)].load(std::memory_order_relaxed);
  const Shard& shard = shards_[tenant % kShards];
  const std::scoped_lock lock(shard.mutex);
  const auto counts = shard.tenants.find(tenant);
  if (counts == shard.tenants.end()) return snapshot;
  snapshot.tenant = counts->second.all;
  for (const auto& [code, accounts] : counts->second.countries) {
    if (code == country) snapshot.tenant_here = accounts;
  }
  return snapshot;
}

void CountryCounts::each(const std::function<void(std::optional<std::uint32_t> tenant, std::uint32_t all,
                                                  const Counts& countries)>& on_counts) const {
  Counts countries;
  for (std::size_t place = 0; place < kLetters * kLetters; ++place) {
    const std::uint32_t count = here_[place].load(std::memory_order_relaxed);
    const std::size_t code = ('A' + place / kLetters) << 8U | ('A' + place % kLetters);
    if (count > 0) countries.emplace_back(static_cast<std::uint16_t>(code), count);
  }
  on_counts(std::nullopt, all_.load(std::memory_order_relaxed), countries);
  for (const Shard& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    for (const auto& [tenant, counts] : shard.tenants) on_counts(tenant, counts.all, counts.countries);
  }
}

void CountryCounts::put(std::optional<std::uint32_t> tenant, std::uint32_t all, const Counts& countries) {
  if (!tenant) {
    all_ = all;
    for (const auto& [country, count] : countries) here_[place_of(country)] = count;
    return;
  }
  Shard& shard = shards_[*tenant % kShards];
  const std::scoped_lock lock(shard.mutex);
  if (shard.tenants.size() < most_in_shard_) shard.tenants[*tenant] = {.all = all, .countries = countries};
}

void CountryCounts::save(FieldWriter& writer) const {
  writer(all_.load(std::memory_order_relaxed));
  for (const auto& country : here_) writer(country.load(std::memory_order_relaxed));
  for (const Shard& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    writer.map(shard.tenants, most_in_shard_);
  }
}

Result<void> CountryCounts::load(FieldReader& reader) {
  std::uint32_t all = 0;
  std::array<std::uint32_t, std::tuple_size_v<decltype(here_)>> here{};
  std::array<std::unordered_map<std::uint32_t, OfTenant>, kShards> tenants;
  reader(all, here);
  for (auto& of_shard : tenants) reader.map(of_shard, most_in_shard_);
  if (Result<void> read = reader.finish(); !read) return read;
  all_ = all;
  for (std::size_t i = 0; i < here.size(); ++i) here_[i] = here[i];
  for (std::size_t i = 0; i < kShards; ++i) {
    const std::scoped_lock lock(shards_[i].mutex);
    shards_[i].tenants = std::move(tenants[i]);
  }
  return {};
}

}  // namespace postreeve
