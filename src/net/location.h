// Where an address is, as far as a geography file knows.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postreeve {

// ISO 3166-1 alpha-2, upper case; unknown when empty.
class CountryCode {
 public:
  constexpr CountryCode() = default;
  // Accepts two ASCII letters in any case; anything else is the unknown country.
  [[nodiscard]] static constexpr CountryCode of(std::string_view text) noexcept {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') ? static_cast<char>(c - 32) : c; };
    if (text.size() != 2) return {};
    CountryCode code;
    code.letters_[0] = letter(text[0]);
    code.letters_[1] = letter(text[1]);
    for (const char c : code.letters_) {
      if (c < 'A' || c > 'Z') return {};
    }
    return code;
  }
  [[nodiscard]] constexpr bool known() const noexcept { return letters_[0] != 0; }
  // text() and name() may be views into this object: keep it while they are used.
  [[nodiscard]] std::string_view text() const noexcept { return {letters_, known() ? 2U : 0U}; }
  // The English short name ("Poland"); the code itself when the name is not known here; "unknown" when
  // unknown.
  [[nodiscard]] std::string_view name() const noexcept;
  // Both letters in 16 bits; 0 when unknown.
  [[nodiscard]] constexpr std::uint16_t packed() const noexcept {
    return static_cast<std::uint16_t>(static_cast<unsigned char>(letters_[0]) << 8 |
                                      static_cast<unsigned char>(letters_[1]));
  }
  [[nodiscard]] static constexpr CountryCode unpack(std::uint16_t packed) noexcept {
    const char letters[2] = {static_cast<char>(packed >> 8), static_cast<char>(packed & 0xff)};
    return of({letters, 2});
  }

  friend constexpr auto operator<=>(const CountryCode&, const CountryCode&) = default;

 private:
  char letters_[2] = {0, 0};
};

// Degrees; `radius_km` is how far the true place may be (accuracy).
struct Position {
  float latitude = 0;
  float longitude = 0;
  float radius_km = 0;

  friend bool operator==(const Position&, const Position&) = default;
};

// Great-circle distance in km (haversine, sphere of 6371 km).
[[nodiscard]] double distance_km(const Position& a, const Position& b) noexcept;

struct Location {
  CountryCode country;
  std::uint32_t asn = 0;             // autonomous system number (RFC 6793); 0 when unknown
  std::optional<Position> position;  // of the file, else the country's centroid with the country's radius

  friend bool operator==(const Location&, const Location&) = default;
};

// The centre of a country and the radius that covers it; nullopt for a country not known here.
[[nodiscard]] std::optional<Position> country_centroid(CountryCode country) noexcept;

}  // namespace postreeve
