#include "response/notice_options.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "response/mail_signer.h"
#include "response/notice_text.h"

namespace postreeve {
namespace {

Result<void> read_languages(const ActionSettings& settings, NoticeOptions& options) {
  options.languages[""] = settings.text("language", "en");
  for (const std::string& entry : settings.texts("languages")) {
    const auto words = two_words(entry);
    if (!words) return wrong_key("languages", fmt::format("'{}' is not \"TENANT LANGUAGE\"", entry));
    options.languages.emplace(words->first, words->second);
  }
  for (const auto& [tenant, language] : options.languages) {
    if (!is_notice_language(language))
      return wrong_key("language", fmt::format("'{}' is none of en, de, ja, pl", language));
  }
  return {};
}

Result<void> read_readers(const ActionSettings& settings, NoticeOptions& options) {
  constexpr std::array<std::string_view, 3> kReaders{"recovery", "contact", "owner"};
  options.to =
      settings.has("to") ? settings.texts("to") : std::vector<std::string>(kReaders.begin(), kReaders.end());
  for (const std::string& reader : options.to) {
    if (std::ranges::find(kReaders, reader) == kReaders.end())
      return wrong_key("to", fmt::format("'{}' is none of recovery, contact, owner", reader));
  }
  auto recovery = RecoveryLookup::make(settings);
  if (!recovery) return fail(recovery.error());
  options.recovery = *std::move(recovery);
  for (const std::string& entry : settings.texts("contacts")) {
    const auto words = two_words(entry);
    const auto address = words ? whole_address(words->second) : std::nullopt;
    if (!address) return wrong_key("contacts", fmt::format("'{}' is not \"TENANT ADDRESS\"", entry));
    options.contacts.emplace(words->first, *address);
  }
  return {};
}

Result<void> read_signature(const ActionSettings& settings, NoticeOptions& options) {
  options.certificate_file = settings.text("certificate_file");
  options.key_file = settings.text("key_file");
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return options.key_file.empty() ? wrong_key("key_file", "is missing beside 'certificate_file'")
                                    : wrong_key("certificate_file", "is missing beside 'key_file'");
  }
  if (options.certificate_file.empty()) return {};
  if (const auto signer = MailSigner::load(options.certificate_file, options.key_file); !signer)
    return wrong_key("certificate_file", signer.error().detail);
  return {};
}

std::span<const ActionKey> own_keys() noexcept {
  using enum ActionKey::Kind;
  static constexpr std::array kKeys{
      kFromKey,
      ActionKey{
          "to", kTexts, false,
          R"(who is told: "recovery", "contact", "owner" (the mailbox itself); all of them by default)"},
      ActionKey{"contacts", kTexts, false, "\"TENANT ADDRESS\": who looks after a tenant's mailboxes"},
      ActionKey{"language", kText, false, "en, de, ja or pl (en)"},
      ActionKey{"languages", kTexts, false, "\"TENANT LANGUAGE\": tenants that read another one"},
      ActionKey{"support", kText, false, "one line: how the owner reaches help (telephone, address)"},
      ActionKey{"time_zone", kText, false, "of the times that are told: Europe/Berlin (UTC)"},
      ActionKey{"certificate_file", kText, false,
                "S/MIME certificate of the `from` address, those of its authorities behind it, PEM"},
      ActionKey{"key_file", kText, false, "its key without a passphrase, PEM"},
      ActionKey{"template_folder", kText, false, "texts of your own: en.txt, de.txt, ja.txt, pl.txt"},
      ActionKey{"most_per_hour", kNumber, false, "more wait; 0: no bound (60)"},
      ActionKey{
          "contact_most_per_hour", kNumber, false,
          "so many go to a tenant's contact one by one, the rest in one digest an hour; 0: no digest (3)"},
      kReplyToKey,
      kSmtpKey,
      kSmtpCaKey};
  return kKeys;
}

}  // namespace

// With those of the recovery lookup behind them.
std::span<const ActionKey> notice_keys() {
  static const std::vector<ActionKey> kAll = [] {
    std::vector<ActionKey> all(own_keys().begin(), own_keys().end());
    all.insert(all.end(), RecoveryLookup::keys().begin(), RecoveryLookup::keys().end());
    return all;
  }();
  return kAll;
}

Result<NoticeOptions> read_notice_options(const ActionSettings& settings) {
  NoticeOptions options;
  options.action = settings.name();
  auto office = mail_office_of(settings);
  if (!office) return fail(office.error());
  options.office = *std::move(office);
  for (const auto read : {&read_languages, &read_readers, &read_signature}) {
    if (const auto outcome = read(settings, options); !outcome) return fail(outcome.error());
  }
  options.support = settings.text("support");
  options.zone = settings.text("time_zone", "UTC");
  if (!is_time_zone(options.zone)) return wrong_key("time_zone", "is no zone: write Europe/Berlin");
  const std::int64_t most = settings.number("most_per_hour", 60);
  if (most < 0) return wrong_key("most_per_hour", "is less than 0");
  options.most_per_hour = static_cast<std::uint64_t>(most);
  const std::int64_t alone = settings.number("contact_most_per_hour", 3);
  if (alone < 0) return wrong_key("contact_most_per_hour", "is less than 0");
  options.contact_alone = static_cast<std::uint64_t>(alone);
  return options;
}

}  // namespace postreeve
