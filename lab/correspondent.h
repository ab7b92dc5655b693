// Who is written to, in 64 bits: contact lists of a hundred thousand people fit in
// memory, and the address text is made only when a message is written.
#pragma once

#include <cstdint>
#include <string>

#include "lab/random.h"

namespace postreeve::lab {

enum class Realm : std::uint8_t {
  kFreemail,
  kBusiness,
  kAccount,    // an account of this server; person is its index
  kLocalName,  // a name at one of this server's domains that may be nobody's
  kCanary,
};

struct Correspondent {
  std::uint64_t bits = 0;

  [[nodiscard]] static constexpr Correspondent of(Realm realm, std::uint32_t domain, std::uint64_t person,
                                                  bool dead = false) {
    return {std::uint64_t{dead} << 63 | static_cast<std::uint64_t>(realm) << 60 |
            (std::uint64_t{domain} & 0xfffff) << 40 | (person & 0xffffffffffULL)};
  }
  [[nodiscard]] constexpr bool dead() const { return (bits >> 63) != 0; }
  [[nodiscard]] constexpr Realm realm() const { return static_cast<Realm>(bits >> 60 & 7); }
  [[nodiscard]] constexpr std::uint32_t domain() const {
    return static_cast<std::uint32_t>(bits >> 40 & 0xfffff);
  }
  [[nodiscard]] constexpr std::uint64_t person() const { return bits & 0xffffffffffULL; }

  friend bool operator==(const Correspondent&, const Correspondent&) = default;
};

// The freemail provider that is gmail.com.
inline constexpr std::uint32_t kGmail = 0;

[[nodiscard]] Correspondent random_freemail(Random& random, double dead);
// One of some thousand organisations, the big ones more often.
[[nodiscard]] Correspondent random_business(Random& random, double dead);

void append_domain(std::string& text, Correspondent who);
// The localpart; not for kAccount.
void append_localpart(std::string& text, Correspondent who);

[[nodiscard]] std::string tenant_domain(std::uint32_t tenant);
[[nodiscard]] std::string canary_address(std::uint32_t number);

}  // namespace postreeve::lab
