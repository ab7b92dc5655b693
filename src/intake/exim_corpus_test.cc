// The Exim grammar against real lines and what others' filters must read in them.
#include <map>

#include "intake/exim_dovecot_corpus.h"
#include "intake/grammars.h"

namespace postreeve {
namespace {

using namespace corpus;

class EximCorpus : public Folder {};

bool is_understood(const Record& record) {
  return !std::holds_alternative<NotUnderstood>(record);
}

bool has_own_stamp(std::string_view line) {
  constexpr std::string_view kForm = "9999-99-99 99:99:99";
  if (line.size() <= kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == '9' ? !is_digit(line[i]) : line[i] != kForm[i]) return false;
  }
  return true;
}

// The message of a line with Exim's own stamp or a syslog tag; empty for a line of anything else.
std::string_view message_of(std::string_view line) {
  if (has_own_stamp(line)) return line;  // the grammar takes its own stamp
  const auto tag = line.find(" exim[");
  const auto end = tag == std::string_view::npos ? tag : line.find("]: ", tag);
  return end == std::string_view::npos ? std::string_view{} : line.substr(end + 3);
}

// Lines of a rejectlog without a stamp are dumps of headers, but for the test suite's own marks.
bool is_dump(const fs::path& file, std::string_view line) {
  return file.filename().string().starts_with("rejectlog") && !line.empty() && !line.starts_with("****");
}

bool is_exim_file(const fs::path& file) {
  const auto name = file.filename().string();
  const auto folder = file.parent_path().filename().string();
  return file.extension() == ".log" && (name.starts_with("exim") || folder.starts_with("exim"));
}

TEST_F(EximCorpus, MatchesNearlyEveryLine) {
  std::map<std::string, Share> folders;
  Share all;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!is_exim_file(entry.path())) continue;
    const auto folder = entry.path().parent_path().filename().string();
    for (const auto& line : lines_of(entry.path())) {
      auto message = message_of(line);
      if (message.empty() && is_dump(entry.path(), line)) message = line;
      if (message.empty()) continue;
      const bool is_matched = is_understood(parse_exim(message));
      folders[folder].add(is_matched);
      all.add(is_matched);
    }
  }
  for (const auto& [folder, share] : folders) {
    print(folder, share);
    // The manual's samples are wrapped: one is a flag and nothing behind it.
    EXPECT_GE(share.percent(), folder == "exim-spec" ? 90.0 : 99.0) << folder;
  }
  print("Exim, all", all);
  EXPECT_GE(all.percent(), 99.0);
  EXPECT_GT(all.lines, 9000U);
}

TEST_F(EximCorpus, ReadsWhatFail2banMustFind) {
  const auto lines = lines_of(root / "fail2ban" / "exim.log");
  std::size_t failures = 0;
  std::size_t others = 0;
  for (const auto& label : ban_labels(root / "fail2ban" / "labels.jsonl", "exim.log")) {
    const auto& line = lines.at(label.line - 1);
    auto message = message_of(line);
    const auto record = parse_exim(message);
    EXPECT_TRUE(is_understood(record)) << line;
    const auto* seen = std::get_if<LoginSeen>(&record);
    if (label.is_match && !label.is_strict_mode) {
      ASSERT_NE(seen, nullptr) << line;
      EXPECT_NE(seen->failure, LoginFailure::kNone) << line;
      EXPECT_EQ(seen->client_address, label.host) << line;
      ++failures;
      continue;
    }
    EXPECT_EQ(seen, nullptr) << line;
    if (const auto* refused = std::get_if<Refused>(&record)) {
      EXPECT_EQ(refused->client_address, label.host) << line;
    }
    ++others;
  }
  std::printf("  fail2ban: %zu failed logins and %zu other lines read as labelled\n", failures, others);
  EXPECT_GE(failures, 12U);
  EXPECT_GE(others, 36U);
}

void expect_login(const LoginSeen& seen, const ParsedLabel& label) {
  EXPECT_NE(seen.failure, LoginFailure::kNone);
  EXPECT_EQ(seen.login, label["Meta.username"]);
  EXPECT_EQ(seen.client_address, label["Meta.source_ip"]);
  EXPECT_EQ(seen.client_name, label["Parsed.source_dns"]);
  EXPECT_EQ(seen.helo_name, label["Parsed.source_helo"]);
}

TEST_F(EximCorpus, ReadsWhatCrowdSecReads) {
  std::size_t read = 0;
  for (const std::string name : {"exim-logs", "exim-syslog-logs"}) {
    const auto lines = lines_of(root / "crowdsec-hub" / (name + ".log"));
    simdjson::dom::parser parser;
    for (const auto& label : parsed_labels(parser, root / "crowdsec-hub" / (name + ".labels.json"),
                                           "s01-parse|crowdsecurity/exim-logs")) {
      const auto& line = lines.at(label.line);
      SCOPED_TRACE(line);
      const auto record = parse_exim(message_of(line));
      if (const auto* seen = std::get_if<LoginSeen>(&record)) {
        expect_login(*seen, label);
      } else if (const auto* refused = std::get_if<Refused>(&record)) {
        EXPECT_EQ(refused->client_address, label["Meta.source_ip"]);
        EXPECT_EQ(refused->recipient, label["Meta.username"]);
      } else {
        // A failed sender verification: the refusal is the next line.
        EXPECT_TRUE(std::holds_alternative<NothingToSay>(record));
        EXPECT_TRUE(label["Meta.username"].empty());
      }
      ++read;
    }
  }
  std::printf("  CrowdSec: %zu lines read as labelled\n", read);
  EXPECT_EQ(read, 23U);
}

}  // namespace
}  // namespace postreeve
