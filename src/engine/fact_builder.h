// Prepares events for judging: names become keyed hashes, addresses places, headers
// the few facts that detectors look at.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/keyed_hash.h"
#include "judge/facts.h"
#include "judge/policy.h"
#include "mail/event.h"
#include "net/locator.h"
#include "net/prefix.h"

namespace postreeve {

// How the network is known in profiles (Origin::network); never 0.
[[nodiscard]] std::uint32_t origin_network_key(const HashKey& key, const Prefix& network) noexcept;

// Any thread. The facts borrow texts from the event they were made of.
class FactBuilder {
 public:
  // All references must outlive the builder.
  FactBuilder(const Policy& policy, const Locator& locator, const HashKey& key);

  [[nodiscard]] Hash128 account_key(const AccountId& account) const;
  [[nodiscard]] Facts build(const Login& login) const;
  [[nodiscard]] Facts build(const Recipient& recipient) const;
  [[nodiscard]] Facts build(const Submission& submission) const;
  [[nodiscard]] Facts build(const Delivery& delivery) const;
  [[nodiscard]] Facts build(const Scan& scan) const;
  [[nodiscard]] Facts build(const SettingChange& change) const;
  [[nodiscard]] Facts build(const Complaint& complaint) const;

  // Key of any text without regard to the case of ASCII letters, of its first 320 bytes; 0 for none.
  [[nodiscard]] std::uint32_t text_key(std::string_view text) const;

  // Key of a domain that mail goes to, for the shared counters; 0 when there is none.
  [[nodiscard]] std::uint64_t destination_key(std::string_view recipient) const;

 private:
  static constexpr std::size_t kCachedPlaces = 32'768;

  struct CachedPlace {
    IpAddress address;
    Location location;
    bool filled = false;
  };
  struct PlaceCache {
    std::array<std::mutex, 16> mutexes;
    std::vector<CachedPlace> places{kCachedPlaces};
  };

  template <typename Happened>
  [[nodiscard]] Facts begin(StepKind kind, const Happened& event) const;
  [[nodiscard]] Origin origin_of(const Session& session) const;
  // Whether the server's client is a web server, or something on this machine.
  [[nodiscard]] bool is_web_server(const Session& session) const;
  void add_place_of_mail(Facts& facts, const AccountId& account, const Session& session) const;
  [[nodiscard]] Location locate(const IpAddress& address) const;
  [[nodiscard]] bool is_canary(std::string_view recipient) const;
  [[nodiscard]] std::uint32_t message_key(const Submission& submission) const;
  void add_header_facts(Facts& facts, const Submission& submission) const;

  const Policy& policy_;
  const Locator& locator_;
  HashKey key_;
  std::uint64_t number_key_;
  mutable PlaceCache cache_;
};

}  // namespace postreeve
