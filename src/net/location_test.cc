#include "net/location.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace postreeve {
namespace {

Position centre(std::string_view code) {
  return country_centroid(CountryCode::of(code)).value();
}

TEST(CountryCode, TakesTwoLettersInAnyCase) {
  EXPECT_EQ(CountryCode::of("pl").text(), "PL");
  EXPECT_EQ(CountryCode::of("pl"), CountryCode::of("PL"));
  for (const char* text : {"", "P", "POL", "P1", "--", "\xc3\x85"})
    EXPECT_FALSE(CountryCode::of(text).known()) << text;
}

TEST(CountryCode, HasAnEnglishName) {
  EXPECT_EQ(CountryCode::of("PL").name(), "Poland");
  EXPECT_EQ(CountryCode::of("AD").name(), "Andorra");
  EXPECT_EQ(CountryCode::of("ZW").name(), "Zimbabwe");
  EXPECT_EQ(CountryCode::of("XX").name(), "XX");
  EXPECT_EQ(CountryCode{}.name(), "unknown");
}

TEST(CountryCode, PacksIntoSixteenBits) {
  EXPECT_EQ(CountryCode::unpack(CountryCode::of("de").packed()), CountryCode::of("DE"));
  EXPECT_EQ(CountryCode{}.packed(), 0);
  EXPECT_FALSE(CountryCode::unpack(0).known());
  EXPECT_FALSE(CountryCode::unpack(0x3131).known());
}

TEST(CountryCentroid, KnowsEveryCountryOfIso3166AtAPlausiblePlace) {
  int countries = 0;
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b <= 'Z'; ++b) {
      const CountryCode code = CountryCode::of(std::string{a, b});
      const auto position = country_centroid(code);
      EXPECT_EQ(position.has_value(), code.name() != code.text()) << code.text();
      if (!position) continue;
      ++countries;
      EXPECT_LE(std::abs(position->latitude), 90);
      EXPECT_LE(std::abs(position->longitude), 180);
      EXPECT_GE(position->radius_km, 5) << code.text();
      EXPECT_LE(position->radius_km, 2400) << code.text();
    }
  }
  EXPECT_EQ(countries, 249);
}

TEST(CountryCentroid, HoldsTheCapitalWithinTwoRadiiForCountriesOfAllContinents) {
  struct Capital {
    const char* country;
    Position place;
  };
  for (const auto& [country, place] :
       {Capital{"PL", {52.2F, 21.0F, 0}}, Capital{"US", {38.9F, -77.0F, 0}},
        Capital{"BR", {-15.8F, -47.9F, 0}}, Capital{"NG", {9.1F, 7.4F, 0}}, Capital{"IN", {28.6F, 77.2F, 0}},
        Capital{"AU", {-35.3F, 149.1F, 0}}, Capital{"JP", {35.7F, 139.7F, 0}},
        Capital{"NZ", {-41.3F, 174.8F, 0}}}) {
    EXPECT_LE(distance_km(centre(country), place), 2 * centre(country).radius_km) << country;
  }
}

TEST(CountryCentroid, IsUnknownForAnUnknownCountry) {
  EXPECT_FALSE(country_centroid(CountryCode{}));
  EXPECT_FALSE(country_centroid(CountryCode::of("XX")));
}

TEST(Distance, IsThatOfGreatCircles) {
  EXPECT_NEAR(distance_km({0, 10, 0}, {0, 100, 0}), 6371 * std::numbers::pi / 2, 0.1);
  EXPECT_NEAR(distance_km({0, 179.5F, 0}, {0, -179.5F, 0}), 111.2, 0.1);
  EXPECT_NEAR(distance_km({90, 0, 0}, {-90, 0, 0}), 6371 * std::numbers::pi, 0.1);
}

RC_GTEST_PROP(Distance, IsAMetricWithinHalfTheGlobe, ()) {
  const auto any_position = [] {
    return Position{static_cast<float>(*rc::gen::inRange(-90, 91)),
                    static_cast<float>(*rc::gen::inRange(-180, 181)), 0};
  };
  const Position a = any_position();
  const Position b = any_position();
  const Position c = any_position();
  RC_ASSERT(distance_km(a, a) == 0.0);
  RC_ASSERT(distance_km(a, b) == distance_km(b, a));
  RC_ASSERT(distance_km(a, b) <= 20'016);
  // The spherical law of cosines, exact enough away from zero.
  const auto radians = [](float degrees) { return degrees * std::numbers::pi / 180; };
  const double cosine = std::sin(radians(a.latitude)) * std::sin(radians(b.latitude)) +
                        std::cos(radians(a.latitude)) * std::cos(radians(b.latitude)) *
                            std::cos(radians(b.longitude - a.longitude));
  RC_ASSERT(std::abs(distance_km(a, b) - 6371 * std::acos(std::clamp(cosine, -1.0, 1.0))) < 0.01);
  RC_ASSERT(distance_km(a, c) <= distance_km(a, b) + distance_km(b, c) + 1e-6);
}

}  // namespace
}  // namespace postreeve
