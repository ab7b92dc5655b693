#include "intake/history_survey.h"

#include <gtest/gtest.h>

#include "intake/log_stamp.h"
#include "intake/test_files.h"

namespace postreeve {
namespace {

Timestamp at(std::string_view rfc3339) {
  return parse_rfc3339(rfc3339).value();
}

YearScan scan_of(const std::vector<std::string_view>& stamps) {
  YearScan scan;
  for (const auto text : stamps) scan.add(find_stamp(text).value());
  return scan;
}

TEST(YearScan, CountsBackFromTheEndOverEveryNewYear) {
  EXPECT_EQ(scan_of({"Nov 22 00:00:00", "Nov 23 00:00:00"}).first_year(at("2026-11-23T08:00:00Z")), 2026);
  EXPECT_EQ(scan_of({"Dec 27 00:00:00", "Jan  3 00:00:00"}).first_year(at("2026-01-03T08:00:00Z")), 2025);
  EXPECT_EQ(scan_of({"Dec 27 00:00:00", "Jan  3 00:00:00", "Nov  3 00:00:00", "Feb  1 00:00:00"})
                .first_year(at("2026-02-03T08:00:00Z")),
            2024);
}

TEST(YearScan, BelievesTheLastLineNotTheFirst) {
  // Written last year, copied in the calendar week between its first and last day.
  EXPECT_EQ(scan_of({"Nov 20 00:00:00", "Dec 20 00:00:00"}).first_year(at("2026-12-05T08:00:00Z")), 2025);
}

TEST(YearScan, KnowsThatALeapDayNeedsALeapYear) {
  EXPECT_EQ(scan_of({"Feb 28 00:00:00", "Feb 29 00:00:00", "Mar  1 00:00:00"})
                .first_year(at("2026-11-22T00:00:00Z")),
            2024);
  EXPECT_EQ(scan_of({"Dec 28 00:00:00", "Feb 29 00:00:00"}).first_year(at("2026-11-22T00:00:00Z")), 2023);
}

TEST(YearScan, HasNothingToInferFromStampsWithYears) {
  EXPECT_EQ(scan_of({"2026-11-22 00:00:00"}).first_year(at("2026-11-22T00:00:00Z")), std::nullopt);
}

TEST(RotatedName, OrdersSiblings) {
  EXPECT_EQ(rotated_name("/var/log/mail.log"), (RotatedName{"/var/log/mail.log", 0}));
  EXPECT_EQ(rotated_name("/var/log/mail.log.1"), (RotatedName{"/var/log/mail.log", 2}));
  EXPECT_EQ(rotated_name("/var/log/mail.log.12.gz"), (RotatedName{"/var/log/mail.log", 13}));
  EXPECT_EQ(rotated_name("maillog-20261122.zst"), (RotatedName{"maillog-20261122", 0}));
}

TEST(DateInName, IsTheDayOfRotation) {
  EXPECT_EQ(date_in_name("/var/log/maillog-20261122.gz"), at("2026-11-22T00:00:00Z"));
  EXPECT_EQ(date_in_name("maillog.20261122-000802"), at("2026-11-22T00:00:00Z"));
  EXPECT_EQ(date_in_name("/backup-20261122/mail.log"), std::nullopt);
  EXPECT_EQ(date_in_name("mail-20269922"), std::nullopt);
  EXPECT_EQ(date_in_name("mail-2026112233"), std::nullopt);
  EXPECT_EQ(date_in_name("mail.log"), std::nullopt);
}

std::string first_of(const SurveyedFile& file) {
  return file.first_time ? format_rfc3339(*file.first_time) : "";
}

std::vector<SurveyedFile> survey(const HistoryOptions& options) {
  auto zone = CivilZone::open("UTC");
  return survey_files(options, *zone);
}

TEST(HistorySurvey, LetsEachRotatedFileEndWhereTheYoungerBegins) {
  const TestFolder folder;
  // All copied at the same time: the modification times say nothing about the years.
  const auto copied = "2026-11-22T12:00:00Z";
  HistoryOptions options;
  options.files = {folder.write_at("mail.log", "Nov 20 00:00:00 mx x[1]: y\n", copied),
                   folder.write_at("mail.log.1", "Jun 20 00:00:00 mx x[1]: y\n", copied),
                   folder.write_at("mail.log.2.gz", gzipped("Jan 20 00:00:00 mx x[1]: y\n"), copied),
                   folder.write_at("mail.log.3.gz", gzipped("Aug 20 00:00:00 mx x[1]: y\n"), copied),
                   folder.write_at("other.log", "Aug 20 00:00:00 mx x[1]: y\n", copied)};
  const auto files = survey(options);
  ASSERT_EQ(files.size(), 5U);
  EXPECT_EQ(first_of(files[0]), "2026-11-20T00:00:00.000Z");
  EXPECT_EQ(first_of(files[1]), "2026-06-20T00:00:00.000Z");
  EXPECT_EQ(first_of(files[2]), "2026-01-20T00:00:00.000Z");
  EXPECT_EQ(first_of(files[3]), "2025-08-20T00:00:00.000Z");
  EXPECT_EQ(first_of(files[4]), "2026-08-20T00:00:00.000Z");
}

TEST(HistorySurvey, BelievesADateInTheName) {
  const TestFolder folder;
  HistoryOptions options;
  options.files = {
      folder.write_at("maillog-20240603", "May 27 00:00:00 mx x[1]: y\n", "2026-11-22T12:00:00Z")};
  EXPECT_EQ(first_of(survey(options)[0]), "2024-05-27T00:00:00.000Z");
}

TEST(HistorySurvey, BelievesTheTimeInAGzipHeader) {
  const TestFolder folder;
  std::string compressed = gzipped("May 27 00:00:00 mx x[1]: y\n");
  constexpr std::uint32_t kJune2024 = 1'717'400'000;
  for (std::size_t i = 0; i < 4; ++i) compressed[4 + i] = static_cast<char>(kJune2024 >> (8 * i) & 0xff);
  HistoryOptions options;
  options.files = {folder.write_at("mail.log.2.gz", compressed, "2026-11-22T12:00:00Z")};
  EXPECT_EQ(first_of(survey(options)[0]), "2024-05-27T00:00:00.000Z");
}

TEST(HistorySurvey, BelievesTheCallersNow) {
  const TestFolder folder;
  HistoryOptions options;
  options.files = {folder.write_at("mail.log", "May 27 00:00:00 mx x[1]: y\n", "2026-11-22T12:00:00Z")};
  options.now = at("2021-05-28T00:00:00Z");
  EXPECT_EQ(first_of(survey(options)[0]), "2021-05-27T00:00:00.000Z");
}

TEST(HistorySurvey, SeesNewYearFarInsideALongFile) {
  const TestFolder folder;
  std::string text;
  const std::string rest = " 00:00:00 mx x[1]: " + std::string(180, 'y') + "\n";
  while (text.size() < 12U * 1024 * 1024) text += "Nov  3" + rest;
  while (text.size() < 24U * 1024 * 1024) text += "Feb  3" + rest;
  while (text.size() < 30U * 1024 * 1024) text += "Dec  3" + rest;
  while (text.size() < 34U * 1024 * 1024) text += "Jan  3" + rest;
  HistoryOptions options;
  options.files = {folder.write_at("mail.log", text, "2026-01-04T12:00:00Z")};
  EXPECT_EQ(first_of(survey(options)[0]), "2024-11-03T00:00:00.000Z");
}

TEST(HistorySurvey, KnowsWhenATraceBegins) {
  const TestFolder folder;
  HistoryOptions options;
  options.is_trace = true;
  options.files = {
      folder.write("a.jsonl",
                   "\n{\"time\":\"2026-03-02T08:00:00Z\",\"event\":\"login\",\"account\":\"a\"}\n"),
      folder.write("b.jsonl", "no trace"), folder.path() + "/missing"};
  const auto files = survey(options);
  EXPECT_EQ(first_of(files[0]), "2026-03-02T08:00:00.000Z");
  EXPECT_EQ(first_of(files[1]), "");
  EXPECT_EQ(first_of(files[2]), "");
}

}  // namespace
}  // namespace postreeve
