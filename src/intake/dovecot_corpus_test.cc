// The Dovecot grammar against real lines and what others' filters must read in them.
#include "intake/exim_dovecot_corpus.h"
#include "intake/field_cursor.h"
#include "intake/grammars.h"

namespace postreeve {
namespace {

using namespace corpus;

class DovecotCorpus : public Folder {};

bool skip_stamp(FieldCursor& line) {
  if (line.take('@')) return line.take_until(' ').has_value();  // multilog
  if (is_digit(line.peek())) {                                  // RFC 3339, or Dovecot's own with a blank
    if (!line.take_until(' ')) return false;
    if (is_digit(line.peek())) return line.take_until(' ').has_value();
    return true;
  }
  const auto month = line.take_while(is_alpha);  // RFC 3164
  line.skip_spaces();
  const auto day = line.take_while(is_digit);
  return month.size() == 3 && !day.empty() && line.take(' ') && line.take_until(' ').has_value();
}

// What follows the tag "dovecot", or the process name where that is the tag; empty for another program's
// line.
std::string_view message_of(std::string_view text) {
  FieldCursor line(text);
  if (!skip_stamp(line)) return {};
  FieldCursor own = line;
  const auto first = own.take_word();
  if (!first.ends_with(':')) {
    if (!line.take_until(' ')) return {};  // the host
  }
  const auto message = line.rest();
  if (line.take("dovecot")) {
    if (line.sees("-")) return message;
    if (line.take('[') && !line.take_until(']')) return {};
    return line.take(": ") ? line.rest() : std::string_view{};
  }
  constexpr auto kTags = std::to_array<std::string_view>(
      {"auth:", "auth(", "auth-worker(", "deliver(", "imap-login:", "pop3-login:", "Info: ", "Warn: "});
  for (const auto tag : kTags) {
    if (message.starts_with(tag)) return message;
  }
  return {};
}

TEST_F(DovecotCorpus, MatchesNearlyEveryLine) {
  Shares shares;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".log") continue;
    const bool is_own_file = entry.path().filename().string().starts_with("dovecot");
    for (const auto& line : lines_of(entry.path())) {
      if (!is_own_file && line.find(" dovecot") == std::string::npos) continue;
      const auto message = message_of(line);
      if (message.empty()) continue;
      shares.add(entry.path(), is_understood(parse_dovecot(message)));
    }
  }
  // fail2ban: one line is made to hang regular expressions and is no line of Dovecot's.
  expect_nearly_all("Dovecot", shares, "fail2ban", 98.0);
  EXPECT_GT(shares.all.lines, 1800U);
}

TEST_F(DovecotCorpus, ReadsWhatFail2banMustFind) {
  const auto lines = lines_of(root / "fail2ban" / "dovecot.log");
  BanCount count;
  for (const auto& label : ban_labels(root / "fail2ban" / "labels.jsonl", "dovecot.log")) {
    const auto& line = lines.at(label.line - 1);
    SCOPED_TRACE(line);
    expect_as_labelled(parse_dovecot(message_of(line)), label, count);
  }
  print(count);
  EXPECT_GE(count.failures, 44U);
  EXPECT_GE(count.others, 21U);
}

TEST_F(DovecotCorpus, ReadsWhatCrowdSecReads) {
  const auto lines = lines_of(root / "crowdsec-hub" / "dovecot-logs.log");
  simdjson::dom::parser parser;
  std::size_t read = 0;
  for (const auto& label : parsed_labels(parser, root / "crowdsec-hub" / "dovecot-logs.labels.json",
                                         "s01-parse|crowdsecurity/dovecot-logs")) {
    const auto& line = lines.at(label.line);
    SCOPED_TRACE(line);
    ++read;
    const auto record = parse_dovecot(message_of(line));
    const auto* seen = std::get_if<LoginSeen>(&record);
    if (label["Parsed.dovecot_user"].empty()) {
      EXPECT_TRUE(std::holds_alternative<NothingToSay>(record));
      continue;
    }
    ASSERT_NE(seen, nullptr);
    EXPECT_EQ(seen->login, label["Parsed.dovecot_user"]);
    EXPECT_EQ(seen->client_address, label["Meta.source_ip"]);
    EXPECT_EQ(seen->failure != LoginFailure::kNone, label["Meta.dovecot_login_result"] == "auth_failed");
  }
  std::printf("  CrowdSec: %zu lines read as labelled\n", read);
  EXPECT_EQ(read, 15U);
}

TEST_F(DovecotCorpus, FindsEveryLoginOfARealHost) {
  std::size_t logins = 0;
  std::size_t successes = 0;
  for (const auto& line : lines_of(root / "lightmeter-complete" / "mail.log.1.log")) {
    if (line.find("-login: Login: user=<") != std::string::npos) ++logins;
    const auto record = parse_dovecot(message_of(line));
    const auto* seen = std::get_if<LoginSeen>(&record);
    if (seen == nullptr || seen->failure != LoginFailure::kNone) continue;
    EXPECT_FALSE(seen->login.empty()) << line;
    EXPECT_FALSE(seen->session_id.empty()) << line;
    ++successes;
  }
  EXPECT_GT(logins, 500U);
  EXPECT_EQ(successes, logins);
}

}  // namespace
}  // namespace postreeve
