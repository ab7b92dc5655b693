#include "app/fitted_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/printable.h"

namespace postreeve {
namespace {

constexpr std::size_t kLeastRoom = 24;   // of the last column beside the others
constexpr std::size_t kIndentation = 6;  // of the last column below its row

using Row = std::vector<std::string>;

class Layout {
 public:
  Layout(const std::vector<FittedColumn>& columns, const std::vector<Row>& rows) : columns_(columns) {
    for (const FittedColumn& column : columns) widths_.push_back(characters(column.title));
    for (const Row& row : rows) {
      for (std::size_t i = 0; i < row.size(); ++i) widths_[i] = std::max(widths_[i], characters(row[i]));
    }
    for (std::size_t i = 0; i + 1 < widths_.size(); ++i) last_begins_ += 2 + widths_[i];
    last_begins_ += 2;
    const bool fits = last_begins_ + widths_.back() <= kTableWidth;
    is_below_ = !fits && !columns.back().is_number && last_begins_ + kLeastRoom > kTableWidth;
  }

  [[nodiscard]] bool last_is_below() const noexcept { return is_below_; }

  [[nodiscard]] std::string line(const Row& row) const {
    std::string text;
    for (std::size_t i = 0; i + 1 < row.size(); ++i) text += "  " + padded(row[i], i);
    const std::string& last = row.back();
    if (is_below_) {
      text = end(std::move(text));
      for (const std::string& part : wrapped(last, kTableWidth - kIndentation))
        text += end(std::string(kIndentation, ' ') + part);
      return text;
    }
    if (columns_.back().is_number || last_begins_ + characters(last) <= kTableWidth)
      return end(text + "  " + padded(last, row.size() - 1));
    std::string all;
    for (const std::string& part : wrapped(last, kTableWidth - last_begins_)) {
      all += end((all.empty() ? fmt::format("{}  ", text) : std::string(last_begins_, ' ')) + part);
    }
    return all;
  }

 private:
  [[nodiscard]] std::string padded(const std::string& cell, std::size_t column) const {
    const std::string padding(widths_[column] - characters(cell), ' ');
    return columns_[column].is_number ? padding + cell : cell + padding;
  }
  static std::string end(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return text + '\n';
  }

  const std::vector<FittedColumn>& columns_;
  std::vector<std::size_t> widths_;
  std::size_t last_begins_ = 0;
  bool is_below_ = false;
};

}  // namespace

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && characters(line) + 1 + characters(word) > width) {
      lines.push_back(std::move(line));
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

std::string fitted_table(const std::vector<FittedColumn>& columns,
                         const std::vector<std::vector<std::string>>& rows) {
  if (columns.empty()) return {};
  std::vector<Row> shown;
  shown.reserve(rows.size());
  for (const Row& row : rows) {
    Row& cells = shown.emplace_back();
    for (const std::string& cell : row) cells.push_back(printable(cell));
    cells.resize(columns.size());
  }
  const Layout layout(columns, shown);
  Row titles;
  for (const FittedColumn& column : columns) titles.push_back(column.title);
  if (layout.last_is_below()) titles.back().clear();
  std::string text = layout.line(titles);
  for (const Row& row : shown) text += layout.line(row);
  return text;
}

}  // namespace postreeve
