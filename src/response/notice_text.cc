#include "response/notice_text.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <date/tz.h>
#include <fmt/format.h>
#include <kainjow/mustache.hpp>

#include "base/ascii.h"
#include "response/notice_texts.h"
#include "response/outside_text.h"

namespace postreeve {

namespace mustache = kainjow::mustache;

namespace {

constexpr std::array<std::string_view, 4> kLanguages{"en", "de", "ja", "pl"};
constexpr std::string_view kSubject = "Subject: ";
constexpr std::size_t kMostTemplateBytes = 256UL * 1024;

constexpr std::array kStages{NoticeStage::kSlowed, NoticeStage::kHeld, NoticeStage::kSuspended,
                             NoticeStage::kReleased};

// The name of a month as it stands in a date.
struct MonthNames {
  std::string_view language;
  std::array<std::string_view, 12> names;
};
constexpr MonthNames kMonths[] = {{"en",
                                   {"January", "February", "March", "April", "May", "June", "July", "August",
                                    "September", "October", "November", "December"}},
                                  {"de",
                                   {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August",
                                    "September", "Oktober", "November", "Dezember"}},
                                  {"ja", {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}},
                                  {"pl",
                                   {"stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca",
                                    "sierpnia", "września", "października", "listopada", "grudnia"}}};

// "1 March 2026 at 04:00 (CET)"
std::string moment(std::string_view language, Timestamp time, const std::string& zone) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const date::zoned_seconds local{zone, date::sys_seconds{seconds.time_since_epoch()}};
  const auto days = date::floor<date::days>(local.get_local_time());
  const date::year_month_day day{days};
  const date::hh_mm_ss clock{local.get_local_time() - days};
  const unsigned month = static_cast<unsigned>(day.month());
  const std::string_view name = std::ranges::find(kMonths, language, &MonthNames::language)->names[month - 1];
  const std::string at = fmt::format("{:02}:{:02}", clock.hours().count(), clock.minutes().count());
  const int year = static_cast<int>(day.year());
  const unsigned number = static_cast<unsigned>(day.day());
  const std::string abbreviation = local.get_info().abbrev;
  if (language == "de") return fmt::format("{}. {} {} um {} Uhr ({})", number, name, year, at, abbreviation);
  if (language == "ja") return fmt::format("{}年{}月{}日 {}({})", year, name, number, at, abbreviation);
  if (language == "pl") return fmt::format("{} {} {} o godz. {} ({})", number, name, year, at, abbreviation);
  return fmt::format("{} {} {} at {} ({})", number, name, year, at, abbreviation);
}

// A section of the template is shown when its flag is set, and a text that is not empty is one, too.
mustache::data data_of(std::string_view language, const NoticeFacts& facts) {
  mustache::data data;
  const auto text = [&data](const std::string& name, const std::string& value) {
    data.set(name, value.empty() ? mustache::data(false) : mustache::data(value));
  };
  text("account", outside_text(facts.account));
  text("client", outside_text(facts.client, 60));
  text("from", outside_text(facts.from));
  text("support", outside_text(facts.support));
  text("incident", facts.incident);
  text("when", moment(language, facts.time, facts.zone));
  text("messages", std::to_string(facts.outgo.messages));
  text("recipients", std::to_string(facts.outgo.recipients));
  for (const NoticeStage stage : kStages) data.set(std::string(to_text(stage)), facts.stage == stage);
  data.set("whole", facts.scope == Scope::kWholeAccount);
  data.set("was_held", facts.before == Level::kHeld);
  data.set("recovering", facts.after == Level::kRecovering);
  data.set("got_out", facts.outgo.messages != 0);
  data.set("contact", facts.for_contact);
  data.set("signed", facts.is_signed);
  return data;
}

mustache::data data_of(std::string_view language, const DigestFacts& facts) {
  mustache::data data;
  const auto text = [](mustache::data& into, const std::string& name, const std::string& value) {
    into.set(name, value.empty() ? mustache::data(false) : mustache::data(value));
  };
  text(data, "tenant", outside_text(facts.tenant));
  text(data, "from", outside_text(facts.from));
  text(data, "support", outside_text(facts.support));
  data.set("signed", facts.is_signed);
  data.set("count", std::to_string(facts.lines.size()));
  mustache::data accounts(mustache::data::type::list);
  const std::size_t shown = std::min(facts.lines.size(), DigestFacts::kMostLines);
  for (std::size_t i = 0; i < shown; ++i) {
    const DigestLine& line = facts.lines[i];
    mustache::data account;
    text(account, "account", outside_text(line.account));
    text(account, "incident", line.incident);
    text(account, "when", moment(language, line.time, facts.zone));
    for (const NoticeStage stage : kStages) account.set(std::string(to_text(stage)), line.stage == stage);
    accounts.push_back(account);
  }
  data.set("accounts", accounts);
  text(data, "more", shown < facts.lines.size() ? std::to_string(facts.lines.size() - shown) : "");
  return data;
}

std::string rendered(const std::string& text, const mustache::data& data) {
  mustache::mustache page(text);
  page.set_custom_escape([](const std::string& value) { return value; });  // it is plain text
  mustache::context<std::string> context;
  context.push(&data);
  return page.render(context);
}

// Sections that were left out leave empty lines: one is enough.
std::string tidied(std::string_view text) {
  std::string tidy;
  for (const char c : trim(text)) {
    if (c == '\r' || (c == '\n' && tidy.ends_with("\n\n"))) continue;
    tidy += c;
  }
  return tidy + '\n';
}

// The subject, and the text below it.
NoticeText parted(std::string_view text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::size_t start = std::min(kSubject.size(), end);
  return {.subject = std::string(trim(text.substr(start, end - start))), .body = tidied(text.substr(end))};
}

std::string digest_of(std::string_view language) {
  return fmt::format("digest_{}", language);
}

Result<std::string> read_template(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(stream)), {});
  const auto wrong = [&](std::string_view why) {
    return fail(ErrorCode::kInvalidInput, fmt::format("{}: {}", file.string(), why));
  };
  if (!stream.is_open() || text.empty()) return wrong("cannot be read");
  if (text.size() > kMostTemplateBytes) return wrong("is longer than 256 KiB");
  if (!text.starts_with(kSubject)) return wrong("the first line is not 'Subject: ...'");
  if (const mustache::mustache page(text); !page.is_valid()) return wrong(page.error_message());
  return text;
}

}  // namespace

std::string_view to_text(NoticeStage stage) noexcept {
  static constexpr std::array<std::string_view, 4> kTexts{"slowed", "held", "suspended", "released"};
  return kTexts[static_cast<std::size_t>(stage)];
}

NoticeStage stage_of(Level level) noexcept {
  switch (level) {
    case Level::kSlowed:
      return NoticeStage::kSlowed;
    case Level::kHeld:
      return NoticeStage::kHeld;
    case Level::kSuspended:
      return NoticeStage::kSuspended;
    case Level::kClear:
    case Level::kWatched:
    case Level::kRecovering:
      return NoticeStage::kReleased;
  }
  return NoticeStage::kReleased;
}

bool is_notice_language(std::string_view language) noexcept {
  return std::ranges::find(kLanguages, language) != kLanguages.end();
}

bool is_time_zone(const std::string& name) noexcept {
  try {
    return date::locate_zone(name) != nullptr;
  } catch (const std::exception&) {
    return false;
  }
}

Result<NoticeTexts> NoticeTexts::load(const std::string& folder) {
  NoticeTexts texts;
  for (const std::string_view language : kLanguages) {
    for (const std::string& name : {std::string(language), digest_of(language)}) {
      std::string text(notice_texts(name));
      const std::filesystem::path own = std::filesystem::path(folder) / (name + ".txt");
      std::error_code unreadable;
      if (!folder.empty() && std::filesystem::exists(own, unreadable)) {
        auto read = read_template(own);
        if (!read) return fail(read.error());
        text = *std::move(read);
      }
      texts.templates_.emplace(name, std::move(text));
    }
  }
  return texts;
}

NoticeText NoticeTexts::write(std::string_view language, const NoticeFacts& facts) const {
  return parted(rendered(templates_.find(language)->second, data_of(language, facts)));
}

NoticeText NoticeTexts::write(std::string_view language, const DigestFacts& facts) const {
  return parted(rendered(templates_.find(digest_of(language))->second, data_of(language, facts)));
}

}  // namespace postreeve
