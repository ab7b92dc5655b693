#include "intake/line_reader.h"

#include <algorithm>

namespace postreeve {

bool looks_binary(std::string_view beginning) noexcept {
  constexpr std::size_t kLooked = 4096;
  constexpr std::size_t kHarmless = 8;  // a crash may leave a few NULs in a log
  beginning = beginning.substr(0, kLooked);
  const auto controls = static_cast<std::size_t>(std::ranges::count_if(beginning, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && (c < '\t' || c > '\r') && c != '\x1b';
  }));
  // Random bytes have a tenth, logs have none.
  return controls > kHarmless && controls > beginning.size() / 20;
}

void LineBlock::reserve(std::size_t capacity) {
  if (capacity <= capacity_) return;
  auto larger = std::make_unique_for_overwrite<char[]>(capacity + kPadding);
  std::copy_n(bytes_.get(), size_, larger.get());
  bytes_ = std::move(larger);
  capacity_ = capacity;
}

bool LineReader::fill(LineBlock& block) {
  while (block.size_ < block.capacity_) {
    const auto got = source_->read({block.bytes_.get() + block.size_, block.capacity_ - block.size_});
    if (!got) fault_ = got.error();
    if (!got || *got == 0) return false;
    block.size_ += *got;
  }
  return true;
}

bool LineReader::drop_rest_of_line(LineBlock& block) {
  while (is_dropping_) {
    block.size_ = 0;
    const bool goes_on = fill(block);
    if (const auto stop = block.text().find('\n'); stop != std::string_view::npos) {
      std::copy(block.bytes_.get() + stop + 1, block.bytes_.get() + block.size_, block.bytes_.get());
      block.size_ -= stop + 1;
      is_dropping_ = false;
    } else {
      block.size_ = 0;
    }
    if (!goes_on) return false;
  }
  return true;
}

// Ends the block behind its last whole line; false when it has none.
bool LineReader::end_with_line(LineBlock& block) {
  const auto last = block.text().rfind('\n');
  if (last == std::string_view::npos) return false;
  tail_ = block.text().substr(last + 1);
  block.size_ = last + 1;
  return true;
}

// The source is over: hands out what is left, then says why.
Result<bool> LineReader::finish(LineBlock& block) {
  is_over_ = true;
  if (fault_ && !end_with_line(block)) block.size_ = 0;
  tail_.clear();
  if (fault_ && block.size_ == 0) return fail(*fault_);
  return block.size_ > 0;
}

bool LineReader::begin_file(LineBlock& block) {
  is_first_ = false;
  if (looks_binary(block.text())) {
    block.size_ = 0;
    return false;
  }
  if (block.text().starts_with("\xef\xbb\xbf")) {
    std::copy(block.bytes_.get() + 3, block.bytes_.get() + block.size_, block.bytes_.get());
    block.size_ -= 3;
  }
  return true;
}

Result<bool> LineReader::next(LineBlock& block) {
  block.size_ = 0;
  if (is_over_ && fault_) return fail(*fault_);
  if (is_over_) return false;
  block.reserve(std::max<std::size_t>(limits_.block_bytes, tail_.size() + 1));
  bool goes_on = drop_rest_of_line(block);
  std::copy(tail_.begin(), tail_.end(), block.bytes_.get() + block.size_);
  block.size_ += tail_.size();
  tail_.clear();
  while (goes_on) {
    goes_on = fill(block);
    if (is_first_ && !begin_file(block)) {
      fault_ = Error{ErrorCode::kInvalidInput, "it holds binary data: not a log"};
      goes_on = false;
    }
    if (!goes_on) break;
    if (end_with_line(block)) return true;
    if (block.size_ > limits_.line_bytes) {
      block.size_ = limits_.line_bytes + 1;  // one more, so that it is seen to be cut
      is_dropping_ = true;
      return true;
    }
    block.reserve(block.capacity_ * 2);
  }
  return finish(block);
}

}  // namespace postreeve
