#include "queue_helper/queued_message.h"

#include <algorithm>

#include "base/ascii.h"

namespace postreeve {
namespace {

bool is_word(std::string_view text) {
  return std::ranges::all_of(text, is_alnum);
}

bool has_parts(std::string_view text, std::size_t first, std::size_t second, std::size_t third) {
  return text.size() == first + second + third + 2 && text[first] == '-' && text[first + 1 + second] == '-' &&
         is_word(text.substr(0, first)) && is_word(text.substr(first + 1, second)) &&
         is_word(text.substr(first + second + 2));
}

}  // namespace

bool is_postfix_queue_id(std::string_view text) noexcept {
  // "ALL", which postsuper takes for everything, is too short to be one.
  return text.size() >= 6 && text.size() <= 40 && is_word(text);
}

bool is_exim_message_id(std::string_view text) noexcept {
  return has_parts(text, 6, 6, 2) || has_parts(text, 6, 11, 4);
}

}  // namespace postreeve
