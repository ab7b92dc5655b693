// A reader of address headers as they come: RFC 5322 3.4 with what senders make of it.
#include <algorithm>

#include "base/ascii.h"
#include "mail/address.h"
#include "mail/encoded_word.h"

namespace postreeve {
namespace {

// White space runs, line folds included, become one space.
std::string collapsed(std::string_view text) {
  std::string out;
  for (char const c : trim(text)) {
    if (!is_space(c))
      out += c;
    else if (out.back() != ' ')
      out += ' ';
  }
  return out;
}

// Whether there is no white space outside quotes.
bool is_one_word(std::string_view text) noexcept {
  bool in_quotes = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"')
      in_quotes = !in_quotes;
    else if (in_quotes && text[i] == '\\')
      ++i;
    else if (!in_quotes && is_space(text[i]))
      return false;
  }
  return true;
}

class MailboxReader {
 public:
  explicit MailboxReader(std::string_view header) : rest_(header) {}

  HeaderMailbox read() {
    while (!rest_.empty() && !done_) step();
    if (address_.empty()) take_bare_address();
    const std::string& name = trim(words_).empty() ? comment_ : words_;
    return {decode_header_text(collapsed(name)), address_};
  }

 private:
  void step() {
    switch (rest_.front()) {
      case '(':
        take_comment();
        break;
      case '"':
        take_quoted();
        break;
      case '<':
        take_angle();
        break;
      case ',':
      case ';':
        take_separator();
        break;
      case ':':
        take_colon();
        break;
      default:
        take_plain();
    }
  }

  // Ends the first mailbox, unless it is the comma of an unquoted "Doe, Jane <j@x.example>".
  void take_separator() {
    done_ = bare_.contains('@');
    if (!trim(words_).empty()) words_ += rest_.front();
    bare_ += ' ';
    rest_.remove_prefix(1);
  }

  // What stood before it was a group's name, or "mailto"; inside an address it is a literal's,
  // "a@[IPv6:::1]".
  void take_colon() {
    if (bare_.contains('@')) return take_plain();
    rest_.remove_prefix(1);
    bare_.clear();
    words_.clear();
  }

  // Keeps a comment's text, without the parentheses of those nested in it. One that never ends is
  // none, nor is any behind it (so that a row of "(" is not read again and again).
  void take_comment() {
    std::string text;
    std::size_t depth = 0;
    for (std::size_t i = 0; i < rest_.size() && !open_comment_; ++i) {
      const char c = rest_[i];
      if (c == '(')
        ++depth;
      else if (c == ')')
        --depth;
      else if (c == '\\' && i + 1 < rest_.size())
        text += rest_[++i];
      else
        text += c;
      if (depth > 0) continue;
      comment_ = std::move(text);
      return rest_.remove_prefix(i + 1);
    }
    open_comment_ = true;
    take_plain();
  }

  // Words keep what is inside the quotes; bare text keeps it as written, for "\"a b\"@x.example".
  void take_quoted() {
    std::string text;
    std::size_t i = 1;
    if (open_quote_) return take_plain();
    for (; i < rest_.size() && rest_[i] != '"'; ++i) {
      if (rest_[i] == '\\' && i + 1 < rest_.size()) ++i;
      text += rest_[i];
    }
    if (i >= rest_.size()) {  // it never ends: a stray quote
      open_quote_ = true;
      return take_plain();
    }
    words_ += text;
    bare_ += rest_.substr(0, i + 1);
    rest_.remove_prefix(i + 1);
  }

  void take_angle() {
    std::size_t end = rest_.find('>');
    if (end == std::string_view::npos) end = rest_.find_first_of(", ;\t\r\n");
    address_ = trim(rest_.substr(1, end == std::string_view::npos ? end : end - 1));
    rest_.remove_prefix(std::min(end, rest_.size() - 1) + 1);
    done_ = true;
    rest_ = trim(rest_);
    if (trim(words_).empty() && comment_.empty() && rest_.starts_with('(')) take_comment();
  }

  // One character; an encoded-word whole, because broken ones hold commas and the like.
  void take_plain() {
    const std::size_t length = std::max<std::size_t>(1, encoded_word_length(rest_));
    bare_ += rest_.substr(0, length);
    words_ += rest_.substr(0, length);
    rest_.remove_prefix(length);
  }

  // Without <> the text is the address; a name beside it may be a comment, or stand loosely before it.
  void take_bare_address() {
    const std::string_view bare = trim(bare_);
    if (!bare.contains('@')) return;
    if (is_one_word(bare)) {
      address_ = bare;
      words_.clear();
      return;
    }
    address_ = find_address(bare);
    if (!address_.empty()) words_.erase(std::min(words_.find(address_), words_.size()));
  }

  std::string_view rest_;
  std::string words_;
  std::string bare_;
  std::string comment_;
  std::string address_;
  bool open_comment_ = false;
  bool open_quote_ = false;
  bool done_ = false;
};

}  // namespace

HeaderMailbox parse_header_mailbox(std::string_view header) {
  return MailboxReader(header).read();
}

}  // namespace postreeve
