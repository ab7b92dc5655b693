// Real log lines for the tests of the Exim and Dovecot grammars. They are not part of the
// repository; POSTREEVE_CORPUS names their folder. For tests only.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <simdjson.h>

#include "base/ascii.h"
#include "intake/record.h"

namespace postreeve::corpus {

namespace fs = std::filesystem;

class Folder : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("POSTREEVE_CORPUS");
    if (folder == nullptr) GTEST_SKIP() << "POSTREEVE_CORPUS is not set: real lines are not tested";
    root = folder;
  }
  fs::path root;
};

inline std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

inline bool is_understood(const Record& record) {
  return !std::holds_alternative<NotUnderstood>(record);
}

// Shares of the lines that a grammar matched, printed by folder.
struct Share {
  std::size_t lines = 0;
  std::size_t matched = 0;
  void add(bool is_matched) {
    ++lines;
    if (is_matched) ++matched;
  }
  [[nodiscard]] double percent() const {
    return lines == 0 ? 0.0 : 100.0 * static_cast<double>(matched) / static_cast<double>(lines);
  }
};

inline void print(const std::string& what, const Share& share) {
  std::printf("  %-28s %6zu of %6zu lines matched  %7.3f %%\n", what.c_str(), share.matched, share.lines,
              share.percent());
}

// The shares of a whole corpus, by folder.
struct Shares {
  std::map<std::string, Share> folders;
  Share all;
  void add(const fs::path& file, bool is_matched) {
    folders[file.parent_path().filename().string()].add(is_matched);
    all.add(is_matched);
  }
};

// 99 % of all lines and of each folder, but for one folder that is known to be odd.
inline void expect_nearly_all(const std::string& what, const Shares& shares, const std::string& odd_folder,
                              double least_there) {
  for (const auto& [folder, share] : shares.folders) {
    print(folder, share);
    EXPECT_GE(share.percent(), folder == odd_folder ? least_there : 99.0) << folder;
  }
  print(what + ", all", shares.all);
  EXPECT_GE(shares.all.percent(), 99.0);
}

// A label of fail2ban's: what its filter must find in one line.
struct BanLabel {
  std::size_t line = 0;  // from 1
  bool is_match = false;
  bool is_strict_mode = false;  // found only by the modes that ban for less than a failed login
  std::string host;
};

inline std::vector<BanLabel> ban_labels(const fs::path& file, std::string_view log) {
  std::vector<BanLabel> labels;
  simdjson::dom::parser parser;
  for (const auto& text : lines_of(file)) {
    const simdjson::dom::element entry = parser.parse(text);
    if (std::string_view(entry["file"]) != log) continue;
    BanLabel label;
    label.line = std::uint64_t(entry["line"]);
    label.is_match = bool(entry["label"]["match"]);
    std::string_view words;
    if (entry["filterOptions"].get(words) == simdjson::SUCCESS) {
      label.is_strict_mode = words.find("\"mode\"") != std::string_view::npos;
    }
    if (entry["label"]["host"].get(words) == simdjson::SUCCESS) label.host = words;
    labels.push_back(label);
  }
  return labels;
}

// How many lines were read as fail2ban labels them.
struct BanCount {
  std::size_t failures = 0;
  std::size_t others = 0;
};

// A line that fail2ban bans for is a failed login from the host labelled; any other is no login.
inline void expect_as_labelled(const Record& record, const BanLabel& label, BanCount& count) {
  const auto* seen = std::get_if<LoginSeen>(&record);
  if (!label.is_match || label.is_strict_mode) {
    EXPECT_EQ(seen, nullptr);  // nobody tried a password
    ++count.others;
    return;
  }
  ASSERT_NE(seen, nullptr);
  EXPECT_NE(seen->failure, LoginFailure::kNone);
  EXPECT_EQ(seen->client_address, label.host);
  ++count.failures;
}

inline void print(const BanCount& count) {
  std::printf("  fail2ban: %zu failed logins and %zu other lines read as labelled\n", count.failures,
              count.others);
}

// What a CrowdSec parser reads from one line: the texts of its "Parsed." and "Meta." fields.
struct ParsedLabel {
  std::size_t line = 0;  // from 0
  simdjson::dom::object fields;
  [[nodiscard]] std::string_view operator[](std::string_view name) const {
    std::string_view text;
    return fields[name].get(text) == simdjson::SUCCESS ? text : std::string_view{};
  }
};

inline std::vector<ParsedLabel> parsed_labels(simdjson::dom::parser& parser, const fs::path& file,
                                              std::string_view stage) {
  std::vector<ParsedLabel> labels;
  const simdjson::dom::element document = parser.load(file.string());
  for (const simdjson::dom::object fields : document["parsed"][stage].get_array()) {
    labels.push_back({std::uint64_t(fields["idx"]), fields});
  }
  return labels;
}

}  // namespace postreeve::corpus
