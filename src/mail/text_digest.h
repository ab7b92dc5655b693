// What stays the same of a text when a campaign sends it a thousand times.
//
// Words are kept, lower-cased; what a campaign fills in for each recipient is dropped: words that begin with
// a capital (names; and with them all nouns of a German text), words with a digit, a dot, a slash or an @
// inside (amounts, dates, addresses, links), words of fewer than three bytes, and quoted lines ("> ...").
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace postreeve {

// Texts with fewer words say nothing by being the same.
inline constexpr std::uint32_t kFewestWords = 8;

// The words of one message, from texts that come in pieces. Bounded; total.
class TextDigest {
 public:
  TextDigest();
  ~TextDigest();
  TextDigest(const TextDigest&) = delete;
  TextDigest& operator=(const TextDigest&) = delete;

  // HTML is read as its text: tags, comments, style and script are dropped.
  void begin_text(bool is_html);
  void add(std::string_view piece);
  void end_text();

  [[nodiscard]] std::uint32_t words() const noexcept;
  // 0 below kFewestWords. The same on every machine. Once, at the end.
  [[nodiscard]] std::uint64_t finish();

 private:
  class Words;
  class Html;

  std::unique_ptr<Words> words_;
  std::unique_ptr<Html> html_;  // while a text of HTML is read
};

}  // namespace postreeve
