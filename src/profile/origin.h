// Where an event came from, in the form in which a profile knows places: keyed
// hashes and small numbers, no names.
#pragma once

#include <cstdint>
#include <optional>

#include "net/location.h"
#include "net/prefix.h"

namespace postreeve {

struct Origin {
  // False without an address or with a private one (a local script), and of a web server without a
  // live session (profile/webmail.h): such an origin says nothing.
  bool known = false;
  // In a network the operator trusts.
  bool trusted = false;
  std::uint32_t host = 0;      // of host_of(address)
  std::uint32_t network = 0;   // of network_of(address)
  std::uint32_t provider = 0;  // of the ASN; without geography of the /16 or /32
  std::uint32_t client = 0;    // of the EHLO name, without what changes by itself; 0 unknown
  CountryCode country;
  std::optional<Position> position;
  Prefix prefix;  // network_of(address), for words

  friend bool operator==(const Origin&, const Origin&) = default;
};

}  // namespace postreeve
