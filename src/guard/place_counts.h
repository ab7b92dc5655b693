// From where most comes, this hour beside the hour before.
//
// In memory alone: addresses of people are kept in incidents and where activity is wanted, nowhere else. A
// restart begins anew.
//
// Limits: of further addresses than kMostAddresses in an hour nothing is counted (dropped()); of the accounts
// at one address at most kMostAccounts are told apart.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/time.h"
#include "guard/decision_watcher.h"
#include "net/ip_address.h"
#include "net/prefix.h"

namespace postreeve {

struct PlaceCount {
  std::uint32_t recipients = 0;  // accepted when they were asked for
  std::uint32_t refused = 0;     // deferred or rejected then
  std::uint32_t messages = 0;    // accepted, held or diverted
  std::uint32_t logins = 0;      // successful
  std::uint32_t failed_logins = 0;
  std::unordered_set<std::uint64_t> accounts;  // hashes, at most kMostAccounts

  PlaceCount& operator+=(const PlaceCount& other);
};

struct BusyPlace {
  std::string name;  // an address, or a network
  PlaceCount now;
  PlaceCount before;  // the hour before
};

class PlaceCounts final : public DecisionWatcher {
 public:
  static constexpr std::size_t kMostAddresses = 50'000;
  static constexpr std::size_t kMostAccounts = 100;

  enum class Of : std::uint8_t { kAddresses, kNetworks };

  void saw(const Decided& decided) override;
  // Those with the most recipients and logins in the hour of `now`, failed ones too; most first, then by
  // name.
  [[nodiscard]] std::vector<BusyPlace> top(Of of, Timestamp now, std::size_t most) const;
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  struct Hash {
    std::size_t operator()(const IpAddress& address) const noexcept;
  };
  struct Hour {
    std::chrono::sys_time<std::chrono::hours> begin{};
    std::unordered_map<IpAddress, PlaceCount, Hash> places;
  };

  [[nodiscard]] const Hour* hour_of(std::chrono::sys_time<std::chrono::hours> begin) const;

  mutable std::mutex mutex_;
  std::array<Hour, 2> hours_;  // by their number, in turns
  std::uint64_t dropped_ = 0;
};

}  // namespace postreeve
