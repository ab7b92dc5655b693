#include "app/copy_marker.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "base/whole_file.h"

namespace postreeve {
namespace {

namespace json = boost::json;

json::object as_json(const StatePlace& place) {
  return {{"records", place.records}, {"ledger", place.ledger}};
}

StatePlace place_in(const json::value& value) {
  return {.records = json::value_to<std::string>(value.at("records")),
          .ledger = json::value_to<std::string>(value.at("ledger"))};
}

}  // namespace

std::string copy_marker_file(const Serving& to) {
  return to.state_path + ".copy";
}

Result<std::optional<CopyMarker>> read_copy_marker(const std::string& file) {
  std::error_code failure;
  if (!std::filesystem::exists(file, failure)) return std::nullopt;
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorCode::kUnavailable, fmt::format("{}: it cannot be read", file));
  try {
    const json::value read = json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
    return CopyMarker{.from = place_in(read.at("from")),
                      .to = place_in(read.at("to")),
                      .as_of = json::value_to<std::string>(read.at("as_of")),
                      .is_emptying = read.at("is_emptying").as_bool()};
  } catch (const std::exception&) {
    return fail(ErrorCode::kCorrupt,
                fmt::format("{}: it does not say what was copied; remove it and copy with --replace", file));
  }
}

Result<void> write_copy_marker(const std::string& file, const CopyMarker& marker) {
  const json::object text{{"from", as_json(marker.from)},
                          {"to", as_json(marker.to)},
                          {"as_of", marker.as_of},
                          {"is_emptying", marker.is_emptying}};
  const Result<void> written = write_whole_file(file, json::serialize(text) + "\n");
  if (!written) return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", file, written.error().detail));
  return {};
}

Result<void> remove_copy_marker(const std::string& file) {
  std::error_code failure;
  std::filesystem::remove(file, failure);
  if (failure) return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", file, failure.message()));
  return {};
}

}  // namespace postreeve
