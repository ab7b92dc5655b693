#include <array>

#include "base/ascii.h"
#include "intake/exim_lines.h"
#include "intake/field_cursor.h"
#include "intake/grammars.h"

namespace postreeve {
namespace {

// Base-62 groups of a message id: 6-6-2 up to Exim 4.96, 6-11-4 from 4.97.
std::string_view take_message_id(FieldCursor& cursor) {
  const auto rest = cursor.rest();
  for (const std::array<std::size_t, 3> groups : {std::array<std::size_t, 3>{6, 6, 2}, {6, 11, 4}}) {
    FieldCursor ahead = cursor;
    if (ahead.take_while(is_alnum).size() != groups[0] || !ahead.take('-')) return {};
    if (ahead.take_while(is_alnum).size() != groups[1] || !ahead.take('-')) continue;
    if (ahead.take_while(is_alnum).size() != groups[2]) return {};
    if (!ahead.at_end() && !ahead.take(' ')) return {};
    const std::size_t size = groups[0] + groups[1] + groups[2] + 2;
    cursor = ahead;
    return rest.substr(0, size);
  }
  return {};
}

// "[pid] " with the selector of that name.
void skip_pid(FieldCursor& cursor) {
  FieldCursor ahead = cursor;
  if (ahead.take('[') && ahead.take_number() && ahead.take("] ")) cursor = ahead;
}

// "[1/3] " or "[2\\3] ": Exim splits what is too long for a syslog daemon (870 bytes).
struct Piece {
  std::uint64_t number = 1;
  std::uint64_t of = 1;
};

Piece take_piece(FieldCursor& cursor) {
  FieldCursor ahead = cursor;
  if (!ahead.take('[')) return {};
  const auto number = ahead.take_number();
  if (!number || (!ahead.take('/') && !ahead.take('\\'))) return {};
  const auto of = ahead.take_number();
  if (!of || !ahead.take("] ")) return {};
  cursor = ahead;
  return {*number, *of};
}

// Exim's own stamp, which it writes behind a syslog tag too unless told not to (syslog_timestamp):
// "2026-11-22 00:14:25[.123][ +0100] ".
void skip_stamp(FieldCursor& cursor) {
  const auto is_stamp_character = [](char c) { return is_digit(c) || c == '-' || c == ':' || c == '.'; };
  FieldCursor ahead = cursor;
  const auto date = ahead.take_while(is_stamp_character);
  if (date.size() != 10 || date[4] != '-' || date[7] != '-' || !ahead.take(' ')) return;
  const auto time = ahead.take_while(is_stamp_character);
  if (time.size() < 8 || time[2] != ':' || time[5] != ':' || !ahead.take(' ')) return;
  cursor = ahead;
  if (!ahead.take('+') && !ahead.take('-')) return;
  if (ahead.take_while(is_digit).size() == 4 && ahead.take(' ')) cursor = ahead;
}

// "host exim[pid]: " or "info exim[pid]: ", where a syslog daemon keeps Exim's own stamp before its tag.
void skip_late_tag(FieldCursor& cursor) {
  FieldCursor ahead = cursor;
  ahead.take_word();
  if (ahead.take(" exim[") && ahead.take_number() && ahead.take("]: ")) cursor = ahead;
}

Record parse_message_line(std::string_view id, FieldCursor line) {
  const auto text = line.rest();
  const auto flag = text.substr(0, 2);
  if (line.take("<= ") || line.take("(= ")) return parse_exim_arrival(id, line);
  if (line.take("*> ")) return NothingToSay{};  // a delivery that was only tried for show (-N)
  if (line.take("=> ") || line.take("-> ") || line.take(">> ") || line.take("** ") || line.take("== ")) {
    return parse_exim_delivery(id, flag, line);
  }
  if (text == "Completed" || text.starts_with("Completed ")) return MessageRemoved{.queue_id = id};
  if (auto refusal = parse_exim_refusal(id, text)) return *std::move(refusal);
  if (is_exim_remark(id, text)) return NothingToSay{};
  return NotUnderstood{};
}

// A list of recipients ends where the next one does not fit Exim's buffer, and is cut anywhere at a piece's
// end.
Record with_cut_recipients(Record record, const Piece& piece, std::size_t line_bytes) {
  constexpr std::size_t kNearlyFull = 8192 - 600;
  auto* message = std::get_if<MessageReceived>(&record);
  if (message == nullptr || message->recipients.empty()) return record;
  if (piece.of > 1) message->recipients.pop_back();
  message->may_have_more = piece.of > 1 || line_bytes > kNearlyFull;
  return record;
}

}  // namespace

Record parse_exim(std::string_view message) {
  while (message.ends_with('\n') || message.ends_with('\r')) message.remove_suffix(1);
  FieldCursor line(message);
  const Piece piece = take_piece(line);
  if (piece.number > 1) return NothingToSay{};
  skip_stamp(line);
  skip_late_tag(line);
  skip_stamp(line);
  skip_pid(line);
  if (line.at_end()) return NothingToSay{};
  const auto id = take_message_id(line);
  if (!id.empty()) return with_cut_recipients(parse_message_line(id, line), piece, message.size());
  const auto text = line.rest();
  if (auto login = parse_exim_failed_login(text)) return *std::move(login);
  if (auto session = parse_exim_session_without_mail(text)) return *std::move(session);
  if (auto refusal = parse_exim_refusal({}, text)) return *std::move(refusal);
  if (is_exim_remark({}, text)) return NothingToSay{};
  return NotUnderstood{};
}

}  // namespace postreeve
