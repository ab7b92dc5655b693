#include "mail/text_digest.h"

#include <algorithm>
#include <utility>

#include <sodium/crypto_generichash.h>

#include "base/ascii.h"

namespace postreeve {

// Characters to words to the hash.
class TextDigest::Words {
 public:
  Words() { crypto_generichash_init(&state_, nullptr, 0, kHashBytes); }

  void begin_text(bool has_quotes) {
    has_quotes_ = has_quotes;
    is_line_start_ = true;
    is_quoted_ = false;
  }
  void add(char c) {
    if (c == '\n') {
      end_word();
      is_line_start_ = true;
      is_quoted_ = false;
      return;
    }
    if (is_line_start_) {
      is_line_start_ = false;
      is_quoted_ = has_quotes_ && c == '>';
    }
    if (is_quoted_) return;
    if (is_space(c)) {
      end_word();
    } else if (size_ < sizeof(word_)) {
      word_[size_++] = c;
    } else {
      is_odd_ = true;  // longer than words are
    }
  }
  void end_word() {
    const std::string_view word = std::exchange(is_odd_, false) ? std::string_view{} : kept_word();
    size_ = 0;
    if (word.empty()) return;
    char lower[sizeof(word_) + 1];
    std::ranges::transform(word, lower, [](char c) { return to_lower(c); });
    lower[word.size()] = ' ';
    crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>(lower), word.size() + 1);
    ++count_;
  }

  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
  [[nodiscard]] std::uint64_t finish() {
    unsigned char hash[kHashBytes];
    crypto_generichash_final(&state_, hash, sizeof hash);
    if (count_ < kFewestWords) return 0;
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 8; ++i) value = value << 8 | hash[i];
    return value != 0 ? value : 1;
  }

 private:
  static constexpr std::size_t kHashBytes = crypto_generichash_BYTES_MIN;

  static bool is_letter(char c) noexcept { return is_alpha(c) || static_cast<unsigned char>(c) >= 0x80; }

  // The word without punctuation around it; empty when it is one that is dropped.
  [[nodiscard]] std::string_view kept_word() const noexcept {
    std::string_view word(word_, size_);
    while (!word.empty() && !is_letter(word.front()) && !is_digit(word.front())) word.remove_prefix(1);
    while (!word.empty() && !is_letter(word.back()) && !is_digit(word.back())) word.remove_suffix(1);
    if (word.size() < 3) return {};
    constexpr std::string_view kOfAddresses = "@./\\:=";
    for (const char c : word) {
      if (is_digit(c) || kOfAddresses.find(c) != std::string_view::npos) return {};
    }
    // A word all in capitals is shouted, not a name.
    if (is_upper(word.front()) && std::ranges::any_of(word, [](char c) { return is_lower(c); })) return {};
    return word;
  }

  crypto_generichash_state state_;
  char word_[48] = {};
  std::size_t size_ = 0;
  bool is_odd_ = false;
  bool has_quotes_ = false;
  bool is_line_start_ = true;
  bool is_quoted_ = false;
  std::uint32_t count_ = 0;
};

// Gives the text of HTML on, character by character. No parser: as much as campaigns need.
class TextDigest::Html {
 public:
  explicit Html(Words& words) : words_(words) {}

  void add(char c) {
    switch (state_) {
      case State::kText:
        text(c);
        break;
      case State::kTagName:
        tag_name(c);
        break;
      case State::kTag:
        if (c == '>') end_tag();
        break;
      case State::kComment:
        dashes_ = c == '-' ? dashes_ + 1 : c == '>' && dashes_ >= 2 ? kCommentEnds : 0;
        if (dashes_ == kCommentEnds) state_ = State::kText;
        break;
      case State::kEntity:
        entity(c);
        break;
    }
  }

 private:
  enum class State : std::uint8_t { kText, kTagName, kTag, kComment, kEntity };
  static constexpr unsigned kCommentEnds = 1'000'000;
  static constexpr std::size_t kMostName = 12;

  void text(char c) {
    if (c == '<') {
      state_ = State::kTagName;
      name_.clear();
    } else if (!hidden_in_.empty()) {
      // Inside style or script.
    } else if (c == '&') {
      state_ = State::kEntity;
      name_.clear();
    } else {
      words_.add(c == '\n' ? ' ' : c);
    }
  }
  void tag_name(char c) {
    if (is_alnum(c) || ((c == '/' || c == '!' || c == '-') && name_.size() < 3)) {
      if (name_.size() < kMostName) name_.push_back(to_lower(c));
      if (name_ == "!--") {
        state_ = State::kComment;
        dashes_ = 0;
      }
      return;
    }
    state_ = State::kTag;
    if (c == '>') end_tag();
  }
  void end_tag() {
    state_ = State::kText;
    const bool is_end = name_.starts_with('/');
    const std::string_view name = std::string_view(name_).substr(is_end ? 1 : 0);
    if (!hidden_in_.empty()) {
      if (is_end && name == hidden_in_) hidden_in_.clear();
      return;
    }
    if (!is_end && (name == "style" || name == "script" || name == "title")) hidden_in_ = name;
    // Other tags may stand inside a word ("V<b></b>erify").
    constexpr std::string_view kBlocks[] = {"br", "div", "h1",    "h2", "h3", "h4",
                                            "li", "p",   "table", "td", "tr"};
    if (std::ranges::find(kBlocks, name) != std::ranges::end(kBlocks)) words_.end_word();
  }
  void entity(char c) {
    if ((is_alnum(c) || c == '#') && name_.size() < kMostName) {
      name_.push_back(to_lower(c));
      return;
    }
    state_ = State::kText;
    const char meant = character_of(name_);
    if (meant != '\0') words_.add(meant);
    if (c != ';') text(c);
  }
  // An ASCII character; '\0' for every other.
  static char character_of(std::string_view name) noexcept {
    if (name == "nbsp") return ' ';
    if (name == "amp") return '&';
    if (!name.starts_with('#')) return '\0';
    name.remove_prefix(1);
    const bool is_hex = name.starts_with('x');
    if (is_hex) name.remove_prefix(1);
    unsigned value = 0;
    for (const char c : name) {
      const int digit = hex_value(c);
      if (digit < 0 || (!is_hex && digit > 9) || value > 0x7f) return '\0';
      value = value * (is_hex ? 16 : 10) + static_cast<unsigned>(digit);
    }
    return value >= 0x20 && value < 0x7f ? static_cast<char>(value) : '\0';
  }

  Words& words_;
  State state_ = State::kText;
  std::string name_;       // of a tag or an entity
  std::string hidden_in_;  // "style": until its end
  unsigned dashes_ = 0;
};

TextDigest::TextDigest() : words_(std::make_unique<Words>()) {}
TextDigest::~TextDigest() = default;

void TextDigest::begin_text(bool is_html) {
  words_->begin_text(!is_html);
  html_ = is_html ? std::make_unique<Html>(*words_) : nullptr;
}

void TextDigest::add(std::string_view piece) {
  for (const char c : piece) {
    if (html_ != nullptr) {
      html_->add(c);
    } else {
      words_->add(c);
    }
  }
}

void TextDigest::end_text() {
  words_->end_word();
  html_.reset();
}

std::uint32_t TextDigest::words() const noexcept {
  return words_->count();
}

std::uint64_t TextDigest::finish() {
  return words_->finish();
}

}  // namespace postreeve
