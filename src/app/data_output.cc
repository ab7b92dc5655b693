#include "app/data_output.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/printable.h"
#include "replay/text_table.h"

namespace postreeve {
namespace {

namespace json = boost::json;

// "messages_out" as people read it.
std::string title_of(std::string_view key) {
  std::string title(key);
  std::ranges::replace(title, '_', ' ');
  return title;
}

std::string text_of(const json::value& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  if (value.is_double()) return fmt::format("{:g}", value.get_double());
  if (!value.is_array()) return json::serialize(value);
  std::string text;
  for (const json::value& item : value.get_array()) text += (text.empty() ? "" : ", ") + text_of(item);
  return text;
}

// What a table shows of a moment: no "T", no fractions, no zone, which is UTC.
std::string cell_of(const json::value& value) {
  std::string text = text_of(value);
  const bool is_moment = text.size() == 24 && text[10] == 'T' && text[19] == '.' && text.back() == 'Z';
  return is_moment ? text.substr(0, 10) + ' ' + text.substr(11, 8) : text;
}

bool is_rows(const json::value& value) {
  return value.is_array() &&
         std::ranges::all_of(value.get_array(), [](const auto& v) { return v.is_object(); });
}

std::string table_of(const json::array& rows) {
  if (rows.empty()) return "  none\n";
  std::vector<std::string> titles;
  std::vector<TextTable::Column> columns;
  for (const auto& [key, value] : rows.front().get_object()) titles.push_back(title_of(key));
  auto title = titles.begin();
  for (const auto& [key, value] : rows.front().get_object()) {
    columns.push_back({*title++, value.is_number() ? TextTable::Align::kRight : TextTable::Align::kLeft});
  }
  TextTable table(columns);
  for (const json::value& row : rows) {
    std::vector<std::string> cells;
    for (const auto& [key, value] : rows.front().get_object()) {
      const json::value* cell = row.get_object().if_contains(key);
      cells.push_back(cell == nullptr ? std::string() : cell_of(*cell));
    }
    table.add(std::move(cells));
  }
  return table.to_string();
}

std::string lines_of(const json::object& thing) {
  std::size_t width = 0;
  for (const auto& [key, value] : thing) width = std::max(width, key.size());
  std::string text;
  std::string tables;
  for (const auto& [key, value] : thing) {
    if (is_rows(value) && !value.get_array().empty()) {
      tables += fmt::format("\n{}\n{}", title_of(key), table_of(value.get_array()));
    } else if (value.is_object()) {
      tables += fmt::format("\n{}\n{}", title_of(key), lines_of(value.get_object()));
    } else if (const std::string cell = printable(cell_of(value)); !cell.empty()) {
      text += fmt::format("  {:<{}}  {}\n", title_of(key), width, cell);
    }
  }
  return text + tables;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

std::string csv_of(const json::array& rows) {
  if (rows.empty()) return {};
  std::string text;
  std::string line;
  for (const auto& [key, value] : rows.front().get_object())
    line += (line.empty() ? "" : ",") + std::string(key);
  text += line + "\r\n";
  for (const json::value& row : rows) {
    bool is_first = true;
    for (const auto& [key, value] : rows.front().get_object()) {
      const json::value* cell = row.get_object().if_contains(key);
      text += (is_first ? "" : ",") + (cell == nullptr ? std::string() : csv_cell(text_of(*cell)));
      is_first = false;
    }
    text += "\r\n";
  }
  return text;
}

std::string values_of(const json::array& rows) {
  std::string text;
  for (const json::value& row : rows) {
    if (const json::value* value = row.get_object().if_contains("value")) text += text_of(*value) + '\n';
  }
  return text;
}

std::string ndjson_of(const json::array& rows) {
  std::string text;
  for (const json::value& row : rows) text += json::serialize(row) + '\n';
  return text;
}

}  // namespace

std::string print_data(const json::value& data, OutputFormat format) {
  const bool has_rows = is_rows(data);
  const json::array rows = has_rows ? data.get_array() : json::array{data};
  switch (format) {
    case OutputFormat::kJson:
      return json::serialize(data) + '\n';
    case OutputFormat::kNdjson:
      return ndjson_of(rows);
    case OutputFormat::kCsv:
      return csv_of(rows);
    case OutputFormat::kValues:
      return values_of(rows);
    case OutputFormat::kTable:
      break;
  }
  if (has_rows) return table_of(rows);
  return data.is_object() ? lines_of(data.get_object()) : text_of(data) + '\n';
}

}  // namespace postreeve
