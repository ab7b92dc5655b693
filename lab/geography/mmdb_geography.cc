#include "lab/geography/mmdb_geography.h"

#include <arpa/inet.h>
#include <maxminddb.h>
#include <netinet/in.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>

#include "net/locator.h"

namespace postreeve::lab {
namespace {

constexpr int kShortest = 4;
constexpr int kLongest = 28;  // smaller networks have no room for customers

struct Closer {
  void operator()(MMDB_s* database) const {
    MMDB_close(database);
    delete database;
  }
};
using Database = std::unique_ptr<MMDB_s, Closer>;

Database open(const std::filesystem::path& file) {
  auto database = std::make_unique<MMDB_s>();
  if (MMDB_open(file.c_str(), MMDB_MODE_MMAP, database.get()) != MMDB_SUCCESS) return nullptr;
  return Database(database.release());
}

using Seen = std::function<void(std::uint64_t bits, int length)>;

// All data records below `node`, at most `deepest` bits down; what goes deeper counts as one.
struct Walk {
  const MMDB_s& database;
  int deepest;
  const Seen& seen;

  void below(std::uint32_t node, std::uint64_t bits, int length) const {
    if (length == deepest) return seen(bits, length);
    MMDB_search_node_s both;
    if (MMDB_read_node(&database, node, &both) != MMDB_SUCCESS) return;
    branch(both.left_record_type, both.left_record, bits, length + 1);
    branch(both.right_record_type, both.right_record, bits | 1ULL << (63 - length), length + 1);
  }

  void branch(std::uint8_t type, std::uint64_t record, std::uint64_t bits, int length) const {
    if (type == MMDB_RECORD_TYPE_DATA) return seen(bits, length);
    if (type == MMDB_RECORD_TYPE_SEARCH_NODE) below(static_cast<std::uint32_t>(record), bits, length);
  }
};

// Whose network it is, by the names that files give that field.
std::string owner_of(const Database& database, const IpAddress& address) {
  constexpr std::array<const char*, 6> kFields{
      "autonomous_system_organization", "as_name", "organization", "as_organization", "isp", "name"};
  sockaddr_in socket_address{};
  socket_address.sin_family = AF_INET;
  socket_address.sin_addr.s_addr = htonl(address.to_v4());
  int error = MMDB_SUCCESS;
  auto found =
      MMDB_lookup_sockaddr(database.get(), reinterpret_cast<const sockaddr*>(&socket_address), &error);
  if (error != MMDB_SUCCESS || !found.found_entry) return {};
  for (const char* field : kFields) {
    MMDB_entry_data_s data;
    const std::array<const char*, 2> path{field, nullptr};
    if (MMDB_aget_value(&found.entry, &data, path.data()) != MMDB_SUCCESS || !data.has_data) continue;
    if (data.type == MMDB_DATA_TYPE_UTF8_STRING) return {data.utf8_string, data.data_size};
  }
  return {};
}

class Reader {
 public:
  Reader(const Locator& locator, const std::vector<Database>& databases)
      : locator_(locator), databases_(databases) {}

  void read(const MMDB_s& first) {
    const bool is_v4 = first.metadata.ip_version == 4;
    const Seen see_v4 = [this](std::uint64_t bits, int length) { take_v4(bits, length); };
    if (is_v4 || first.ipv4_start_node.netmask == 96) {
      Walk{first, 32, see_v4}.below(is_v4 ? 0 : first.ipv4_start_node.node_value, 0, 0);
    }
    if (is_v4) return;
    const Seen see_v6 = [this](std::uint64_t bits, int length) { take_v6(bits, length); };
    Walk{first, 32, see_v6}.below(0, 0, 0);
  }

  std::vector<KnownNetwork> networks;
  std::map<std::uint32_t, std::uint64_t> v6_by_asn;

 private:
  void take_v4(std::uint64_t bits, int length) {
    const auto address = static_cast<std::uint32_t>(bits >> 32);
    const IpAddress inside = IpAddress::v4(address + 1);
    if (length < kShortest || length > kLongest || inside.is_private()) return;
    const Location location = locator_.locate(inside);
    if (!location.country.known()) return;
    const std::uint16_t country = country_index(location.country.text());
    if (all_countries()[country].code != location.country.text()) return;
    KnownNetwork& network = networks.emplace_back();
    network.block.first = address;
    network.block.length = static_cast<std::uint8_t>(length);
    network.block.country = country;
    network.block.latitude =
        location.position ? location.position->latitude : all_countries()[country].latitude;
    network.block.longitude =
        location.position ? location.position->longitude : all_countries()[country].longitude;
    network.asn = location.asn;
    for (const Database& database : databases_) {
      if (network.owner.empty()) network.owner = owner_of(database, inside);
    }
  }

  // The first /32 of each autonomous system, of the addresses in use (2000::/3).
  void take_v6(std::uint64_t bits, int length) {
    if (bits >> 61 != 1 || length < 16) return;
    const std::uint64_t high = bits & 0xffffffff00000000ULL;
    const Location location = locator_.locate(IpAddress(high, 1));
    if (location.asn != 0) v6_by_asn.try_emplace(location.asn, high);
  }

  const Locator& locator_;
  const std::vector<Database>& databases_;
};

}  // namespace

Result<Geography> geography_of(std::span<const std::filesystem::path> files, std::uint64_t seed) {
  const Result<Locator> locator = Locator::open(files);
  if (!locator) return std::unexpected(locator.error());
  std::vector<Database> databases;
  for (const std::filesystem::path& file : files) {
    databases.push_back(open(file));
    if (!databases.back()) return fail(ErrorCode::kCorrupt, file.string() + " is not an MMDB");
  }
  if (databases.empty()) return fail(ErrorCode::kInvalidInput, "no geography file is given");
  Reader reader(*locator, databases);
  reader.read(*databases.front());
  if (reader.networks.empty()) {
    return fail(ErrorCode::kInvalidInput, files.front().string() + " has no network of a known country");
  }
  return Geography(reader.networks, reader.v6_by_asn, seed);
}

}  // namespace postreeve::lab
