#include "app/wiring/postfix_settings.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "app/wiring/run_program.h"
#include "base/ascii.h"

namespace postreeve {
namespace {

template <typename Visit>
void for_each_text_line(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    const auto stop = std::min(text.find('\n'), text.size());
    visit(text.substr(0, stop));
    text.remove_prefix(std::min(stop + 1, text.size()));
  }
}

// The next word; a text in braces is one.
std::string_view take_word(std::string_view& text, std::string_view dividers) {
  text.remove_prefix(std::min(text.find_first_not_of(dividers), text.size()));
  std::size_t depth = 0;
  std::size_t size = 0;
  while (size < text.size() && (depth > 0 || dividers.find(text[size]) == std::string_view::npos)) {
    if (text[size] == '{') ++depth;
    if (text[size] == '}' && depth > 0) --depth;
    ++size;
  }
  const auto word = text.substr(0, size);
  text.remove_prefix(size);
  return word;
}

constexpr std::string_view kDividers = ", \t\r\n";

bool takes_argument(std::string_view name) {
  constexpr std::array<std::string_view, 8> kBare{
      "check_policy_service", "reject_rbl_client",      "reject_rhsbl_client", "reject_rhsbl_sender",
      "reject_rhsbl_helo",    "reject_rhsbl_recipient", "permit_dnswl_client", "permit_rhswl_client"};
  return std::ranges::find(kBare, name) != kBare.end() ||
         (name.starts_with("check_") && name.ends_with("_access"));
}

void take_argument(Restriction& restriction, std::string_view argument) {
  if (!argument.starts_with('{')) {
    restriction.argument = argument;
    return;
  }
  argument.remove_prefix(1);
  if (argument.ends_with('}')) argument.remove_suffix(1);
  restriction.argument = take_word(argument, kDividers);
  while (!argument.empty()) {
    auto word = take_word(argument, kDividers);
    if (word.starts_with('{') && word.ends_with('}')) word = trim(word.substr(1, word.size() - 2));
    const auto equals = word.find('=');
    if (equals == std::string_view::npos) continue;
    restriction.settings[std::string(trim(word.substr(0, equals)))] = trim(word.substr(equals + 1));
  }
}

using Words = std::vector<std::string>;

Result<std::string> postconf(const std::string& folder, const std::vector<std::string>& options) {
  std::vector<std::string> words{"postconf"};
  if (!folder.empty()) words.insert(words.end(), {"-c", folder});
  words.insert(words.end(), options.begin(), options.end());
  auto said = run_program(words);
  if (!said) return fail(said.error());
  if (said->exit_code != 0) {
    return fail(ErrorCode::kUnavailable, fmt::format("postconf: {}", trim(said->errors)));
  }
  return std::move(said->output);
}

}  // namespace

std::string PostfixSettings::value(const PostfixService& service, std::string_view name) const {
  if (const auto own = service.overrides.find(name); own != service.overrides.end()) return own->second;
  const auto shared = main.find(name);
  return shared == main.end() ? "" : shared->second;
}

std::vector<const PostfixService*> PostfixSettings::submissions() const {
  std::vector<const PostfixService*> found;
  for (const auto& service : services) {
    const bool is_smtpd = service.program == "smtpd" && (service.type == "inet" || service.type == "pass");
    if (is_smtpd && value(service, "smtpd_sasl_auth_enable") == "yes") found.push_back(&service);
  }
  return found;
}

NamedValues parse_named_values(std::string_view text) {
  NamedValues values;
  for_each_text_line(text, [&](std::string_view line) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || line.starts_with('#')) return;
    values[std::string(trim(line.substr(0, equals)))] = trim(line.substr(equals + 1));
  });
  return values;
}

std::vector<PostfixService> parse_postconf_services(std::string_view services, std::string_view overrides) {
  constexpr std::size_t kProgramColumn = 7;
  std::vector<PostfixService> found;
  for_each_text_line(services, [&](std::string_view line) {
    std::vector<std::string_view> words;
    while (words.size() <= kProgramColumn) {
      const auto word = take_word(line, " \t");
      if (word.empty()) break;
      words.push_back(word);
    }
    if (words.size() <= kProgramColumn || words[0].starts_with('#')) return;
    found.push_back({std::string(words[0]), std::string(words[1]), std::string(words[kProgramColumn]), {}});
  });
  for (const auto& [key, value] : parse_named_values(overrides)) {
    const auto slash = key.rfind('/');
    for (auto& service : found) {
      if (slash != std::string::npos && service.id() == key.substr(0, slash)) {
        service.overrides[key.substr(slash + 1)] = value;
      }
    }
  }
  return found;
}

std::vector<Restriction> parse_restrictions(std::string_view list) {
  std::vector<Restriction> found;
  while (true) {
    const auto word = take_word(list, kDividers);
    if (word.empty()) return found;
    found.push_back({std::string(word), {}, {}});
    if (takes_argument(word)) take_argument(found.back(), take_word(list, kDividers));
  }
}

Result<PostfixSettings> read_postfix(const std::string& folder, bool expands_names) {
  PostfixSettings settings;
  const auto main = postconf(folder, expands_names ? Words{"-x"} : Words{});
  if (!main) return fail(main.error());
  settings.main = parse_named_values(*main);
  settings.folder = folder.empty() ? settings.main["config_directory"] : folder;
  const auto services = postconf(folder, {"-M"});
  if (!services) return fail(services.error());
  const auto overrides = postconf(folder, expands_names ? Words{"-x", "-P"} : Words{"-P"});
  if (!overrides) return fail(overrides.error());
  settings.services = parse_postconf_services(*services, *overrides);
  return settings;
}

}  // namespace postreeve
