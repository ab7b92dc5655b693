#include "net/locator.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace postreeve {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNested =
    "network\tcountry.iso_code:utf8_string\tregistered_country.iso_code:utf8_string\tlocation.latitude:"
    "double\t"
    "location.longitude:double\tlocation.accuracy_radius:uint16\tautonomous_system_number:uint32\n"
    "192.0.2.0/24\tPL\tDE\t52.25\t21.0\t20\t64500\n"
    "198.51.100.0/24\t\tNG\t\t\t\t\n"
    "203.0.113.0/24\tFR\t\t0\t0\t\t\n"
    "10.0.0.0/8\tFR\t\t48.9\t2.3\t5\t64510\n"
    "2001:db8::/32\tDE\t\t52.5\t13.4\t\t64501\n";

constexpr const char* kFlat =
    "network\tcountry_code:utf8_string\tlat:float\tlng:utf8_string\tasn:utf8_string\n"
    "192.0.2.0/24\tpl\t52.25\t21.0\tAS64500\n"
    "198.51.100.0/24\tNG\t6.5\tsomewhere\tAS64502 Example Ltd\n"
    "203.0.113.0/24\tPoland\t99.0\t21.0\tASX\n";

constexpr const char* kAsnOnly =
    "network\tautonomous_system_number:uint32\n"
    "192.0.2.0/24\t64999\n"
    "198.51.100.0/24\t64503\n";

constexpr const char* kCountryOnly =
    "network\tcountry:utf8_string\n"
    "192.0.2.0/24\tPL\n";

class LocatorTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "postreeve-mmdb-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { fs::remove_all(directory_); }

  // Writes a synthetic MMDB with the project's script; a missing Perl module is a failure.
  fs::path make(const std::string& name, const std::string& table, const std::string& ip_version = "6") {
    const fs::path tsv = directory_ / (name + ".tsv");
    const fs::path mmdb = directory_ / (name + ".mmdb");
    std::ofstream(tsv) << table;
    const std::string command =
        "perl '" POSTREEVE_WRITE_MMDB "' '" + mmdb.string() + "' " + ip_version + " < '" + tsv.string() + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    return mmdb;
  }

  static Location locate(const std::vector<fs::path>& files, const char* address) {
    const auto locator = Locator::open(files);
    EXPECT_TRUE(locator) << locator.error().detail;
    return locator->locate(*IpAddress::parse(address));
  }

  fs::path directory_;
};

const Location kNowhere;

TEST_F(LocatorTest, KnowsNoPlaceWithoutFiles) {
  const Locator locator;
  EXPECT_TRUE(locator.empty());
  EXPECT_EQ(locator.locate(*IpAddress::parse("192.0.2.7")), kNowhere);
}

TEST_F(LocatorTest, ReadsTheNestedSchema) {
  const auto nested = make("nested", kNested);
  const Location poland{CountryCode::of("PL"), 64500, Position{52.25F, 21.0F, 20}};
  EXPECT_EQ(locate({nested}, "192.0.2.7"), poland);
  EXPECT_EQ(locate({nested}, "::ffff:192.0.2.7"), poland);
  EXPECT_EQ(locate({nested}, "2001:db8::7").asn, 64501U);
  EXPECT_EQ(locate({nested}, "2001:db8::7").position->radius_km,
            100);  // the file does not say how exact it is
  EXPECT_EQ(locate({nested}, "192.0.3.1"), kNowhere);
}

TEST_F(LocatorTest, TakesTheRegisteredCountryAndItsCentroidWhenThereIsNothingBetter) {
  const Location location = locate({make("nested", kNested)}, "198.51.100.9");
  EXPECT_EQ(location.country, CountryCode::of("NG"));
  EXPECT_EQ(location.asn, 0U);
  EXPECT_EQ(location.position, country_centroid(CountryCode::of("NG")));
}

TEST_F(LocatorTest, TakesZeroZeroForNoPosition) {
  EXPECT_EQ(locate({make("nested", kNested)}, "203.0.113.5").position,
            country_centroid(CountryCode::of("FR")));
}

TEST_F(LocatorTest, NeverLooksUpPrivateAddresses) {
  EXPECT_EQ(locate({make("nested", kNested)}, "10.1.2.3"), kNowhere);
}

TEST_F(LocatorTest, ReadsFlatSchemasLeniently) {
  const auto flat = make("flat", kFlat);
  EXPECT_EQ(locate({flat}, "192.0.2.7"),
            (Location{CountryCode::of("PL"), 64500, Position{52.25F, 21.0F, 100}}));
  EXPECT_EQ(locate({flat}, "198.51.100.9").asn, 64502U);
  EXPECT_EQ(locate({flat}, "198.51.100.9").position, country_centroid(CountryCode::of("NG")));
  EXPECT_EQ(locate({flat}, "203.0.113.5"), kNowhere);
}

TEST_F(LocatorTest, LetsTheFirstFileThatKnowsAFieldWin) {
  const auto country = make("country", kCountryOnly, "4");
  const auto asn = make("asn", kAsnOnly);
  const auto nested = make("nested", kNested);
  const Location both = locate({country, asn}, "192.0.2.7");
  EXPECT_EQ(both, (Location{CountryCode::of("PL"), 64999, country_centroid(CountryCode::of("PL"))}));
  EXPECT_EQ(locate({asn, nested}, "192.0.2.7").position, (Position{52.25F, 21.0F, 20}));
  EXPECT_EQ(locate({asn, nested}, "198.51.100.9").asn, 64503U);
  EXPECT_EQ(locate({country, nested}, "2001:db8::7").country,
            CountryCode::of("DE"));  // the first file knows only IPv4
}

TEST_F(LocatorTest, NamesTheFileThatIsMissingOrBroken) {
  const fs::path missing = directory_ / "missing.mmdb";
  const auto not_found = Locator::open(std::vector{missing});
  ASSERT_FALSE(not_found);
  EXPECT_EQ(not_found.error().code, ErrorCode::kNotFound);
  EXPECT_NE(not_found.error().detail.find("missing.mmdb"), std::string::npos);

  for (const char* content : {"", "this is no geography"}) {
    const fs::path broken = directory_ / "broken.mmdb";
    std::ofstream(broken) << content;
    const auto corrupt = Locator::open(std::vector{broken});
    ASSERT_FALSE(corrupt);
    EXPECT_EQ(corrupt.error().code, ErrorCode::kCorrupt);
    EXPECT_NE(corrupt.error().detail.find("broken.mmdb"), std::string::npos);
  }
  const auto folder = Locator::open(std::vector{directory_});
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::kCorrupt);
}

TEST_F(LocatorTest, SurvivesDamagedFiles) {
  const auto nested = make("nested", kNested);
  std::ifstream in(nested, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x5a);
    const fs::path file = directory_ / "damaged.mmdb";
    std::ofstream(file, std::ios::binary) << damaged;
    const auto locator = Locator::open(std::vector{file});
    if (!locator) continue;
    const Location location = locator->locate(*IpAddress::parse("192.0.2.7"));
    if (location.position) {
      EXPECT_LE(std::abs(location.position->latitude), 90);
    }
  }
}

}  // namespace
}  // namespace postreeve
