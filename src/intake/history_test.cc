#include "intake/history.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "intake/test_files.h"
#include "intake/trace.h"

namespace postreeve {
namespace {

struct Story {
  std::vector<std::string> events;  // as trace lines
  HistoryResult result;
};

Story read(const HistoryOptions& options) {
  Story story;
  story.result = read_history(options,
                              [&story](Event&& event) {
                                story.events.push_back(write_trace_line(event));
                                return true;
                              },
                              {});
  return story;
}

Story read(std::vector<std::string> files) {
  HistoryOptions options;
  options.files = std::move(files);
  return read(options);
}

Story read_traces(std::vector<std::string> files, unsigned threads = 2) {
  HistoryOptions options;
  options.files = std::move(files);
  options.is_trace = true;
  options.threads = threads;
  return read(options);
}

std::string login_line(std::string_view stamp, std::string_view account) {
  return std::string(stamp) + " mx dovecot: imap-login: Login: user=<" + std::string(account) +
         ">, method=PLAIN, rip=192.0.2.1, lip=192.0.2.9, mpid=7, session=<" + std::string(account) + ">\n";
}

std::string trace_line(std::string_view time, std::string_view account) {
  return R"({"time":")" + std::string(time) + R"(","event":"login","account":")" + std::string(account) +
         "\"}\n";
}

// "08:00:01 a" of each event.
std::vector<std::string> brief(const Story& story) {
  std::vector<std::string> all;
  TraceReader reader("");
  for (const auto& line : story.events) {
    const auto event = reader.read(line);
    all.push_back(format_rfc3339(time_of(*event)).substr(0, 19) + " " + account_of(*event).text());
  }
  return all;
}

using Texts = std::vector<std::string>;

TEST(History, ReadsALogIntoEvents) {
  const TestFolder folder;
  const auto story =
      read({folder.write_at("mail.log",
                            login_line("Nov 22 08:00:00", "a") + "\n" + login_line("Nov 22 08:00:01", "b") +
                                "Nov 22 08:00:02 mx su: hello\n",
                            "2026-11-22T09:00:00Z")});
  EXPECT_EQ(brief(story), (Texts{"2026-11-22T08:00:00 a", "2026-11-22T08:00:01 b"}));
  EXPECT_EQ(story.result.counts.lines_read, 4U);
  EXPECT_EQ(story.result.counts.lines_understood, 4U);
  EXPECT_EQ(story.result.counts.lines_unparsed(), 0U);
  EXPECT_TRUE(story.result.problems.empty());
}

TEST(History, CountsWhatNobodyUnderstandsWithItsPlace) {
  const TestFolder folder;
  const auto path = folder.write("mail.log", login_line("Nov 22 08:00:00", "a") + "what is this\n" +
                                                 "Nov 22 08:00:02 mx dovecot: florble wurble " +
                                                 std::string(300, '!') + "\n");
  const auto story = read({path});
  const auto& counts = story.result.counts;
  EXPECT_EQ(counts.lines_read, 3U);
  EXPECT_EQ(counts.lines_understood, 1U);
  EXPECT_EQ(counts.lines_unparsed(), 2U);
  ASSERT_TRUE(counts.unparsed.contains("other"));
  EXPECT_EQ(counts.unparsed.at("other").samples, (Texts{path + ":2: what is this"}));
  ASSERT_TRUE(counts.unparsed.contains("dovecot"));
  EXPECT_EQ(counts.unparsed.at("dovecot").samples.at(0).size(), path.size() + 4 + 200);
}

TEST(History, GoesOverNewYearInsideAFileAndAcrossRotatedOnes) {
  const TestFolder folder;
  const auto younger =
      folder.write_at("mail.log", login_line("Jan  3 08:00:00", "d"), "2026-01-03T09:00:00Z");
  const auto older =
      folder.write_at("mail.log.1.gz",
                      gzipped(login_line("Dec 30 08:00:00", "a") + login_line("Dec 31 23:59:59", "b") +
                              login_line("Jan  1 00:00:01", "c")),
                      "2026-01-02T06:00:00Z");
  const Texts expected = {"2025-12-30T08:00:00 a", "2025-12-31T23:59:59 b", "2026-01-01T00:00:01 c",
                          "2026-01-03T08:00:00 d"};
  EXPECT_EQ(brief(read({younger, older})), expected);
  EXPECT_EQ(brief(read({older, younger})), expected);
}

TEST(History, ReadsCivilTimeInTheZoneGiven) {
  const TestFolder folder;
  HistoryOptions options;
  options.files = {folder.write_at("mail.log",
                                   login_line("Oct 25 02:59:59", "a") + login_line("Oct 25 02:00:01", "b"),
                                   "2026-11-22T09:00:00Z")};
  options.time_zone = "Europe/Berlin";
  EXPECT_EQ(brief(read(options)), (Texts{"2026-10-25T00:59:59 a", "2026-10-25T01:00:01 b"}));
}

TEST(History, RefusesAZoneThatDoesNotExist) {
  HistoryOptions options;
  options.files = {"/dev/null"};
  options.time_zone = "Middle/Earth";
  const auto story = read(options);
  ASSERT_EQ(story.result.problems.size(), 1U);
  EXPECT_EQ(story.result.problems[0].error.code, ErrorCode::kInvalidInput);
}

TEST(History, MergesFilesByTimeAndThenByTheirOrder) {
  const TestFolder folder;
  const auto one = folder.write("one.log", login_line("2026-11-22T08:00:00Z", "a") +
                                               login_line("2026-11-22T08:00:02Z", "b") +
                                               login_line("2026-11-22T08:00:04Z", "c"));
  const auto two = folder.write("two.log", login_line("2026-11-22T08:00:01Z", "d") +
                                               login_line("2026-11-22T08:00:02Z", "e") +
                                               login_line("2026-11-22T08:00:03Z", "f"));
  EXPECT_EQ(brief(read({one, two})),
            (Texts{"2026-11-22T08:00:00 a", "2026-11-22T08:00:01 d", "2026-11-22T08:00:02 b",
                   "2026-11-22T08:00:02 e", "2026-11-22T08:00:03 f", "2026-11-22T08:00:04 c"}));
  EXPECT_EQ(brief(read({two, one}))[2], "2026-11-22T08:00:02 e");
}

TEST(History, ReportsEachBrokenFileAndReadsTheOthers) {
  const TestFolder folder;
  const auto good = folder.write("good.log", login_line("2026-11-22T08:00:00Z", "a"));
  std::string binary;
  for (int i = 0; i < 10'000; ++i) binary += static_cast<char>(i * 7919 % 251);
  std::string log;
  for (int i = 0; i < 2000; ++i)
    log += login_line("2026-11-22T07:00:00Z", "user" + std::to_string(i * 7919 % 104'729));
  const auto packed = gzipped(log);
  const auto cut = folder.write("cut.gz", packed.substr(0, packed.size() / 2));
  const auto story =
      read({folder.path() + "/missing", folder.path(), folder.write("binary", binary), cut, good});
  const auto& problems = story.result.problems;
  ASSERT_EQ(problems.size(), 4U);
  const auto problem_of = [&problems](std::string_view file) {
    return *std::ranges::find_if(problems, [file](const auto& one) { return one.file.ends_with(file); });
  };
  EXPECT_EQ(problem_of("missing").error.code, ErrorCode::kNotFound);
  EXPECT_EQ(problem_of(folder.path()).error.code, ErrorCode::kInvalidInput);
  EXPECT_EQ(problem_of("binary").error.code, ErrorCode::kInvalidInput);
  EXPECT_EQ(problem_of("cut.gz").error.code, ErrorCode::kCorrupt);
  EXPECT_EQ(problem_of("cut.gz").line, story.events.size());  // those of cut.gz, and good.log's one
  EXPECT_GT(story.events.size(), 500U);
  EXPECT_EQ(brief(story).back(), "2026-11-22T08:00:00 a");
}

TEST(History, IsEmptyForEmptyFiles) {
  const TestFolder folder;
  const auto story = read({folder.write("empty", ""), folder.write("empty.gz", gzipped(""))});
  EXPECT_TRUE(story.events.empty());
  EXPECT_TRUE(story.result.problems.empty());
  EXPECT_EQ(story.result.counts.lines_read, 0U);
}

TEST(History, SurvivesHostileLines) {
  const TestFolder folder;
  const auto login = login_line("2026-11-22T08:00:00Z", "a");
  const std::string nul(1, '\0');
  const auto story =
      read({folder.write("mail.log", login + "2026-11-22T08:00:00Z mx dovecot: imap-login: Login: user=<" +
                                         std::string(500'000, 'x') + ">, method=PLAIN, rip=192.0.2.1\n" +
                                         nul + nul + "\n" + login.substr(0, login.size() / 2) + "\n" +
                                         "2026-11-22T08:00:00Z mx dovecot: imap-log")});
  EXPECT_EQ(brief(story), (Texts{"2026-11-22T08:00:00 a"}));
  EXPECT_EQ(story.result.counts.lines_read, 5U);
}

TEST(History, ReadsAPipeWithoutLookingAtItBefore) {
  const TestFolder folder;
  const auto pipe = folder.path() + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&pipe] { std::ofstream(pipe) << login_line("2026-11-22T08:00:00Z", "a"); });
  const auto story = read({pipe, folder.write("mail.log", login_line("2026-11-22T07:00:00Z", "b"))});
  writer.join();
  EXPECT_EQ(brief(story), (Texts{"2026-11-22T07:00:00 b", "2026-11-22T08:00:00 a"}));
  EXPECT_EQ(total_bytes({pipe}), std::nullopt);
}

TEST(History, StopsWhenTheSinkHasEnough) {
  const TestFolder folder;
  std::string log;
  for (int i = 0; i < 20'000; ++i) log += login_line("2026-11-22T08:00:00Z", "user" + std::to_string(i));
  HistoryOptions options;
  options.files = {folder.write("mail.log", log)};
  int events = 0;
  const auto result = read_history(options, [&events](Event&&) { return ++events < 10; }, {});
  EXPECT_EQ(events, 10);
  EXPECT_LT(result.counts.lines_read, 20'000U);
}

TEST(History, TellsItsProgressAtLeastAtTheEnd) {
  const TestFolder folder;
  HistoryOptions options;
  options.files = {folder.write("mail.log", login_line("2026-11-22T08:00:00Z", "a"))};
  std::uint64_t bytes = 0;
  Timestamp latest;
  const auto progress = [&](const HistoryCounts& counts, Timestamp time) {
    bytes = counts.bytes_read;
    latest = time;
  };
  (void)read_history(options, [](Event&&) { return true; }, progress);
  EXPECT_EQ(bytes, total_bytes(options.files));
  EXPECT_EQ(format_rfc3339(latest), "2026-11-22T08:00:00.000Z");
  EXPECT_EQ(total_bytes({"-"}), std::nullopt);
}

TEST(History, ReadsATraceUpToItsBrokenLine) {
  const TestFolder folder;
  std::string trace;
  for (int i = 0; i < 20'000; ++i) trace += trace_line("2026-11-22T08:00:00Z", "user" + std::to_string(i));
  const auto broken = folder.write(
      "a.jsonl", trace + "{\"time\":\"2026-11-22T08:00:\n" + trace_line("2026-11-22T08:00:00Z", "unread"));
  const auto whole = folder.write("b.jsonl", trace_line("2026-11-22T09:00:00Z", "later"));
  const auto story = read_traces({broken, whole});
  ASSERT_EQ(story.events.size(), 20'001U);
  EXPECT_EQ(brief(story).back(), "2026-11-22T09:00:00 later");
  ASSERT_EQ(story.result.problems.size(), 1U);
  EXPECT_EQ(story.result.problems[0].file, broken);
  EXPECT_EQ(story.result.problems[0].line, 20'001U);
  EXPECT_EQ(story.result.problems[0].error.code, ErrorCode::kCorrupt);
}

TEST(History, CountsEventsOfAKindItDoesNotKnow) {
  const TestFolder folder;
  const auto story =
      read_traces({folder.write("a.jsonl", "{\"time\":\"2026-11-22T08:00:00Z\",\"event\":\"eclipse\"}\n\n" +
                                               trace_line("2026-11-22T08:00:00Z", "a"))});
  EXPECT_EQ(story.events.size(), 1U);
  EXPECT_EQ(story.result.counts.lines_understood, 2U);
  EXPECT_EQ(story.result.counts.unparsed.at("trace").lines, 1U);
  EXPECT_TRUE(story.result.problems.empty());
}

TEST(History, JoinsDeliveriesAcrossTraces) {
  const TestFolder folder;
  const auto sent = folder.write(
      "a.jsonl", R"({"time":"2026-11-22T08:00:00Z","event":"submission","queue_id":"Q","account":"a"})");
  const auto delivered = folder.write(
      "b.jsonl", R"({"time":"2026-11-22T08:00:01Z","event":"delivery","queue_id":"Q","status":"sent"})");
  EXPECT_EQ(brief(read_traces({delivered, sent})), (Texts{"2026-11-22T08:00:00 a", "2026-11-22T08:00:01 a"}));
}

// Lines of sorted files, several of them at the same second.
struct SortedFiles {
  std::vector<std::string> paths;
  Texts expected;  // all lines in a stable order of their times
};

SortedFiles sorted_files(const TestFolder& folder, bool is_trace) {
  SortedFiles files;
  std::vector<std::pair<int, std::string>> all;
  const int count = *rc::gen::inRange(1, 5);
  for (int file = 0; file < count; ++file) {
    auto seconds = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 60));
    std::ranges::sort(seconds);
    std::string text;
    for (std::size_t i = 0; i < seconds.size(); ++i) {
      const auto account = "f" + std::to_string(file) + "n" + std::to_string(i);
      const auto time =
          "2026-11-22T08:00:" + std::string(seconds[i] < 10 ? "0" : "") + std::to_string(seconds[i]);
      text += is_trace ? trace_line(time + "Z", account) : login_line(time + "Z", account);
      all.emplace_back(seconds[i], time + " " + account);
    }
    files.paths.push_back(folder.write("file" + std::to_string(file), file % 2 == 0 ? text : gzipped(text)));
  }
  std::ranges::stable_sort(all, {}, &std::pair<int, std::string>::first);
  for (auto& [second, line] : all) files.expected.push_back(std::move(line));
  return files;
}

RC_GTEST_PROP(History, MergesLikeAStableSort, (bool is_trace)) {
  const TestFolder folder;
  const auto files = sorted_files(folder, is_trace);
  const auto story = is_trace ? read_traces(files.paths) : read(files.paths);
  RC_ASSERT(brief(story) == files.expected);
}

TEST(History, IsTheSameWithAnyNumberOfThreads) {
  const TestFolder folder;
  std::vector<std::string> files;
  for (int file = 0; file < 3; ++file) {
    std::string log;
    for (int i = 0; i < 8000; ++i) {
      const auto second = (i / 3 + file * 700) % 3600;
      char stamp[40];
      std::snprintf(stamp, sizeof stamp, "2026-11-22T08:%02d:%02dZ", second / 60, second % 60);
      log +=
          i % 17 == 0 ? "nonsense " + std::to_string(i) + "\n" : login_line(stamp, "u" + std::to_string(i));
    }
    files.push_back(folder.write("mail" + std::to_string(file), file == 1 ? gzipped(log) : log));
  }
  HistoryOptions options;
  options.files = files;
  options.threads = 1;
  const auto one = read(options);
  EXPECT_GT(one.events.size(), 1000U);
  for (const unsigned threads : {2U, 8U}) {
    options.threads = threads;
    const auto many = read(options);
    EXPECT_TRUE(one.events == many.events);
    EXPECT_EQ(one.result.counts.lines_understood, many.result.counts.lines_understood);
    EXPECT_EQ(one.result.counts.bytes_read, many.result.counts.bytes_read);
    EXPECT_EQ(one.result.counts.unparsed.at("other").samples,
              many.result.counts.unparsed.at("other").samples);
  }
}

}  // namespace
}  // namespace postreeve
