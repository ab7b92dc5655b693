#include "response/notice.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.h"
#include "response/mail_office.h"
#include "response/mail_signer.h"
#include "response/notice_text.h"
#include "response/told_before.h"
#include "response/wall_clock.h"

namespace postreeve {
namespace {

struct NoticeOptions {
  std::string action;  // its name in the configuration
  MailOffice office;
  std::vector<std::string> to;                                // "recovery", "contact", "owner"
  std::string recovery_map_file;                              // file: "account address" a line; empty: none
  std::map<std::string, Address, std::less<>> contacts;       // by tenant
  std::map<std::string, std::string, std::less<>> languages;  // by tenant; "": of all others
  std::string certificate_file;                               // empty: not signed
  std::string key_file;
  std::string support;
  std::string zone;
  std::uint64_t most_per_hour = 0;
};

// One thread at a time.
class Notice final : public ResponseAction {
 public:
  Notice(NoticeOptions options, NoticeTexts texts, LedgerDatabase& ledger)
      : options_(std::move(options)), texts_(std::move(texts)), ledger_(ledger) {}

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kCustomers; }
  [[nodiscard]] std::string preview(const Task& task) const override;
  // kUnavailable while the hour's cap is reached; kNotFound when nobody's address is known.
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override;

  struct Reader {
    std::string as;  // "recovery"
    Address address;
  };

 private:
  [[nodiscard]] std::vector<Reader> readers_of(const Task& task) const;
  [[nodiscard]] std::string_view language_of(const Task& task) const;
  [[nodiscard]] Result<void> check_cap(Timestamp now) const;
  [[nodiscard]] OwnMail mail_to(const Reader& reader, const Task& task,
                                const std::vector<OutboxRow>& rows) const;
  // How the mail's content looks, signed if that can be done; `remark` says why not.
  struct Content {
    std::string subject;
    std::string entity;
    std::string remark;
  };
  [[nodiscard]] Content content_for(const Reader& reader, const Task& task) const;
  [[nodiscard]] Result<std::string> tell(const std::vector<Reader>& readers, const Task& task,
                                         const std::vector<OutboxRow>& rows);

  NoticeOptions options_;
  NoticeTexts texts_;
  LedgerDatabase& ledger_;
  MailRound round_;
};

// The word before the last white space, and the one behind it.
std::optional<std::pair<std::string_view, std::string_view>> two_words(std::string_view line) {
  line = trim(line);
  const std::size_t space = line.find_last_of(" \t");
  if (space == std::string_view::npos || line.starts_with('#')) return std::nullopt;
  return std::pair(trim(line.substr(0, space)), line.substr(space + 1));
}

std::optional<Address> whole_address(std::string_view text) {
  auto address = Address::parse(text);
  if (!address || address->domain().empty()) return std::nullopt;
  return address;
}

// Read anew for each notice: it is a rare thing, and people edit the file.
std::optional<Address> recovery_address(const std::string& file, const AccountId& account) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const auto words = two_words(line);
    if (words && equals_ignoring_case(words->first, account.text())) return whole_address(words->second);
  }
  return std::nullopt;
}

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
  options.recovery_map_file = settings.text("recovery_map_file");
  if (settings.has("recovery_map_file") && !std::ifstream(options.recovery_map_file).is_open())
    return wrong_key("recovery_map_file", fmt::format("{} cannot be read", options.recovery_map_file));
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

std::string reader_in_words(std::string_view reader) {
  if (reader == "recovery") return "the recovery address";
  if (reader == "contact") return "the tenant's contact";
  return "the mailbox itself";
}

std::string in_words(const std::vector<Notice::Reader>& readers) {
  std::string text;
  for (const Notice::Reader& reader : readers)
    text += (text.empty() ? "" : ", ") + reader_in_words(reader.as);
  return text;
}

std::vector<Notice::Reader> Notice::readers_of(const Task& task) const {
  const auto own = whole_address(task.account.text());
  std::vector<Reader> readers;
  const auto add = [&](const std::string& as, const std::optional<Address>& address) {
    const auto is_same = [&](const Reader& reader) {
      return reader.address.canonical() == address->canonical();
    };
    if (address && std::ranges::none_of(readers, is_same)) readers.push_back({as, *address});
  };
  for (const std::string& as : options_.to) {
    if (as == "owner") add(as, own);
    // A recovery address that is the mailbox itself is none.
    const auto recovery =
        as == "recovery" ? recovery_address(options_.recovery_map_file, task.account) : std::nullopt;
    if (recovery && !(own && own->canonical() == recovery->canonical())) add(as, recovery);
    const auto contact = options_.contacts.find(task.tenant);
    if (as == "contact" && contact != options_.contacts.end()) add(as, contact->second);
  }
  return readers;
}

std::string_view Notice::language_of(const Task& task) const {
  const auto own = options_.languages.find(task.tenant);
  return own == options_.languages.end() ? options_.languages.find("")->second : own->second;
}

std::string Notice::preview(const Task& task) const {
  const std::vector<Reader> readers = readers_of(task);
  if (readers.empty()) return "tell nobody: no address is known";
  return fmt::format("send the notice '{}' ({}) to {}", to_text(stage_of(task.after)), language_of(task),
                     in_words(readers));
}

Result<void> Notice::check_cap(Timestamp now) const {
  if (options_.most_per_hour == 0) return {};
  const auto sent = Outbox(ledger_).done_since(options_.action, now - std::chrono::hours{1});
  if (!sent) return fail(ErrorCode::kUnavailable, sent.error().detail);
  if (*sent < options_.most_per_hour) return {};
  return fail(ErrorCode::kUnavailable,
              fmt::format("{} notices went out within the hour, more is not allowed (most_per_hour)", *sent));
}

Notice::Content Notice::content_for(const Reader& reader, const Task& task) const {
  Content content;
  std::optional<MailSigner> signer;
  if (!options_.certificate_file.empty()) {
    // Loaded anew: certificates are renewed while we run.
    auto loaded = MailSigner::load(options_.certificate_file, options_.key_file);
    if (!loaded) {
      content.remark = loaded.error().detail;
    } else if (!loaded->holds_at(wall_clock())) {
      content.remark = "the certificate holds until " + loaded->ends();
    } else {
      signer = *std::move(loaded);
    }
  }
  const auto write = [&](bool is_signed) {
    return texts_.write(language_of(task), {.stage = stage_of(task.after),
                                            .before = task.before,
                                            .after = task.after,
                                            .scope = task.scope,
                                            .account = task.account.text(),
                                            .client = task.client,
                                            .from = options_.office.from.address.to_string(),
                                            .support = options_.support,
                                            .incident = task.incident.to_string(),
                                            .zone = options_.zone,
                                            .time = task.time,
                                            .outgo = task.outgo,
                                            .for_contact = reader.as == "contact",
                                            .is_signed = is_signed});
  };
  const NoticeText text = write(signer.has_value());
  content.subject = text.subject;
  content.entity = text_entity(text.body);
  if (!signer) return content;
  if (auto is_signed = signer->sign(content.entity); is_signed) {
    content.entity = *std::move(is_signed);
    return content;
  } else {
    content.remark = is_signed.error().detail;
  }
  content.entity = text_entity(write(false).body);
  return content;
}

OwnMail Notice::mail_to(const Reader& reader, const Task& task, const std::vector<OutboxRow>& rows) const {
  const Address& from = options_.office.from.address;
  OwnMail mail{.from = options_.office.from,
               .to = reader.address,
               .reply_to = options_.office.reply_to,
               .subject = {},
               .message_id = own_message_id(task.incident, task.id, from),
               .references = {},
               .language = std::string(language_of(task)),
               .date = wall_clock(),
               .is_bulk = true};
  if (const std::uint64_t first = first_row_of(rows, task); first != task.id)
    mail.references = {own_message_id(task.incident, first, from)};
  return mail;
}

Result<std::string> Notice::tell(const std::vector<Reader>& readers, const Task& task,
                                 const std::vector<OutboxRow>& rows) {
  std::vector<Address> addresses;
  std::ranges::transform(readers, std::back_inserter(addresses), &Reader::address);
  std::string remark;
  const auto mail_for = [&](std::size_t i) {
    OwnMail mail = mail_to(readers[i], task, rows);
    const Content content = content_for(readers[i], task);
    mail.subject = content.subject;
    remark = content.remark;
    return mail_headers(mail) + content.entity;
  };
  const auto outcome = round_.deliver(task.id, options_.office.server, addresses, mail_for);
  if (!outcome) return fail(outcome.error());
  std::vector<Reader> told;
  for (const std::size_t i : outcome->taken) told.push_back(readers[i]);
  std::string says = fmt::format("sent the notice '{}' ({}) to {}", to_text(stage_of(task.after)),
                                 language_of(task), in_words(told));
  if (outcome->refused) says += fmt::format("; refused elsewhere: {}", outcome->refused->detail);
  if (!remark.empty()) says += fmt::format("; not signed: {}", remark);
  return says;
}

Result<std::string> Notice::carry_out(const Task& task) {
  const auto rows = rows_of(ledger_, task);
  if (!rows) return fail(rows.error());
  const NoticeStage stage = stage_of(task.after);
  if (was_told_before(*rows, task, [&](const Task& told) { return stage_of(told.after) == stage; }))
    return fmt::format("the notice '{}' of this incident was sent before", to_text(stage));
  const std::vector<Reader> readers = readers_of(task);
  if (readers.empty()) return fail(ErrorCode::kNotFound, "nobody could be told: no address is known");
  if (const auto cap = check_cap(wall_clock()); !cap) return fail(cap.error());
  return tell(readers, task, *rows);
}

std::span<const ActionKey> keys() noexcept {
  using enum ActionKey::Kind;
  static constexpr std::array kKeys{
      kFromKey,
      ActionKey{
          "to", kTexts, false,
          R"(who is told: "recovery", "contact", "owner" (the mailbox itself); all of them by default)"},
      ActionKey{"recovery_map_file", kText, false,
                "file with a line \"ACCOUNT ADDRESS\" for each recovery address"},
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
      kReplyToKey,
      kSmtpKey,
      kSmtpCaKey};
  return kKeys;
}

Result<std::unique_ptr<ResponseAction>> make(const ActionSettings& settings, const ActionWorld& world) {
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
  auto texts = NoticeTexts::load(settings.text("template_folder"));
  if (!texts) return wrong_key("template_folder", texts.error().detail);
  return std::make_unique<Notice>(std::move(options), *std::move(texts), world.ledger);
}

}  // namespace

ActionType notice_type() {
  return {.name = "notice",
          .means = "tells the mailbox's owner in plain words what happened and what to do",
          .keys = keys(),
          .make = &make};
}

}  // namespace postreeve
