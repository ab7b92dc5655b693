// Asks geography files (MMDB) where an address is.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/ip_address.h"
#include "net/location.h"

namespace postreeve {

// Any number of MMDB files, asked in order; the first that knows a field wins, so
// that a country file and an ASN file go together. Understands the nested schema
// (country.iso_code, registered_country.iso_code, location.latitude/longitude/
// accuracy_radius, autonomous_system_number) and flat ones (country_code or country
// as a text, latitude, longitude, lat, lng, asn as number or "AS64500").
//
// A position whose file states no accuracy counts as exact to 100 km; 0/0 and
// impossible degrees are no position; without one the country's centroid stands in.
//
// Without files every address is at an unknown place. Private addresses are
// never looked up. locate() is const and may be called by any thread.
class Locator {
 public:
  Locator();
  ~Locator();
  Locator(Locator&&) noexcept;
  Locator& operator=(Locator&&) noexcept;

  // Fails with kNotFound (no such file) or kCorrupt (not an MMDB), naming the file.
  [[nodiscard]] static Result<Locator> open(std::span<const std::filesystem::path> files);

  [[nodiscard]] Location locate(const IpAddress& address) const noexcept;
  [[nodiscard]] bool empty() const noexcept;

 private:
  struct File;
  std::vector<std::unique_ptr<File>> files_;
};

}  // namespace postreeve
