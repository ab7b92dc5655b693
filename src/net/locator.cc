#include "net/locator.h"

#include <arpa/inet.h>
#include <maxminddb.h>
#include <netinet/in.h>

#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

#include "base/ascii.h"

namespace postreeve {

struct Locator::File {
  MMDB_s database{};
  bool open = false;

  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (open) MMDB_close(&database);
  }
};

namespace {

// A path into a record, ended by a null pointer as libmaxminddb wants it.
using Path = std::array<const char*, 3>;

constexpr Path kCountryPaths[] = {
    {"country", "iso_code"}, {"registered_country", "iso_code"}, {"country_code"}, {"country"}};
constexpr Path kAsnPaths[] = {{"autonomous_system_number"}, {"asn"}};
constexpr Path kLatitudePaths[] = {{"location", "latitude"}, {"latitude"}, {"lat"}};
constexpr Path kLongitudePaths[] = {{"location", "longitude"}, {"longitude"}, {"lng"}};
constexpr Path kRadiusPaths[] = {{"location", "accuracy_radius"}, {"accuracy_radius"}};

// What a position is worth whose file does not say: about a metropolitan area.
constexpr double kUnstatedRadiusKm = 100;

std::optional<MMDB_entry_data_s> value_at(MMDB_entry_s entry, const Path& path) noexcept {
  MMDB_entry_data_s data;
  if (MMDB_aget_value(&entry, &data, path.data()) != MMDB_SUCCESS || !data.has_data) return std::nullopt;
  return data;
}

std::string_view text_of(const MMDB_entry_data_s& data) noexcept {
  if (data.type != MMDB_DATA_TYPE_UTF8_STRING) return {};
  return {data.utf8_string, data.data_size};
}

// A number however the file's author stored it, texts included.
std::optional<double> number_of(const MMDB_entry_data_s& data) noexcept {
  double number = 0;
  switch (data.type) {
    case MMDB_DATA_TYPE_DOUBLE:
      number = data.double_value;
      break;
    case MMDB_DATA_TYPE_FLOAT:
      number = double{data.float_value};
      break;
    case MMDB_DATA_TYPE_UINT16:
      number = data.uint16;
      break;
    case MMDB_DATA_TYPE_UINT32:
      number = data.uint32;
      break;
    case MMDB_DATA_TYPE_INT32:
      number = data.int32;
      break;
    case MMDB_DATA_TYPE_UINT64:
      number = static_cast<double>(data.uint64);
      break;
    case MMDB_DATA_TYPE_UTF8_STRING: {
      const std::string_view text = trim(text_of(data));
      const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
      break;
    }
    default:
      return std::nullopt;
  }
  if (!std::isfinite(number)) return std::nullopt;
  return number;
}

// "AS64500", "64500" and "AS64500 Example Ltd".
std::uint32_t asn_of_text(std::string_view text) noexcept {
  text = trim(text);
  if (equals_ignoring_case(text.substr(0, 2), "as")) text.remove_prefix(2);
  std::uint32_t asn = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, asn);
  return error == std::errc{} && (stop == end || is_space(*stop)) ? asn : 0;
}

CountryCode country_in(const MMDB_entry_s& entry) noexcept {
  for (const Path& path : kCountryPaths) {
    const auto data = value_at(entry, path);
    const CountryCode country = data ? CountryCode::of(text_of(*data)) : CountryCode{};
    if (country.known()) return country;
  }
  return {};
}

std::uint32_t asn_in(const MMDB_entry_s& entry) noexcept {
  for (const Path& path : kAsnPaths) {
    const auto data = value_at(entry, path);
    if (!data) continue;
    if (const std::uint32_t asn = asn_of_text(text_of(*data)); asn != 0) return asn;
    const double number = number_of(*data).value_or(0);
    if (number >= 1 && number <= 0xffffffffU) return static_cast<std::uint32_t>(number);
  }
  return 0;
}

std::optional<double> number_in(const MMDB_entry_s& entry, std::span<const Path> paths) noexcept {
  for (const Path& path : paths) {
    const auto data = value_at(entry, path);
    if (!data) continue;
    if (const auto number = number_of(*data)) return number;
  }
  return std::nullopt;
}

std::optional<Position> position_in(const MMDB_entry_s& entry) noexcept {
  const auto latitude = number_in(entry, kLatitudePaths);
  const auto longitude = number_in(entry, kLongitudePaths);
  if (!latitude || !longitude || std::abs(*latitude) > 90 || std::abs(*longitude) > 180) return std::nullopt;
  // Flat files write 0, 0 where they know no place; it is open sea.
  if (*latitude == 0 && *longitude == 0) return std::nullopt;
  double radius_km = number_in(entry, kRadiusPaths).value_or(kUnstatedRadiusKm);
  if (radius_km <= 0 || radius_km > 20'038) radius_km = kUnstatedRadiusKm;  // half the equator
  return Position{static_cast<float>(*latitude), static_cast<float>(*longitude),
                  static_cast<float>(radius_km)};
}

std::optional<MMDB_entry_s> find_entry(const MMDB_s& database, const IpAddress& address) noexcept {
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  const sockaddr* socket_address = nullptr;
  if (address.is_v4()) {
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = htonl(address.to_v4());
    socket_address = reinterpret_cast<const sockaddr*>(&v4);
  } else {
    v6.sin6_family = AF_INET6;
    for (unsigned i = 0; i < 8; ++i) {
      v6.sin6_addr.s6_addr[i] = static_cast<std::uint8_t>(address.high() >> (56 - 8 * i));
      v6.sin6_addr.s6_addr[8 + i] = static_cast<std::uint8_t>(address.low() >> (56 - 8 * i));
    }
    socket_address = reinterpret_cast<const sockaddr*>(&v6);
  }
  int error = MMDB_SUCCESS;
  const MMDB_lookup_result_s result = MMDB_lookup_sockaddr(&database, socket_address, &error);
  if (error != MMDB_SUCCESS || !result.found_entry) return std::nullopt;
  return result.entry;
}

// Takes from `entry` what no file before it knew.
void complete(Location& location, const MMDB_entry_s& entry) noexcept {
  if (!location.country.known()) location.country = country_in(entry);
  if (location.asn == 0) location.asn = asn_in(entry);
  if (!location.position) location.position = position_in(entry);
}

std::unexpected<Error> cannot_open(const std::filesystem::path& path, int status) {
  const std::string file = "geography file '" + path.string() + "' ";
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return fail(ErrorCode::kNotFound, file + "does not exist");
  if (!std::filesystem::is_regular_file(path, error))
    return fail(ErrorCode::kCorrupt, file + "is not a file");
  if (status == MMDB_FILE_OPEN_ERROR) return fail(ErrorCode::kNotFound, file + "may not be read");
  return fail(ErrorCode::kCorrupt, file + "is not an MMDB: " + MMDB_strerror(status));
}

}  // namespace

Locator::Locator() = default;
Locator::~Locator() = default;
Locator::Locator(Locator&&) noexcept = default;
Locator& Locator::operator=(Locator&&) noexcept = default;

Result<Locator> Locator::open(std::span<const std::filesystem::path> files) {
  Locator locator;
  for (const std::filesystem::path& path : files) {
    auto file = std::make_unique<File>();
    const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &file->database);
    if (status != MMDB_SUCCESS) return cannot_open(path, status);
    file->open = true;
    locator.files_.push_back(std::move(file));
  }
  return locator;
}

Location Locator::locate(const IpAddress& address) const noexcept {
  Location location;
  if (address.is_private()) return location;
  for (const auto& file : files_) {
    if (const auto entry = find_entry(file->database, address)) complete(location, *entry);
  }
  if (!location.position) location.position = country_centroid(location.country);
  return location;
}

bool Locator::empty() const noexcept {
  return files_.empty();
}

}  // namespace postreeve
