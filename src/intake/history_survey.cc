#include "intake/history_survey.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <tuple>

#include "base/ascii.h"
#include "intake/line_reader.h"
#include "intake/log_stamp.h"
#include "intake/trace_parser.h"

namespace postreeve {
namespace {

using std::chrono::days;
using std::chrono::month_day;

constexpr LineLimits kGlance{64 * 1024, 4 * 1024};

month_day day_of(const Stamp& stamp) {
  return {std::chrono::month{stamp.month}, std::chrono::day{stamp.day}};
}

std::string_view without_compression(std::string_view name) {
  for (const std::string_view suffix : {".gz", ".zst"}) {
    if (name.ends_with(suffix)) return name.substr(0, name.size() - suffix.size());
  }
  return name;
}

// The first stamp of the lines from `offset` on that begins a line.
void scan_place(int descriptor, std::uint64_t offset, YearScan& scan) {
  std::array<char, 4096> bytes{};
  const auto got = ::pread(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
  if (got <= 0) return;
  std::string_view text(bytes.data(), static_cast<std::size_t>(got));
  while (true) {
    const auto stop = text.find('\n');
    if (stop == std::string_view::npos) return;
    text.remove_prefix(stop + 1);
    const auto stamp = find_stamp(text.substr(0, text.find('\n')));
    if (!stamp) continue;
    scan.add(*stamp);
    return;
  }
}

// Goes on where a full scan would take too long: a few hundred places of the rest.
void scan_places(const std::string& path, std::uint64_t size, YearScan& scan) {
  constexpr std::uint64_t kPlaces = 256;
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  const std::uint64_t begin = std::min(size, kScannedBytes);
  const std::uint64_t last = size < 4096 ? 0 : size - 4096;
  for (std::uint64_t place = 0; place <= kPlaces; ++place) {
    scan_place(descriptor, begin + (std::max(last, begin) - begin) * place / kPlaces, scan);
  }
  ::close(descriptor);
}

YearScan scan_log(const std::string& path, std::uint64_t size) {
  YearScan scan;
  auto source = open_byte_source(path);
  if (!source) return scan;
  LineReader reader(std::move(*source), kGlance);
  LineBlock block;
  std::uint64_t scanned = 0;
  while (scanned < kScannedBytes) {
    const auto more = reader.next(block);
    if (!more || !*more) return scan;
    scanned += block.text().size();
    for_each_line(block.text(), kGlance.line_bytes, [&](Line line) {
      if (const auto stamp = find_stamp(line.text)) scan.add(*stamp);
    });
    if (scan.first() && scan.first()->year != 0) return scan;  // nothing to infer
  }
  if (reader.is_plain()) scan_places(path, size, scan);
  return scan;
}

std::optional<Timestamp> first_trace_time(const std::string& path, const std::string& default_domain) {
  auto source = open_byte_source(path);
  if (!source) return std::nullopt;
  LineReader reader(std::move(*source), {64 * 1024, 1024 * 1024});
  LineBlock block;
  if (!reader.next(block).value_or(false)) return std::nullopt;
  TraceParser parser(default_domain);
  TraceLine parsed;
  std::optional<Timestamp> first;
  for_each_line(block.text(), block.text().size(), [&](Line line) {
    if (first) return;
    parser.parse(line.text, parsed);
    if (parsed.kind == TraceLine::Kind::kEvent) first = time_of(parsed.event);
  });
  return first;
}

// One log file on its way to a SurveyedFile.
struct Candidate {
  std::size_t index = 0;
  RotatedName name;
  YearScan scan;
  Timestamp latest{};
};

// When a gzip file's content was last written (RFC 1952 2.3.1, MTIME); a copy of the file has a
// time of its own, its content keeps this one.
std::optional<Timestamp> written_before_gzip(const std::string& path) {
  std::array<unsigned char, 8> header{};
  std::ifstream file(path, std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(header.data()), header.size())) return std::nullopt;
  if (header[0] != 0x1f || header[1] != 0x8b) return std::nullopt;
  const auto seconds = static_cast<std::uint32_t>(header[4]) | static_cast<std::uint32_t>(header[5]) << 8 |
                       static_cast<std::uint32_t>(header[6]) << 16 |
                       static_cast<std::uint32_t>(header[7]) << 24;
  if (seconds == 0) return std::nullopt;  // not told
  return from_seconds32(seconds);
}

Timestamp end_of(const std::string& path, Timestamp latest) {
  for (const auto hint : {date_in_name(path), written_before_gzip(path)}) {
    if (hint) latest = std::min(latest, *hint + days{1});
  }
  return latest;
}

void settle(const Candidate& candidate, Timestamp latest, CivilZone& zone, SurveyedFile& file) {
  file.years = {candidate.scan.first_year(latest), latest};
  if (candidate.scan.first()) file.first_time = LogClock(zone, file.years).read(*candidate.scan.first());
}

// From the youngest sibling to the oldest: each ends where the one before began.
void settle_siblings(std::vector<Candidate>& candidates, CivilZone& zone, std::vector<SurveyedFile>& files) {
  std::ranges::sort(candidates, {},
                    [](const Candidate& one) { return std::tuple(one.name.stem, one.name.age, one.index); });
  const Candidate* younger = nullptr;
  for (const auto& candidate : candidates) {
    Timestamp latest = candidate.latest;
    if (younger != nullptr && younger->name.stem == candidate.name.stem &&
        younger->name.age < candidate.name.age) {
      latest = std::min(latest, files[younger->index].first_time.value_or(latest));
    }
    settle(candidate, latest, zone, files[candidate.index]);
    if (files[candidate.index].first_time) younger = &candidate;
  }
}

}  // namespace

void YearScan::add(const Stamp& stamp) {
  if (!first_) first_ = stamp;
  if (stamp.year != 0) return;
  const auto day = day_of(stamp);
  if (last_day_ == day) return;
  if (last_day_) last_year_ += year_step(*last_day_, day);
  last_day_ = day;
  const bool is_leap_day = stamp.month == 2 && stamp.day == 29;
  if (is_leap_day && (leap_years_.empty() || leap_years_.back() != last_year_))
    leap_years_.push_back(last_year_);
}

std::optional<int> YearScan::first_year(Timestamp latest) const {
  if (!last_day_) return std::nullopt;
  const int year = last_year_of(*last_day_, latest) - last_year_;
  const auto fits = [this](int first) {
    return std::ranges::all_of(leap_years_,
                               [first](int offset) { return std::chrono::year{first + offset}.is_leap(); });
  };
  // Leap years come every four years but for a turn of the century; what does not fit then never will.
  for (int back = 0; back < 8; ++back) {
    if (fits(year - back)) return year - back;
  }
  return year;
}

RotatedName rotated_name(const std::string& path) {
  const auto name = without_compression(path);
  const auto dot = name.rfind('.');
  const auto digits = dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
  if (digits.empty() || digits.size() > 4 || !std::ranges::all_of(digits, is_digit))
    return {std::string(name), 0};
  int age = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), age);
  // mail.log.0 is the first rotated one of some systems: older than mail.log.
  return {std::string(name.substr(0, dot)), age + 1};
}

std::optional<Timestamp> date_in_name(const std::string& path) {
  const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
  for (std::size_t at = 0; at + 9 <= name.size(); ++at) {
    const auto digits = name.substr(at + 1, 8);
    const bool begins =
        (name[at] == '-' || name[at] == '.' || name[at] == '_') && std::ranges::all_of(digits, is_digit);
    if (!begins || (at + 9 < name.size() && is_digit(name[at + 9]))) continue;
    std::string text(digits);
    text = text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6) + "T00:00:00Z";
    if (const auto time = parse_rfc3339(text)) return time;
  }
  return std::nullopt;
}

std::vector<SurveyedFile> survey_files(const HistoryOptions& options, CivilZone& zone) {
  std::vector<SurveyedFile> files;
  std::vector<Candidate> candidates;
  const std::vector<std::string> standard_input{"-"};
  for (const auto& path : options.files.empty() ? standard_input : options.files) {
    auto& file = files.emplace_back(SurveyedFile{path, false, {}, {}});
    const auto facts = file_facts(path);
    if (!facts) continue;
    file.is_stream = !facts->is_regular;
    file.years.latest = options.now.value_or(facts->modified);
    if (file.is_stream) continue;
    if (options.is_trace) {
      file.first_time = first_trace_time(path, options.joiner.default_domain);
      continue;
    }
    candidates.push_back(
        {files.size() - 1, rotated_name(path), scan_log(path, facts->size), end_of(path, file.years.latest)});
  }
  settle_siblings(candidates, zone, files);
  return files;
}

}  // namespace postreeve
