#include "response/abuse_report.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <sodium.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/printable.h"
#include "mail/encoded_word.h"
#include "response/own_mail.h"

namespace postreeve {

namespace json = boost::json;

namespace {

constexpr std::size_t kMostSampleBytes = 16UL * 1024;
constexpr std::size_t kMostDescription = 900;  // of 1,000 that XARF allows

bool is_local(char c) {
  constexpr std::string_view kSpecials = "!#$%&'*+-/=?^_`{|}~.";
  return is_digit(c) || is_lower(to_lower(c)) || kSpecials.find(c) != std::string_view::npos ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Quoted local parts are rare in the wild and common in attacks on parsers: what stands in quotes before an @
// is taken with them.
std::size_t local_begin(std::string_view text, std::size_t at) {
  if (at > 0 && text[at - 1] == '"') {
    const std::size_t quote = at >= 2 ? text.rfind('"', at - 2) : std::string_view::npos;
    if (quote != std::string_view::npos) return quote;
  }
  std::size_t begin = at;
  while (begin > 0 && is_local(text[begin - 1])) --begin;
  return begin;
}

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  std::string hex;
  for (const unsigned char byte : hash) hex += fmt::format("{:02x}", byte);
  return hex;
}

// A UUID (RFC 9562, version 8) of what the report is about: the same at every attempt.
std::string report_id(const AbuseReport& report) {
  std::string hex = sha256_hex("postreeve " + report.incident + " " + report.address).substr(0, 32);
  hex[12] = '8';
  hex[16] = "89ab"[static_cast<unsigned char>(hex[16]) % 4];
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20, 12));
}

// A line from the front, with those that go on with it.
std::string_view take_field(std::string_view& rest) {
  const auto goes_on = [&](std::size_t at) {
    return at < rest.size() && (rest[at] == ' ' || rest[at] == '\t');
  };
  std::size_t end = 0;
  do {
    end = std::min(rest.find('\n', end), rest.size() - 1) + 1;
  } while (goes_on(end));
  const std::string_view field = rest.substr(0, end);
  rest.remove_prefix(end);
  return field;
}

// Encoded-words hide addresses, and what cannot be decoded cannot be redacted.
std::string decoded(std::string_view field) {
  std::string text = decode_header_text(field);
  for (std::size_t at = text.find("=?"); at != std::string::npos; at = text.find("=?", at + 1))
    text.replace(at, encoded_word_length(std::string_view(text).substr(at)), "(cannot be shown)");
  return text;
}

// The line with its end, and broken at spaces where it is too long for mail (RFC 5322 2.1.1).
void add_line(std::string& lines, std::string_view line) {
  constexpr std::size_t kMostLine = 900;
  while (line.size() > kMostLine) {
    const std::size_t space = line.rfind(' ', kMostLine);
    if (space == std::string_view::npos || space == 0) break;
    lines.append(line.substr(0, space)) += "\r\n";
    line.remove_prefix(space);
  }
  lines.append(line) += "\r\n";
}

bool is_of_domain(char c) {
  constexpr std::string_view kOthers = ".-_[]:";
  return is_alnum(c) || kOthers.find(c) != std::string_view::npos || static_cast<unsigned char>(c) >= 0x80;
}

// The addresses of a list without the names and comments around them: "<redacted-...@b.example>, ...".
std::string addresses_in(std::string_view list, const HashKey& key) {
  std::string addresses;
  std::size_t done = 0;
  for (std::size_t at = list.find('@'); at != std::string_view::npos; at = list.find('@', at + 1)) {
    const std::size_t begin = std::max(local_begin(list, at), done);
    if (begin == at) continue;
    done = at + 1;
    while (done < list.size() && is_of_domain(list[done])) ++done;
    addresses += fmt::format("{}<{}>", addresses.empty() ? "" : ", ",
                             redact_addresses(list.substr(begin, done - begin), key));
  }
  return addresses.empty() ? "(no address)" : addresses;
}

// Names are of people as addresses are.
std::string redacted(const std::string& field, const HashKey& key) {
  static constexpr std::array<std::string_view, 6> kOfRecipients{"to",        "cc",        "bcc",
                                                                 "resent-to", "resent-cc", "resent-bcc"};
  const std::size_t colon = field.find(':');
  if (colon == std::string::npos) return redact_addresses(field, key);
  const std::string name = to_lower(trim(std::string_view(field).substr(0, colon)));
  if (std::ranges::find(kOfRecipients, name) == kOfRecipients.end()) return redact_addresses(field, key);
  return field.substr(0, colon) + ": " + addresses_in(std::string_view(field).substr(colon + 1), key);
}

// Whole fields only, unfolded, each ended by CR LF, no empty one: that would end the header. No addresses,
// and no names of recipients.
std::string header_lines(std::string_view sample, const HashKey& key) {
  std::string lines;
  while (!sample.empty() && lines.size() < kMostSampleBytes) {
    std::string field(take_field(sample));
    std::erase_if(field, [](char c) { return c == '\r' || c == '\n'; });
    std::ranges::replace(field, '\t', ' ');
    const std::string line = printable(redacted(decoded(field), key));
    if (!trim(line).empty()) add_line(lines, line);
  }
  return lines;
}

std::string story(const AbuseReport& report, const HashKey& key, std::string_view line_end) {
  std::string text = fmt::format(
      "A mail account was used by somebody who is not its owner, with the right password, from {} between {} "
      "and {} (UTC).",
      report.address, format_rfc3339(report.first_seen), format_rfc3339(report.last_seen));
  if (report.messages > 0) text += fmt::format(" {} messages were sent from there.", report.messages);
  for (const std::string& sentence : report.sentences) {
    text += line_end;
    text += "* " + redact_addresses(printable(sentence), key);
  }
  return text;
}

// One line of a header that nothing can break out of.
std::string one_line(std::string_view text) {
  return printable(text.substr(0, 500));
}

}  // namespace

std::string redact_addresses(std::string_view text, const HashKey& key) {
  std::string redacted;
  std::size_t done = 0;
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    const std::size_t begin = std::max(local_begin(text, at), done);
    if (begin == at) continue;
    const Hash128 hash = keyed_hash(key, text.substr(begin, at - begin));
    redacted += text.substr(done, begin - done);
    redacted += fmt::format("redacted-{:016x}", hash.low);
    done = at;
  }
  redacted += text.substr(done);
  return redacted;
}

std::string arf_report(const AbuseReport& report, const Reporter& reporter, const HashKey& key) {
  const std::string boundary = "postreeve-" + report_id(report);
  const std::string sample = header_lines(report.sample_header, key);
  const std::string header = fmt::format(
      "From: <{0}>\r\nDate: {1}\r\nSubject: Abuse from {2} [Postreeve {3}]\r\n"
      "Message-ID: <{4}@{5}>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/report; report-type=feedback-report;\r\n boundary=\"{6}\"\r\n\r\n",
      one_line(reporter.contact), rfc5322_date(report.made), report.address, report.incident,
      report_id(report), one_line(reporter.domain), boundary);
  const std::string words = fmt::format(
      "--{}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}\r\n\r\n",
      boundary, story(report, key, "\r\n"));
  const std::string fields = fmt::format(
      "--{}\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n"
      "User-Agent: Postreeve\r\nVersion: 1\r\nSource-IP: {}\r\nArrival-Date: {}\r\nIncidents: {}\r\n\r\n",
      boundary, report.address, rfc5322_date(report.first_seen), std::max<std::uint32_t>(report.messages, 1));
  const std::string headers_part = fmt::format(
      "--{}\r\nContent-Type: text/rfc822-headers; charset=utf-8\r\n"
      "Content-Transfer-Encoding: 8bit\r\n\r\n{}\r\n--{}--\r\n",
      boundary, sample, boundary);
  return header + words + fields + headers_part;
}

std::string xarf_report(const AbuseReport& report, const Reporter& reporter, const HashKey& key) {
  const json::object us{{"org", one_line(reporter.organisation)},
                        {"contact", one_line(reporter.contact)},
                        {"domain", one_line(reporter.domain)}};
  json::array evidence;
  if (const std::string sample = header_lines(report.sample_header, key); !sample.empty()) {
    evidence.push_back(json::object{{"content_type", "text/plain"},
                                    {"description", "header of one message, addresses redacted"},
                                    {"payload", to_base64(sample)},
                                    {"hash", "sha256:" + sha256_hex(sample)},
                                    {"size", sample.size()}});
  }
  std::string description = story(report, key, " ");
  if (description.size() > kMostDescription) {
    std::size_t cut = kMostDescription;
    while (cut > 0 && (static_cast<unsigned char>(description[cut]) & 0xc0U) == 0x80U) --cut;
    description.resize(cut);
  }
  const json::object document{{"xarf_version", "4.0.0"},
                              {"report_id", report_id(report)},
                              {"timestamp", format_rfc3339(report.last_seen)},
                              {"reporter", us},
                              {"sender", us},
                              {"source_identifier", report.address},
                              {"category", "connection"},
                              {"type", "login_attack"},
                              {"protocol", "tcp"},
                              {"first_seen", format_rfc3339(report.first_seen)},
                              {"last_seen", format_rfc3339(report.last_seen)},
                              {"evidence_source", "automated_filter"},
                              {"evidence", std::move(evidence)},
                              {"description", std::move(description)},
                              {"tags", json::array{"service:smtp-submission", "attack:stolen-password"}}};
  return json::serialize(document);
}

}  // namespace postreeve
