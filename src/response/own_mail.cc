#include "response/own_mail.h"

#include <algorithm>
#include <array>

#include <date/date.h>
#include <fmt/format.h>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/printable.h"
#include "response/outside_text.h"
#include "store/ledger/rows.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostSubjectBytes = 400;
constexpr std::size_t kMostColumns = 76;  // RFC 2045 6.7, RFC 2047 2
constexpr std::size_t kFlowColumns = 72;
constexpr std::size_t kMostWordBytes = 45;  // 60 characters in base64, 72 with =?UTF-8?B??=

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Whole characters from the front, at most so many bytes.
std::string_view front_characters(std::string_view text, std::size_t most_bytes) {
  std::size_t taken = 0;
  while (taken < text.size()) {
    const std::size_t next = std::max<std::size_t>(1, utf8_length(text.substr(taken)));
    if (taken + next > most_bytes) break;
    taken += next;
  }
  return text.substr(0, taken);
}

std::string encoded_words(std::string_view text) {
  std::string words;
  while (!text.empty()) {
    const std::string_view part = front_characters(text, kMostWordBytes);
    words += fmt::format("{}=?UTF-8?B?{}?=", words.empty() ? "" : "\r\n ", to_base64(part));
    text.remove_prefix(part.size());
  }
  return words;
}

// Breaks before words that would not end within the line; the first line has its header's name before it.
std::string folded(std::string_view text) {
  std::string lines;
  std::size_t column = 20;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' ', 1), text.size());
    if (column + end > kMostColumns && !lines.empty()) {
      lines += "\r\n";
      column = 0;
    }
    lines += text.substr(0, end);
    column += end;
    text.remove_prefix(end);
  }
  return lines;
}

std::string phrase(const std::string& name) {
  const std::string clean = outside_text(name, 200);
  if (!is_ascii(clean)) return encoded_words(clean);
  std::string quoted("\"");
  for (const char c : clean) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string written(const OwnMailbox& mailbox) {
  if (mailbox.name.empty()) return mailbox.address.to_string();
  return fmt::format("{} <{}>", phrase(mailbox.name), mailbox.address.to_string());
}

// RFC 3676 4.4: a line that would mean something else gets a space in front.
void end_line(std::string& text, std::string_view line) {
  if (line.starts_with(' ') || line.starts_with('>') || line.starts_with("From ")) text += ' ';
  text += line;
  text += '\n';
}

// One line of text as lines that end with a space where they go on.
void flow(std::string& text, std::string_view line) {
  while (characters(line) > kFlowColumns) {
    // A column is a byte here: lines of wide letters become a little shorter than they could be.
    std::size_t space = line.rfind(' ', kFlowColumns);
    if (space == std::string_view::npos || space == 0) space = line.find(' ', kFlowColumns);
    if (space == std::string_view::npos || space + 1 == line.size()) break;
    end_line(text, line.substr(0, space + 1));
    line.remove_prefix(space + 1);
  }
  while (line.ends_with(' ')) line.remove_suffix(1);
  end_line(text, line);
}

std::string flowed(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    flow(lines, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool is_plain(char c, bool is_last) {
  return (c > ' ' && c <= '~' && c != '=') || (c == ' ' && !is_last);
}

void encode_line(std::string& out, std::string_view line) {
  std::size_t column = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    // "From " and a lone dot at the front survive mailboxes and servers that change them.
    const bool is_touchy = i == 0 && (line.front() == '.' || line.starts_with("From "));
    const std::string unit = is_plain(line[i], i + 1 == line.size()) && !is_touchy
                                 ? std::string(1, line[i])
                                 : fmt::format("={:02X}", static_cast<unsigned char>(line[i]));
    if (column + unit.size() >= kMostColumns) {
      out += "=\r\n";
      column = 0;
    }
    out += unit;
    column += unit.size();
  }
  out += "\r\n";
}

}  // namespace

std::string rfc5322_date(Timestamp time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return date::format("%a, %d %b %Y %H:%M:%S +0000", date::sys_seconds{seconds.time_since_epoch()});
}

std::optional<OwnMailbox> parse_own_mailbox(std::string_view text) {
  if (std::ranges::any_of(text, is_control) || !is_storable(text)) return std::nullopt;
  const HeaderMailbox read = parse_header_mailbox(text);
  auto address = Address::parse(read.address);
  if (!address || address->domain().empty()) return std::nullopt;
  return OwnMailbox{.name = read.display_name, .address = *std::move(address)};
}

std::string own_message_id(IncidentId incident, std::uint64_t row, const Address& from) {
  return fmt::format("<postreeve.{}.{}@{}>", incident.to_string(), row, from.domain());
}

std::string header_text(std::string_view text) {
  const std::string clean = outside_text(text, kMostSubjectBytes);
  // What looks like an encoded-word must not be taken for one.
  if (is_ascii(clean) && !clean.contains("=?")) return folded(trim(clean));
  return encoded_words(clean);
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    encode_line(out, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string mail_headers(const OwnMail& mail) {
  std::string headers = fmt::format("Date: {}\r\nFrom: {}\r\nTo: {}\r\n", rfc5322_date(mail.date),
                                    written(mail.from), mail.to.to_string());
  const auto add = [&headers](std::string_view name, const std::string& value) {
    headers += fmt::format("{}: {}\r\n", name, value);
  };
  if (mail.reply_to) add("Reply-To", written(*mail.reply_to));
  add("Subject", header_text(mail.subject));
  add("Message-ID", mail.message_id);
  if (!mail.references.empty()) {
    add("In-Reply-To", mail.references.back());
    add("References", fmt::format("{}", fmt::join(mail.references, "\r\n ")));
  }
  if (!mail.language.empty()) add("Content-Language", mail.language);
  add("Auto-Submitted", "auto-generated");
  add("X-Auto-Response-Suppress", "All");
  if (mail.is_bulk) add("Precedence", "bulk");
  add("MIME-Version", "1.0");
  return headers;
}

std::string text_entity(std::string_view text) {
  return "Content-Type: text/plain; charset=utf-8; format=flowed\r\n"
         "Content-Transfer-Encoding: quoted-printable\r\n\r\n" +
         quoted_printable(flowed(text));
}

}  // namespace postreeve
