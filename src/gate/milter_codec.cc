#include "gate/milter_codec.h"

#include <algorithm>

#include "base/ascii.h"

namespace postreeve::milter {
namespace {

constexpr std::size_t kLengthBytes = 4;

std::uint32_t number_at(std::string_view bytes, std::size_t place) noexcept {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[place + i]);
  return number;
}

void append_number(std::string& out, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(number >> shift & 0xff));
}

// Takes the text up to the next zero byte off the front; nullopt when there is no zero byte.
std::optional<std::string_view> take_text(std::string_view& data) noexcept {
  const std::size_t end = data.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view text = data.substr(0, end);
  data.remove_prefix(end + 1);
  return text;
}

std::string_view without_braces(std::string_view name) noexcept {
  return name.size() >= 2 && name.front() == '{' && name.back() == '}' ? name.substr(1, name.size() - 2)
                                                                       : name;
}

// Header values and replies of ours are one line: whatever they quote must not end it.
void append_one_line(std::string& out, std::string_view text) {
  for (const char c : text) out.push_back(is_control(c) ? ' ' : c);
}

}  // namespace

Result<std::size_t> frame_size(std::string_view input) {
  if (input.size() < kLengthBytes) return std::size_t{0};
  const std::size_t length = number_at(input, 0);
  if (length == 0) return fail(ErrorCode::kInvalidInput, "a milter frame without a command");
  if (length > kMostFrameBytes - kLengthBytes) {
    return fail(ErrorCode::kLimitExceeded, "a milter frame that is too large");
  }
  return input.size() < kLengthBytes + length ? std::size_t{0} : kLengthBytes + length;
}

Frame split_frame(std::string_view frame) noexcept {
  return {static_cast<Command>(frame[kLengthBytes]), frame.substr(kLengthBytes + 1)};
}

Result<Offer> parse_offer(std::string_view data) {
  if (data.size() < 12) return fail(ErrorCode::kInvalidInput, "a milter negotiation that is too short");
  const Offer offer{number_at(data, 0), number_at(data, 4), number_at(data, 8)};
  if (offer.version < kOldestVersion) {
    return fail(ErrorCode::kInvalidInput, "a mail server with a milter protocol older than version 2");
  }
  return offer;
}

Result<Macros> parse_macros(std::string_view data) {
  if (data.empty()) return fail(ErrorCode::kInvalidInput, "milter macros of no stage");
  Macros macros{static_cast<Command>(data.front()), {}};
  data.remove_prefix(1);
  while (!data.empty()) {
    const auto name = take_text(data);
    const auto value = name ? take_text(data) : std::nullopt;
    if (!value) return fail(ErrorCode::kInvalidInput, "a milter macro without an end");
    if (macros.values.size() < kMostMacros) macros.values.push_back({without_braces(*name), *value});
  }
  return macros;
}

Result<Client> parse_client(std::string_view data) {
  const auto name = take_text(data);
  if (!name || data.empty()) return fail(ErrorCode::kInvalidInput, "a milter client without a family");
  Client client{*name, {}, data.front(), 0};
  data.remove_prefix(1);
  if (client.family == 'U') return client;
  if (data.size() < 2) return fail(ErrorCode::kInvalidInput, "a milter client without a port");
  client.port = static_cast<std::uint16_t>(static_cast<unsigned char>(data[0]) << 8 |
                                           static_cast<unsigned char>(data[1]));
  data.remove_prefix(2);
  client.address = parse_text(data);
  return client;
}

Result<HeaderField> parse_header_field(std::string_view data) {
  const auto name = take_text(data);
  const auto value = name ? take_text(data) : std::nullopt;
  if (!value) return fail(ErrorCode::kInvalidInput, "a milter header field without an end");
  return HeaderField{*name, *value};
}

Result<std::vector<std::string_view>> parse_arguments(std::string_view data) {
  std::vector<std::string_view> arguments;
  while (!data.empty() && arguments.size() < kMostArguments) {
    const auto argument = take_text(data);
    if (!argument) return fail(ErrorCode::kInvalidInput, "a milter argument without an end");
    arguments.push_back(*argument);
  }
  if (arguments.empty()) return fail(ErrorCode::kInvalidInput, "MAIL or RCPT without an address");
  return arguments;
}

std::string_view parse_text(std::string_view data) noexcept {
  return data.substr(0, data.find('\0'));
}

void append_frame(std::string& out, char command, std::string_view data) {
  append_number(out, static_cast<std::uint32_t>(data.size() + 1));
  out.push_back(command);
  out.append(data);
}

void append_reply_code(std::string& out, std::string_view text) {
  std::string data;
  data.reserve(text.size() + 8);
  for (const char c : text) {
    // libmilter's smfi_setreply: the text is a format for Sendmail, and Postfix undoes the doubling.
    if (c == '%') data.push_back('%');
    data.push_back(is_control(c) ? ' ' : c);
  }
  data.push_back('\0');
  append_frame(out, static_cast<char>(Response::kReplyCode), data);
}

void append_quarantine(std::string& out, std::string_view reason) {
  std::string data;
  append_one_line(data, reason);
  data.push_back('\0');
  append_frame(out, static_cast<char>(Response::kQuarantine), data);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  std::string data;
  append_one_line(data, name);
  data.push_back('\0');
  append_one_line(data, value);
  data.push_back('\0');
  append_frame(out, static_cast<char>(Response::kAddHeader), data);
}

Offer agree(const Offer& offer, std::uint32_t actions, std::uint32_t protocol) noexcept {
  return {std::min(offer.version, kOurVersion), offer.actions & actions, offer.protocol & protocol};
}

void append_agreement(std::string& out, const Offer& agreed, const std::vector<MacroWish>& wishes) {
  std::string data;
  append_number(data, agreed.version);
  append_number(data, agreed.actions);
  append_number(data, agreed.protocol);
  if ((agreed.actions & kChoosesMacros) != 0) {
    for (const MacroWish& wish : wishes) {
      append_number(data, wish.stage);
      data.append(wish.names);
      data.push_back('\0');
    }
  }
  append_frame(out, static_cast<char>(Response::kNegotiate), data);
}

}  // namespace postreeve::milter
