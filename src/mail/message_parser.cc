#include "mail/message_parser.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "mail/event.h"
#include "mail/message_leaf.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostLineBytes = 4096;     // a longer line is taken in pieces
constexpr std::size_t kMostFieldBytes = 4096;    // looked at
constexpr std::size_t kMostBoundaryBytes = 200;  // RFC 2046 5.1.1 allows 70

// One line of white space where a field was folded.
std::string unfolded(std::string_view value, std::size_t most) {
  std::string text;
  for (const char c : trim(value.substr(0, kMostFieldBytes))) {
    if (c != '\r' && c != '\n') text.push_back(c);
  }
  if (text.size() > most) text.resize(most);
  return text;
}

std::uint32_t message_ids_in(std::string_view references) noexcept {
  return static_cast<std::uint32_t>(std::ranges::count(references, '<'));
}

void set_once(std::string& fact, std::string_view value) {
  if (fact.empty()) fact = unfolded(value, kMaxTextBytes);
}

}  // namespace

struct MessageParser::Impl {
  enum class State : std::uint8_t {
    kHeader,  // of a part
    kLeaf,
    kIgnored,  // what stands before, between and behind parts
  };

  ParsedMessage message;
  LeafReader leaf{message.content};
  bool is_in_body = false;
  bool is_part = false;  // the header that is read is not the message's own
  State state = State::kHeader;
  std::vector<std::string> boundaries;  // of the open multiparts, with their dashes; the outermost first
  PartHeader part;
  std::string field;            // of a part's header, until its last line has come
  std::string line;             // until its end has come
  bool is_line_start = true;    // what comes next begins a line
  std::string_view line_break;  // held back: the last one before a boundary is the boundary's

  void top_field(std::string_view name, std::string_view value) {
    MessageContent& content = message.content;
    ++content.header_fields;
    if (part_field(name, value)) return;
    struct Wanted {
      std::string_view name;
      std::string& fact;
    };
    const Wanted wanted[] = {
        {"from", message.from},
        {"to", message.to},
        {"subject", message.subject},
        {"message-id", message.message_id},
        {"reply-to", content.reply_to},
        {"in-reply-to", content.in_reply_to},
        {"list-unsubscribe", content.list_unsubscribe},
        {"user-agent", content.mailer},
        {"x-mailer", content.mailer},
    };
    for (const Wanted& field_of : wanted) {
      if (equals_ignoring_case(name, field_of.name)) set_once(field_of.fact, value);
    }
    if (equals_ignoring_case(name, "references")) content.references = message_ids_in(value);
  }

  bool part_field(std::string_view name, std::string_view value) {
    if (!equals_ignoring_case(name.substr(0, 8), "content-")) return false;
    value = value.substr(0, kMostFieldBytes);
    if (equals_ignoring_case(name, "content-type")) {
      part.type = MimeField(value);
    } else if (equals_ignoring_case(name, "content-disposition")) {
      part.disposition = MimeField(value);
    } else if (equals_ignoring_case(name, "content-transfer-encoding")) {
      part.encoding = transfer_encoding_from_text(value);
    }
    return true;
  }

  // The header is over: what follows is what it says.
  void begin_content() {
    const std::string media_type = part.media_type();
    if (!is_part) message.content.media_type = media_type;
    if (media_type.starts_with("multipart/")) {
      begin_multipart();
      return;
    }
    state = State::kIgnored;
    if (message.content.parts >= kMostParts) {
      message.content.is_cut = true;
      return;
    }
    ++message.content.parts;
    if (is_part && media_type == "message/rfc822" && part.encoding == TransferEncoding::kIdentity) {
      begin_header();
      return;
    }
    state = State::kLeaf;
    leaf.begin(part);
  }

  void begin_multipart() {
    state = State::kIgnored;
    const std::string boundary = part.type.parameter("boundary");
    if (boundary.empty() || boundary.size() > kMostBoundaryBytes || boundaries.size() >= kMostDepth) {
      message.content.is_cut = true;
      return;
    }
    boundaries.push_back("--" + boundary);
    message.content.depth = std::max(message.content.depth, static_cast<std::uint32_t>(boundaries.size()));
  }

  void begin_header() {
    is_part = true;
    part = {};
    field.clear();
    state = State::kHeader;
  }

  void end_part() {
    line_break = {};
    if (state == State::kLeaf) leaf.end();
    if (state == State::kHeader) {
      end_field();
      begin_content();  // a header without a body
      if (state == State::kLeaf) leaf.end();
    }
    state = State::kIgnored;
  }

  void take_body(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      const std::string_view piece = bytes.substr(0, end == std::string_view::npos ? end : end + 1);
      bytes.remove_prefix(piece.size());
      const bool is_whole = end != std::string_view::npos || line.size() + piece.size() > kMostLineBytes;
      if (line.empty() && is_whole) {
        take_line(piece);
        continue;
      }
      line.append(piece);
      if (!is_whole) return;
      take_line(line);
      line.clear();
    }
  }

  // A line with its break, or a piece of a long one.
  void take_line(std::string_view text) {
    const bool starts_line = is_line_start;
    is_line_start = text.ends_with('\n');
    if (starts_line && text.starts_with("--") && take_boundary(text)) return;
    if (state == State::kLeaf) {
      take_content(text);
    } else if (state == State::kHeader) {
      take_header_line(text, starts_line);
    }
  }

  bool take_boundary(std::string_view text) {
    text = trim(text);
    for (std::size_t i = boundaries.size(); i-- > 0;) {
      if (!text.starts_with(boundaries[i])) continue;
      const std::string_view rest = text.substr(boundaries[i].size());
      if (!rest.empty() && rest != "--") continue;
      end_part();
      boundaries.resize(std::min(boundaries.size(), rest.empty() ? i + 1 : i));
      if (rest.empty()) begin_header();
      return true;
    }
    return false;
  }

  void take_content(std::string_view text) {
    if (!line_break.empty()) leaf.add(line_break);
    line_break = text.ends_with("\r\n") ? "\r\n" : text.ends_with('\n') ? "\n" : "";
    leaf.add(text.substr(0, text.size() - line_break.size()));
  }

  void take_header_line(std::string_view text, bool starts_line) {
    if (starts_line && trim(text).empty()) {
      end_field();
      begin_content();
      return;
    }
    if (starts_line && !is_space(text.front())) end_field();
    field.append(text.substr(0, kMostFieldBytes - std::min(field.size(), kMostFieldBytes)));
  }

  void end_field() {
    const std::string_view text = field;
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos) part_field(trim(text.substr(0, colon)), text.substr(colon + 1));
    field.clear();
  }

  void begin_body() {
    if (is_in_body) return;
    is_in_body = true;
    begin_content();
  }
};

MessageParser::MessageParser() : impl_(std::make_unique<Impl>()) {}
MessageParser::~MessageParser() = default;
MessageParser::MessageParser(MessageParser&&) noexcept = default;
MessageParser& MessageParser::operator=(MessageParser&&) noexcept = default;

void MessageParser::header(std::string_view name, std::string_view value) {
  if (impl_->is_in_body) return;
  // As on the wire, where milters get folded lines without their CR and often without the space.
  impl_->message.size += name.size() + value.size() + 4;
  impl_->top_field(trim(name), value);
}

void MessageParser::body(std::string_view piece) {
  impl_->begin_body();
  impl_->message.size += piece.size();
  impl_->take_body(piece);
}

ParsedMessage MessageParser::finish() {
  Impl& impl = *impl_;
  impl.begin_body();
  if (!impl.line.empty()) impl.take_line(std::exchange(impl.line, {}));
  if (impl.state == Impl::State::kLeaf && !impl.line_break.empty()) impl.leaf.add(impl.line_break);
  impl.end_part();
  impl.leaf.finish();
  if (!impl.boundaries.empty()) impl.message.content.is_cut = true;
  impl.message.size += 2;  // the empty line
  return std::move(impl.message);
}

ParsedMessage parse_message(std::string_view message) {
  MessageParser parser;
  std::string_view field;  // a view of all its lines
  const auto end_field = [&] {
    const std::size_t colon = field.find(':');
    if (colon != std::string_view::npos) parser.header(field.substr(0, colon), trim(field.substr(colon + 1)));
    field = {};
  };
  while (!message.empty()) {
    const std::string_view line = message.substr(0, message.find('\n') + 1);
    const std::string_view whole = line.empty() ? message : line;
    if (trim(whole).empty()) {
      message.remove_prefix(whole.size());
      break;
    }
    if (!field.empty() && is_space(whole.front())) {
      field = {field.data(), field.size() + whole.size()};
    } else {
      end_field();
      field = whole;
    }
    message.remove_prefix(whole.size());
  }
  end_field();
  parser.body(message);
  return parser.finish();
}

}  // namespace postreeve
