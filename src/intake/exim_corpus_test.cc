// The Exim grammar against real lines and what others' filters must read in them.
#include "intake/exim_dovecot_corpus.h"
#include "intake/grammars.h"

namespace postreeve {
namespace {

using namespace corpus;

class EximCorpus : public Folder {};

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
  Shares shares;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!is_exim_file(entry.path())) continue;
    for (const auto& line : lines_of(entry.path())) {
      auto message = message_of(line);
      if (message.empty() && is_dump(entry.path(), line)) message = line;
      if (message.empty()) continue;
      shares.add(entry.path(), is_understood(parse_exim(message)));
    }
  }
  // The manual's samples are wrapped: one is a flag and nothing behind it.
  expect_nearly_all("Exim", shares, "exim-spec", 90.0);
  EXPECT_GT(shares.all.lines, 9000U);
}

TEST_F(EximCorpus, ReadsWhatFail2banMustFind) {
  const auto lines = lines_of(root / "fail2ban" / "exim.log");
  BanCount count;
  for (const auto& label : ban_labels(root / "fail2ban" / "labels.jsonl", "exim.log")) {
    const auto& line = lines.at(label.line - 1);
    SCOPED_TRACE(line);
    const auto record = parse_exim(message_of(line));
    EXPECT_TRUE(is_understood(record));
    expect_as_labelled(record, label, count);
    if (const auto* refused = std::get_if<Refused>(&record)) {
      EXPECT_EQ(refused->client_address, label.host);
    }
  }
  print(count);
  EXPECT_GE(count.failures, 12U);
  EXPECT_GE(count.others, 36U);
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
