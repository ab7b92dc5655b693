#include "app/data_output.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "app/data_view.h"
#include "app/fitted_table.h"
#include "base/printable.h"

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
  if (value.is_double()) return fmt::to_string(value.get_double());
  if (!value.is_array()) return json::serialize(value);
  std::string text;
  for (const json::value& item : value.get_array()) text += (text.empty() ? "" : ", ") + text_of(item);
  return text;
}

// What a table shows of a moment: no "T", no seconds, no zone, which is UTC.
std::string cell_of(const json::value& value) {
  std::string text = text_of(value);
  const bool is_moment = text.size() == 24 && text[10] == 'T' && text[19] == '.' && text.back() == 'Z';
  return is_moment ? text.substr(0, 10) + ' ' + text.substr(11, 5) : text;
}

bool is_rows(const json::value& value) {
  return value.is_array() &&
         std::ranges::all_of(value.get_array(), [](const auto& v) { return v.is_object(); });
}

struct Column {
  std::string member;
  std::string title;
};

// Those of the view that are there; without a view all.
std::vector<Column> columns_of_rows(const json::object& first, std::string_view of) {
  std::vector<Column> columns;
  for (const ViewColumn& column : columns_of(of)) {
    if (first.contains(column.member))
      columns.push_back({std::string(column.member), std::string(column.title)});
  }
  if (!columns.empty()) return columns;
  for (const auto& [key, value] : first) columns.push_back({std::string(key), title_of(key)});
  return columns;
}

std::string table_of(const json::array& rows, std::string_view of) {
  if (rows.empty()) return "  none\n";
  const json::object& first = rows.front().get_object();
  const std::vector<Column> members = columns_of_rows(first, of);
  std::vector<FittedColumn> columns;
  for (const Column& column : members) {
    const json::value* value = first.if_contains(column.member);
    columns.push_back({column.title, value != nullptr && value->is_number()});
  }
  std::vector<std::vector<std::string>> cells;
  for (const json::value& row : rows) {
    auto& line = cells.emplace_back();
    for (const Column& column : members) {
      const json::value* cell = row.get_object().if_contains(column.member);
      line.push_back(cell == nullptr ? std::string() : cell_of(*cell));
    }
  }
  return fitted_table(columns, cells);
}

std::string lines_of(const json::object& thing) {
  std::size_t width = 0;
  for (const auto& [key, value] : thing) {
    if (!is_rows(value) && !value.is_object()) width = std::max(width, key.size());
  }
  std::string text;
  std::string tables;
  for (const auto& [key, value] : thing) {
    if (value.is_object()) {
      tables += fmt::format("\n{}\n{}", title_of(key), lines_of(value.get_object()));
    } else if (is_rows(value) && !value.get_array().empty()) {
      tables += fmt::format("\n{}\n{}", title_of(key), table_of(value.get_array(), key));
    } else if (!is_rows(value)) {
      std::string title = title_of(key);
      for (const std::string& part : wrapped(printable(cell_of(value)), kTableWidth - width - 4)) {
        text += fmt::format("  {:<{}}  {}\n", title, width, part);
        title.clear();
      }
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

std::string print_data(const json::value& data, OutputFormat format, std::string_view of) {
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
  if (has_rows) return table_of(rows, of);
  return data.is_object() ? lines_of(data.get_object()) : text_of(data) + '\n';
}

std::string print_watched(const json::value& data) {
  std::string text;
  if (!is_rows(data)) return text;
  for (const json::value& row : data.get_array()) {
    const auto cell = [&row](std::string_view name) {
      const json::value* value = row.get_object().if_contains(name);
      return value == nullptr ? std::string() : printable(text_of(*value));
    };
    const std::string time = cell("time");
    std::string line = fmt::format(
        "{}  {:<6}  {:<10}  {:<28}  {:<15}  {:<10}  {}", time.size() > 19 ? time.substr(11, 8) : time,
        cell("action"), cell("event"), cell("account"), cell("client"), cell("standing"), cell("says"));
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

}  // namespace postreeve
