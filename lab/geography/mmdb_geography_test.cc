#include "lab/geography/mmdb_geography.h"

#include <cstdlib>
#include <fstream>
#include <set>

#include <gtest/gtest.h>
#include <unistd.h>

#include "lab/attackers/underworld.h"
#include "lab/people/personas.h"
#include "lab/population/population.h"
#include "lab/world.h"
#include "net/locator.h"

namespace postreeve::lab {
namespace {

constexpr std::string_view kTable =
    "network\tcountry.iso_code:utf8_string\tautonomous_system_number:uint32\t"
    "autonomous_system_organization:utf8_string\n"
    "81.0.0.0/16\tDE\t64500\tExample Telekom\n"
    "81.1.0.0/17\tDE\t64501\tBlue Cloud Hosting\n"
    "81.2.0.0/18\tPL\t64502\tPolska Mobile\n"
    "81.3.0.0/18\tPL\t64503\tSome Networks\n"
    "91.0.0.0/15\tVN\t64504\tViet Broadband\n"
    "91.4.8.0/24\tUS\t64505\tHide VPN Service\n"
    "91.5.0.0/30\tUS\t64506\tToo Small\n"
    "91.6.0.0/16\tQQ\t64507\tNowhere\n"
    "2a02:100::/32\tDE\t64500\tExample Telekom\n"
    "2a02:200::/29\tDE\t64501\tBlue Cloud Hosting\n";

class MmdbGeography : public testing::Test {
 protected:
  void SetUp() override {
    file_ =
        std::filesystem::temp_directory_path() / ("postreeve-lab-" + std::to_string(::getpid()) + ".mmdb");
    const std::filesystem::path table = file_.string() + ".tsv";
    std::ofstream(table) << kTable;
    const std::string command = "perl " POSTREEVE_WRITE_MMDB " " + file_.string() + " < " + table.string();
    ASSERT_EQ(std::system(command.c_str()), 0);
    std::filesystem::remove(table);
  }
  void TearDown() override { std::filesystem::remove(file_); }

  [[nodiscard]] Geography geography(std::uint64_t seed = 1) const {
    auto read = geography_of(std::span(&file_, 1), seed);
    EXPECT_TRUE(read.has_value());
    return *std::move(read);
  }

  std::filesystem::path file_;
};

const Provider* find(const Geography& geography, std::uint32_t asn) {
  for (const Provider& provider : geography.providers()) {
    if (provider.asn == asn) return &provider;
  }
  return nullptr;
}

TEST_F(MmdbGeography, has_the_networks_of_the_file) {
  const Geography read = geography();
  std::set<std::uint32_t> numbers;
  for (const Provider& provider : read.providers()) numbers.insert(provider.asn);
  EXPECT_EQ(numbers, (std::set<std::uint32_t>{64500, 64501, 64502, 64503, 64504, 64505}))
      << "neither a network without room nor an unknown country";
  const Provider& telekom = *find(read, 64500);
  ASSERT_EQ(telekom.blocks.size(), 1U);
  const Block& block = read.blocks()[telekom.blocks.front()];
  EXPECT_EQ(IpAddress::v4(block.first).to_string(), "81.0.0.0");
  EXPECT_EQ(block.length, 16);
  EXPECT_EQ(all_countries()[block.country].code, "DE");
  EXPECT_EQ(telekom.v6_high, 0x2a02'0100ULL << 32);
}

TEST_F(MmdbGeography, tells_the_kind_of_a_provider_by_words_of_its_name) {
  const Geography read = geography();
  EXPECT_EQ(find(read, 64500)->kind, ProviderKind::kConsumer);
  EXPECT_EQ(find(read, 64501)->kind, ProviderKind::kHosting);
  EXPECT_EQ(find(read, 64502)->kind, ProviderKind::kMobile);
  EXPECT_EQ(find(read, 64505)->kind, ProviderKind::kVpn);
}

TEST_F(MmdbGeography, gives_all_traffic_addresses_that_the_file_knows) {
  class Looker final : public Sink {
   public:
    explicit Looker(const Locator& locator) : locator_(locator) {}
    void observe(const Event& event, Doer) override {
      if (const auto* login = std::get_if<Login>(&event)) look(*login->session.client_address);
    }
    std::span<const Fate> submit(const Submission& mail, Doer) override {
      look(*mail.session.client_address);
      fates_.assign(mail.recipients.size(), Fate::kOut);
      return fates_;
    }
    void honest_delay(std::uint32_t, Duration) override {}
    void honest_loss(std::uint32_t) override {}
    std::uint32_t known = 0, unknown = 0;

   private:
    void look(const IpAddress& address) { ++(locator_.locate(address).country.known() ? known : unknown); }
    const Locator& locator_;
    std::vector<Fate> fates_;
  };
  const auto locator = Locator::open(std::span(&file_, 1));
  Looker looker(*locator);
  WorldOptions options;
  options.accounts = 60;
  options.days = 7;
  options.attacks = 6;
  options.attacks_from_day = 2;
  options.without_families = {"ipv6_rotation"};
  options.geography = std::make_shared<const Geography>(geography());
  World world(options, looker);
  populate(world);
  unleash(world);
  world.run();
  EXPECT_GT(looker.known, 2000U);
  EXPECT_EQ(looker.unknown, 0U);
}

TEST_F(MmdbGeography, is_the_same_for_the_same_seed) {
  const Geography once = geography(5);
  const Geography again = geography(5);
  ASSERT_EQ(once.providers().size(), again.providers().size());
  for (std::size_t i = 0; i < once.providers().size(); ++i) {
    EXPECT_EQ(once.providers()[i].kind, again.providers()[i].kind);
  }
}

TEST_F(MmdbGeography, says_what_is_wrong_with_a_file) {
  const std::filesystem::path missing = "/nonexistent/none.mmdb";
  EXPECT_EQ(geography_of(std::span(&missing, 1), 1).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace postreeve::lab
