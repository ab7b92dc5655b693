#include "app/setting_value.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include "app/lists.h"
#include "app/moment.h"
#include "app/suggestion.h"
#include "base/ascii.h"
#include "redis/redis_address.h"

namespace postreeve {
namespace {

using Type = SettingType;

// Reads the values of one setting; one object a setting.
class ValueReader {
 public:
  ValueReader(const Setting& setting, FileContext& file) : setting_(setting), file_(file) {}

  std::optional<SettingValue> read(const toml::node& node) {
    switch (setting_.type) {
      case Type::kFlag:
        return read_flag(node);
      case Type::kCount:
        return read_count(node);
      case Type::kNumber:
        return read_number(node);
      case Type::kNetworks:
        return read_list<Prefix>(node, [](const auto& text) { return Prefix::parse(text); });
      case Type::kCountries:
        return read_list<CountryCode>(node, parse_country);
      case Type::kDates:
        return read_dates(node);
      case Type::kChoices:
      case Type::kNames:
      case Type::kTexts:
      case Type::kDomains:
      case Type::kPaths:
      case Type::kAnyPaths:
      case Type::kEndpoints:
      case Type::kAddresses:
        return read_list<std::string>(node, [this](const auto& text) { return parse_text(text); });
      default:
        return read_text(node);
    }
  }

 private:
  // Reports what is wrong; converts to "no value" of any kind.
  std::nullopt_t wrong(const toml::node& node, std::string text) {
    file_.problems.push_back({place_of(node, file_.name), std::move(text)});
    return std::nullopt;
  }
  std::nullopt_t wrong_type(const toml::node& node) {
    return wrong(node, fmt::format("'{}' is not written like this; write {}", setting_.name,
                                   how_to_write(setting_.type)));
  }
  bool is_out_of_bounds(double number) const {
    return setting_.least != setting_.most && (number < setting_.least || number > setting_.most);
  }

  std::optional<SettingValue> read_flag(const toml::node& node) {
    if (const auto* flag = node.as_boolean()) return SettingValue{flag->get()};
    return wrong_type(node);
  }

  std::optional<SettingValue> read_count(const toml::node& node) {
    const auto* number = node.as_integer();
    if (number == nullptr) return wrong_type(node);
    if (!is_out_of_bounds(static_cast<double>(number->get()))) return SettingValue{number->get()};
    return wrong(node, out_of_bounds(fmt::to_string(setting_.least), fmt::to_string(setting_.most)));
  }

  std::optional<SettingValue> read_number(const toml::node& node) {
    if (!node.is_number()) return wrong_type(node);
    const double number =
        node.is_integer() ? static_cast<double>(node.as_integer()->get()) : node.as_floating_point()->get();
    if (!std::isfinite(number)) return wrong_type(node);
    if (!is_out_of_bounds(number)) return SettingValue{number};
    return wrong(node, out_of_bounds(fmt::to_string(setting_.least), fmt::to_string(setting_.most)));
  }

  std::string out_of_bounds(std::string_view least, std::string_view most) const {
    return fmt::format("'{}' is out of bounds; write something from {} to {}", setting_.name, least, most);
  }
  std::string duration_out_of_bounds() const {
    const auto text = [](double seconds) {
      return format_duration(std::chrono::seconds{static_cast<long>(seconds)});
    };
    return out_of_bounds(text(setting_.least), text(setting_.most));
  }

  std::optional<SettingValue> read_text(const toml::node& node) {
    const auto* text = node.as_string();
    if (text == nullptr) return wrong_type(node);
    const Result<SettingValue> value = parse_one(text->get());
    if (value) return *value;
    return wrong(node, value.error().detail);
  }

  Result<SettingValue> parse_one(const std::string& text) const {
    switch (setting_.type) {
      case Type::kDuration:
        return parse_bounded_duration(text);
      case Type::kRate:
        return parse_bounded_rate(text);
      case Type::kHours: {
        if (const auto hours = parse_hours(text)) return SettingValue{*hours};
        return not_one(text);
      }
      default: {
        Result<std::string> checked = parse_text(text);
        if (!checked) return fail(checked.error());
        return SettingValue{std::move(*checked)};
      }
    }
  }

  Result<SettingValue> parse_bounded_duration(const std::string& text) const {
    const auto duration = parse_duration(text);
    if (!duration) return not_one(text);
    if (!is_out_of_bounds(static_cast<double>(duration->count()) / 1000)) return SettingValue{*duration};
    return fail(ErrorCode::kInvalidInput, duration_out_of_bounds());
  }

  Result<SettingValue> parse_bounded_rate(const std::string& text) const {
    const auto rate = parse_rate(text);
    if (!rate) return not_one(text);
    if (!is_out_of_bounds(static_cast<double>(rate->window.count()) / 1000)) return SettingValue{*rate};
    return fail(ErrorCode::kInvalidInput, duration_out_of_bounds());
  }

  std::unexpected<Error> not_one(std::string_view text) const {
    return fail(ErrorCode::kInvalidInput, fmt::format("'{}' is no {}; write {}", text, to_text(setting_.type),
                                                      how_to_write(setting_.type)));
  }

  // What is a text, or the texts of a list.
  Result<std::string> parse_text(const std::string& text) const {
    switch (setting_.type) {
      case Type::kChoice:
      case Type::kChoices:
        return parse_choice(text);
      case Type::kDomain:
      case Type::kDomains:
        return parse_domain(text);
      case Type::kTimeZone:
        return parse_time_zone(text);
      case Type::kPath:
      case Type::kPaths:
        return parse_path(text);
      case Type::kAnyPath:
      case Type::kAnyPaths:
        return parse_any_path(text);
      case Type::kRedis:
        return parse_redis(text);
      case Type::kEndpoints:
        return parse_endpoint(text);
      case Type::kAddresses:
        return parse_canary(text);
      case Type::kLongText:
      case Type::kTexts:
        return text;
      default:
        return parse_name(text);
    }
  }

  Result<std::string> parse_choice(const std::string& text) const {
    const auto words = choices_of(setting_);
    if (std::ranges::find(words, text) != words.end()) return text;
    std::string hint = did_you_mean(text, words);
    if (hint.empty()) hint = fmt::format("; write one of {}", fmt::join(words, ", "));
    return fail(ErrorCode::kInvalidInput, fmt::format("'{}' is unknown here{}", text, hint));
  }

  static Result<std::string> parse_name(const std::string& text) {
    if (trim(text).empty() || std::ranges::any_of(text, is_control)) {
      return fail(ErrorCode::kInvalidInput, "a name is empty or has control characters; write a plain one");
    }
    return std::string(trim(text));
  }

  static Result<std::string> parse_domain(const std::string& text) {
    const auto odd = [](char c) { return is_control(c) || c == ' ' || c == '@' || c == '*'; };
    if (text.empty() || text.starts_with('.') || text.ends_with('.') || std::ranges::any_of(text, odd)) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("'{}' is no domain; write one like example.org", text));
    }
    return to_lower(text);
  }

  static Result<std::string> parse_time_zone(const std::string& text) {
    if (time_zone_exists(text)) return text;
    return fail(ErrorCode::kInvalidInput,
                fmt::format("the time zone '{}' is unknown{}", text, time_zone_hint(text)));
  }

  Result<std::string> parse_any_path(const std::string& text) const {
    if (text.empty())
      return fail(ErrorCode::kInvalidInput, "the file name is empty; write one or leave the setting out");
    return std::filesystem::absolute(file_.directory / text).lexically_normal().string();
  }

  Result<std::string> parse_path(const std::string& text) const {
    if (text.empty()) return parse_any_path(text);
    std::string path = (file_.directory / text).lexically_normal().string();
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path, ignored)) return path;
    return fail(ErrorCode::kInvalidInput,
                fmt::format("there is no file '{}'; names are relative to this file's directory", path));
  }

  static Result<std::string> parse_endpoint(const std::string& text) {
    const Result<Endpoint> endpoint = Endpoint::parse(text);
    if (!endpoint) return fail(endpoint.error());
    return text;
  }

  static Result<std::string> parse_redis(const std::string& text) {
    const Result<RedisAddress> address = RedisAddress::parse(text);
    if (!address) return fail(address.error());
    return text;
  }

  static Result<std::string> parse_canary(const std::string& text) {
    CanaryList checked;
    std::string problem = add_canary(text, checked);
    if (!problem.empty()) return fail(ErrorCode::kInvalidInput, std::move(problem));
    return text;
  }

  static Result<CountryCode> parse_country(const std::string& text) {
    const CountryCode code = CountryCode::of(text);
    if (code.known()) return code;
    return fail(ErrorCode::kInvalidInput, fmt::format("'{}' is no country; write two letters like DE", text));
  }

  template <typename T, typename Parse>
  std::optional<SettingValue> read_list(const toml::node& node, Parse parse) {
    const auto* array = node.as_array();
    if (array == nullptr) return wrong_type(node);
    std::vector<T> items;
    bool good = true;
    for (const toml::node& element : *array) {
      const auto* text = element.as_string();
      if (text == nullptr) return wrong_type(element);
      Result<T> item = parse(text->get());
      if (item) {
        items.push_back(std::move(*item));
      } else {
        (void)wrong(element, item.error().detail);
        good = false;
      }
    }
    if (!good) return std::nullopt;
    return SettingValue{std::move(items)};
  }

  // TOML has days of its own; texts are welcome too.
  std::optional<SettingValue> read_dates(const toml::node& node) {
    const auto* array = node.as_array();
    if (array == nullptr) return wrong_type(node);
    std::vector<std::uint32_t> dates;
    for (const toml::node& element : *array) {
      std::optional<std::uint32_t> day;
      if (const auto* text = element.as_string()) day = parse_date(text->get());
      if (const auto* date = element.as_date()) {
        day = date->get().year * 10'000U + date->get().month * 100U + date->get().day;
      }
      if (!day) return wrong(element, "this is no day; write one like \"2026-12-24\"");
      dates.push_back(*day);
    }
    return SettingValue{std::move(dates)};
  }

  const Setting& setting_;
  FileContext& file_;
};

}  // namespace

std::optional<SettingValue> read_setting(const Setting& setting, const toml::node& node, FileContext& file) {
  return ValueReader(setting, file).read(node);
}

Place place_of(const toml::node& node, const std::string& file) {
  const toml::source_position& begin = node.source().begin;
  return {file, begin.line, begin.column};
}

}  // namespace postreeve
