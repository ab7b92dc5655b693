#include "intake/line_cutter.h"

#include <algorithm>

namespace postreeve {

void LineBatch::add(std::string_view text, bool is_cut, FilePosition at) {
  lines_.push_back({bytes_.size(), text.size(), is_cut, at});
  bytes_ += text;
}

void LineBatch::clear() {
  bytes_.clear();
  lines_.clear();
}

void LineCutter::restart(FilePosition at, bool skips_first) {
  partial_.clear();
  start_ = at;
  offset_ = at.offset;
  is_headless_ = skips_first;
  is_dropping_ = skips_first;
}

void LineCutter::feed(std::string_view bytes, LineBatch& batch) {
  while (!bytes.empty()) {
    const auto stop = bytes.find('\n');
    take(bytes.substr(0, stop));
    if (stop == std::string_view::npos) {
      offset_ += bytes.size();
      return;
    }
    offset_ += stop + 1;
    end_line(offset_, batch);
    bytes.remove_prefix(stop + 1);
  }
}

void LineCutter::finish(LineBatch& batch) {
  if (!partial_.empty()) end_line(offset_, batch);
}

void LineCutter::take(std::string_view piece) {
  if (is_dropping_) return;
  if (partial_.empty()) piece.remove_prefix(std::min(piece.find_first_not_of('\0'), piece.size()));
  const auto room = most_ - partial_.size();
  partial_ += piece.substr(0, room);
  is_dropping_ = piece.size() > room;
}

void LineCutter::end_line(std::uint64_t next, LineBatch& batch) {
  if (!is_headless_) {
    const bool is_cut = is_dropping_;
    if (!is_cut && partial_.ends_with('\r')) partial_.pop_back();
    batch.add(partial_, is_cut, start_);
  }
  partial_.clear();
  start_.offset = next;
  is_dropping_ = is_headless_ = false;
}

}  // namespace postreeve
