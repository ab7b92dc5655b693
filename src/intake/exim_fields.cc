#include "intake/exim_fields.h"

#include <algorithm>
#include <array>

namespace postreeve {
namespace {

enum class Taken { kField, kNone, kBroken };

// Flags that stand alone; Exim may add one of "*.-" (offered, answered, in part).
constexpr std::array<std::string_view, 9> kFlags{
    "L",      // PIPE_CONNECT
    "K",      // CHUNKING
    "TFO",    // TCP fast open
    "PRDR",   // per-recipient data responses
    "DS",     // the host name is secured by DNSSEC
    "ARC",    // ARC seal verified
    "PROXY",  // behind a PROXY protocol proxy
    "NOTFO",
    "SPF",  // passed, written short
};

bool ends_field(std::string_view rest) {
  return rest.empty() || rest.front() == ' ' || rest.front() == ':';
}

// A quoted value ends at the first quote with a blank, a colon or nothing behind it: Exim
// escapes the quotes of subjects and replies but not those of certificate names. An address
// among such loose quotes is the true one that a HELO name left over.
std::optional<std::string_view> take_quoted(FieldCursor& cursor) {
  const auto rest = cursor.rest();
  bool has_loose_quote = false;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '\\') {
      ++i;
    } else if (rest[i] == '"' && !ends_field(rest.substr(i + 1))) {
      has_loose_quote = true;
    } else if (rest[i] == '"') {
      const auto value = rest.substr(1, i - 1);
      if (has_loose_quote && value.find(") [") != std::string_view::npos) return std::nullopt;
      cursor = FieldCursor(rest.substr(i + 1));
      return value;
    }
  }
  return std::nullopt;
}

// An unquoted value: up to a blank, a colon at its end given back ("T=remote_smtp: text").
std::optional<std::string_view> take_plain(FieldCursor& cursor) {
  const auto rest = cursor.rest();
  auto value = rest.substr(0, std::min(rest.find(' '), rest.size()));
  if (value.ends_with(':')) value.remove_suffix(1);
  if (value.find('"') != std::string_view::npos) return std::nullopt;
  cursor = FieldCursor(rest.substr(value.size()));
  return value;
}

std::optional<std::string_view> take_value(FieldCursor& cursor) {
  if (cursor.peek() == '"') return take_quoted(cursor);
  if (cursor.peek() == '<') return cursor.take_angle();
  return take_plain(cursor);
}

// An ident string may hold anything (RFC 1413 6); what the server says of the protocol comes
// after it. With a bracket in it, it may be the rest of a HELO name with the true address.
std::optional<std::string_view> take_user(FieldCursor& cursor) {
  const auto rest = cursor.rest();
  const auto protocol = rest.find(" P=");
  if (protocol == std::string_view::npos) return take_plain(cursor);
  const auto user = rest.substr(0, protocol);
  if (user.find('[') != std::string_view::npos) return std::nullopt;
  cursor = FieldCursor(rest.substr(protocol));
  return user;
}

std::uint64_t size_of(std::string_view value) {
  FieldCursor digits(value);
  return digits.take_number().value_or(0);
}

bool take_letter_field(char key, FieldCursor& cursor, EximFields& fields) {
  const bool is_quoted = cursor.peek() == '"';
  const auto value = key == 'U' ? take_user(cursor) : take_value(cursor);
  if (!value) return false;
  switch (key) {
    case 'P':
      fields.protocol = *value;
      break;
    case 'U':
      fields.user = *value;
      break;
    case 'A':
      fields.auth = *value;
      break;
    case 'R':
      fields.reference = *value;
      break;
    case 'T':
      (is_quoted ? fields.subject : fields.transport) = *value;
      break;
    case 'C':
      fields.reply = *value;
      break;
    case 'S':
      fields.size = size_of(*value);
      fields.has_size = true;
      break;
    case 'F':
      fields.sender = *value;
      fields.sender_known = true;
      break;
    default:
      break;  // X=, I=, D=, Q=: nothing about the account
  }
  return true;
}

bool take_host_field(FieldCursor& cursor, EximFields& fields, unsigned helo_end) {
  if (fields.has_host) return false;
  fields.has_host = true;
  if (take_exim_host(cursor, fields.host, helo_end)) return true;
  if (helo_end > 0 || cursor.peek() == '(' || cursor.peek() == '[') return false;
  fields.host.name = fields.host.text = cursor.take_word();  // a delivery that knows no address
  return !fields.host.name.empty();
}

Taken take_flag(std::string_view name, FieldCursor& cursor) {
  if (std::ranges::find(kFlags, name) == kFlags.end()) return Taken::kNone;
  if (cursor.peek() == '*' || cursor.peek() == '.' || cursor.peek() == '-') {
    cursor = FieldCursor(cursor.rest().substr(1));
  }
  return ends_field(cursor.rest()) ? Taken::kField : Taken::kNone;
}

Taken take_field(FieldCursor& cursor, EximFields& fields, unsigned helo_end) {
  const auto key = cursor.take_while(is_alnum);
  if (key.empty()) return Taken::kNone;
  if (key == "id") static_cast<void>(cursor.take('*'));  // "id*=": Exim made the message id itself
  if (!cursor.take('=')) return take_flag(key, cursor);
  bool is_whole = true;
  if (key == "H") {
    is_whole = take_host_field(cursor, fields, helo_end);
  } else if (key.size() == 1) {
    is_whole = take_letter_field(key.front(), cursor, fields);
  } else if (key == "id") {
    const auto id = take_exim_address(cursor);
    is_whole = id.has_value();
    if (id) fields.message_id = *id;
  } else {
    is_whole = take_value(cursor).has_value();
  }
  return is_whole && ends_field(cursor.rest()) ? Taken::kField : Taken::kBroken;
}

// "[address]" with the marks that may follow: ":port", "*" (DNSSEC).
std::optional<std::string_view> take_bracketed_address(FieldCursor& cursor) {
  if (!cursor.take('[')) return std::nullopt;
  const auto address = cursor.take_while([](char c) { return c != ']' && c != ' '; });
  if (!cursor.take(']') || !looks_like_address(address)) return std::nullopt;
  while (cursor.peek() == '*' ||
         (cursor.peek() == ':' && cursor.rest().size() > 1 && cursor.rest()[1] != ' ')) {
    cursor = FieldCursor(cursor.rest().substr(1));
    cursor.take_while([](char c) { return is_alnum(c) || c == '_'; });
  }
  return address;
}

// The HELO name at a "(", to the ")" before the `helo_end`-th " [address]".
std::optional<std::string_view> take_helo(FieldCursor& cursor, unsigned helo_end) {
  const auto rest = cursor.rest();
  auto end = rest.find(") [");
  for (; end != std::string_view::npos; end = rest.find(") [", end + 1)) {
    FieldCursor address(rest.substr(end + 2));
    if (!take_bracketed_address(address)) continue;
    if (helo_end-- > 0) continue;
    const auto helo = rest.substr(1, end - 1);
    // An ident string with an address in it looks like this: nobody knows which of the two is true.
    if (helo.find("] U=") != std::string_view::npos) return std::nullopt;
    cursor = FieldCursor(rest.substr(end + 2));
    return helo;
  }
  return std::nullopt;
}

}  // namespace

bool take_exim_host(FieldCursor& cursor, EximHost& host, unsigned helo_end) {
  const auto start = cursor.rest();
  FieldCursor ahead = cursor;
  if (ahead.peek() != '[' && ahead.peek() != '(') {
    host.name = ahead.take_while([](char c) { return c != ' ' && c != '[' && c != '('; });
    if (host.name.empty() || !ahead.take(' ')) return false;
    static_cast<void>(ahead.take("DS "));
  }
  if (ahead.peek() == '(') {
    const auto helo = take_helo(ahead, helo_end);
    if (!helo) return false;
    host.helo = *helo;
  } else if (helo_end > 0) {
    return false;  // nothing else to try
  }
  const auto address = take_bracketed_address(ahead);
  if (!address) return false;
  host.address = *address;
  host.text = start.substr(0, start.size() - ahead.rest().size());
  cursor = ahead;
  return true;
}

bool take_exim_fields(FieldCursor& cursor, EximFields& fields, unsigned helo_end) {
  while (true) {
    FieldCursor ahead = cursor;
    ahead.skip_spaces();
    const auto taken = take_field(ahead, fields, helo_end);
    if (taken == Taken::kBroken) return false;
    if (taken == Taken::kNone) return true;
    cursor = ahead;
  }
}

std::optional<std::string_view> take_exim_address(FieldCursor& cursor) {
  const auto rest = cursor.rest();
  bool is_quoted = false;
  std::size_t size = 0;
  for (; size < rest.size() && (is_quoted || rest[size] != ' '); ++size) {
    if (rest[size] == '"') {
      is_quoted = !is_quoted;
    } else if (rest[size] == '\\' && size + 1 < rest.size()) {
      ++size;  // RFC 822 6.1 let words have quoted pairs outside of quotes, and Exim still does
    }
  }
  if (is_quoted) return std::nullopt;
  auto address = rest.substr(0, size);
  if (address.ends_with(':') && address.size() > 1) address.remove_suffix(1);
  cursor = FieldCursor(rest.substr(address.size()));
  return address;
}

std::string_view exim_login(std::string_view auth) {
  const auto colon = auth.find(':');
  if (colon == std::string_view::npos) return {};
  const auto login = auth.substr(colon + 1);
  return login.substr(0, std::min(login.find(':'), login.size()));
}

}  // namespace postreeve
