#include "response/notice.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "response/mail_office.h"
#include "response/mail_signer.h"
#include "response/notice_options.h"
#include "response/notice_text.h"
#include "response/recovery_lookup.h"
#include "response/tenant_digest.h"
#include "response/told_before.h"
#include "response/wall_clock.h"

namespace postreeve {
namespace {

// One thread at a time.
class Notice final : public ResponseAction {
 public:
  Notice(NoticeOptions options, NoticeTexts texts, LedgerDatabase& ledger)
      : options_(std::move(options)),
        texts_(std::move(texts)),
        ledger_(ledger),
        digest_(ledger, options_.action, options_.contact_alone) {}

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kCustomers; }
  [[nodiscard]] std::string preview(const Task& task) const override;
  // kUnavailable while the hour's cap is reached; kNotFound when nobody's address is known.
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override;

  struct Reader {
    std::string as;  // "recovery"
    Address address;
  };

 private:
  // `recovery`: the recovery address, where the account has one.
  [[nodiscard]] std::vector<Reader> readers_of(const Task& task,
                                               const std::optional<Address>& recovery) const;
  [[nodiscard]] Result<std::optional<Address>> recovery_of(const Task& task) const;
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
  using Write = std::function<NoticeText(bool is_signed)>;
  [[nodiscard]] Content content_of(const Write& write) const;
  [[nodiscard]] NoticeText text_for(const Reader& reader, const Task& task, bool is_signed) const;
  [[nodiscard]] Result<std::string> tell(const std::vector<Reader>& readers, const Task& task,
                                         const std::vector<OutboxRow>& rows);
  // Takes the contact from the readers where a digest tells him; returns whether it does.
  [[nodiscard]] Result<bool> leave_to_digest(std::vector<Reader>& readers, const Task& task);
  [[nodiscard]] Result<std::string> tell_digest(const Task& task);

  NoticeOptions options_;
  NoticeTexts texts_;
  LedgerDatabase& ledger_;
  TenantDigest digest_;
  MailRound round_;
};

// How what was done begins where a mail went out: the hour's cap counts these.
constexpr std::string_view kSent = "sent the notice";

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

std::vector<Notice::Reader> Notice::readers_of(const Task& task,
                                               const std::optional<Address>& recovery) const {
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
    const bool is_other = recovery && !(own && own->canonical() == recovery->canonical());
    if (as == "recovery" && is_other) add(as, recovery);
    const auto contact = options_.contacts.find(task.tenant);
    if (as == "contact" && contact != options_.contacts.end()) add(as, contact->second);
  }
  return readers;
}

Result<std::optional<Address>> Notice::recovery_of(const Task& task) const {
  if (std::ranges::find(options_.to, "recovery") == options_.to.end()) return std::optional<Address>{};
  return options_.recovery.find(task.account);
}

std::string_view Notice::language_of(const Task& task) const {
  const auto own = options_.languages.find(task.tenant);
  return own == options_.languages.end() ? options_.languages.find("")->second : own->second;
}

std::string Notice::preview(const Task& task) const {
  const bool wants_recovery = std::ranges::find(options_.to, "recovery") != options_.to.end();
  const auto recovery = wants_recovery ? options_.recovery.in_file(task.account) : std::nullopt;
  std::string told = in_words(readers_of(task, recovery));
  if (wants_recovery && !recovery && options_.recovery.has_server())
    told += fmt::format("{}the recovery address, if there is one", told.empty() ? "" : ", ");
  if (told.empty()) return "tell nobody: no address is known";
  return fmt::format("send the notice '{}' ({}) to {}", to_text(stage_of(task.after)), language_of(task),
                     told);
}

Result<void> Notice::check_cap(Timestamp now) const {
  if (options_.most_per_hour == 0) return {};
  const auto sent =
      Outbox(ledger_).done_since(options_.action, now - std::chrono::hours{1}, std::string(kSent));
  if (!sent) return fail(ErrorCode::kUnavailable, sent.error().detail);
  if (*sent < options_.most_per_hour) return {};
  return fail(ErrorCode::kUnavailable,
              fmt::format("{} notices went out within the hour, more is not allowed (most_per_hour)", *sent));
}

NoticeText Notice::text_for(const Reader& reader, const Task& task, bool is_signed) const {
  return texts_.write(language_of(task), NoticeFacts{.stage = stage_of(task.after),
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
}

// Signed, if that can be done.
Notice::Content Notice::content_of(const Write& write) const {
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
    const Content content = content_of([&](bool is_signed) { return text_for(readers[i], task, is_signed); });
    mail.subject = content.subject;
    remark = content.remark;
    return mail_headers(mail) + content.entity;
  };
  const auto outcome = round_.deliver(task.id, options_.office.server, addresses, mail_for);
  if (!outcome) return fail(outcome.error());
  std::vector<Reader> told;
  for (const std::size_t i : outcome->taken) told.push_back(readers[i]);
  std::string says = fmt::format("{} '{}' ({}) to {}", kSent, to_text(stage_of(task.after)),
                                 language_of(task), in_words(told));
  if (outcome->refused) says += fmt::format("; refused elsewhere: {}", outcome->refused->detail);
  if (!remark.empty()) says += fmt::format("; not signed: {}", remark);
  return says;
}

Result<bool> Notice::leave_to_digest(std::vector<Reader>& readers, const Task& task) {
  const auto contact = std::ranges::find(readers, "contact", &Reader::as);
  if (contact == readers.end()) return false;
  const auto is_taken = digest_.takes(task);
  if (is_taken && *is_taken) readers.erase(contact);
  return is_taken;
}

Result<std::string> Notice::tell_digest(const Task& task) {
  const auto contact = options_.contacts.find(task.tenant);
  if (contact == options_.contacts.end())
    return fail(ErrorCode::kNotFound, "the tenant has no contact any more");
  auto lines = digest_.lines(task);
  if (!lines) return fail(lines.error());
  DigestFacts facts{.tenant = task.tenant,
                    .lines = *std::move(lines),
                    .from = options_.office.from.address.to_string(),
                    .support = options_.support,
                    .zone = options_.zone};
  const Content content = content_of([&](bool is_signed) {
    facts.is_signed = is_signed;
    return texts_.write(language_of(task), facts);
  });
  OwnMail mail = mail_to({"contact", contact->second}, task, {});
  mail.subject = content.subject;
  const auto outcome = round_.deliver(task.id, options_.office.server, {contact->second},
                                      [&](std::size_t) { return mail_headers(mail) + content.entity; });
  if (!outcome) return fail(outcome.error());
  return fmt::format("told the tenant's contact of {} account{} in one mail{}", facts.lines.size(),
                     facts.lines.size() == 1 ? "" : "s",
                     content.remark.empty() ? "" : "; not signed: " + content.remark);
}

// Of unfamiliar places the owner was told that he can go on, of the whole account not.
bool tells_as_much(const Task& told, const Task& task, Timestamp round) {
  return told.about == About::kStanding && told.time >= round &&
         stage_of(told.after) == stage_of(task.after) &&
         (!is_restriction(task.after) || told.scope >= task.scope);
}

bool is_restricted_again(const std::vector<OutboxRow>& rows, const Task& task) {
  return std::ranges::any_of(rows, [&](const OutboxRow& row) {
    const auto later = read_task(row);
    return later && later->time > task.time && is_restriction(later->after);
  });
}

// The action that was asked to be undone before the task and is not yet; empty: none.
std::string undo_under_way(const std::vector<OutboxRow>& rows, const Task& task) {
  const auto is_open_undo = [&](const OutboxRow& row) {
    const bool is_open = row.state == OutboxState::kWaiting || row.state == OutboxState::kTaken;
    if (!is_open || row.id > task.id) return false;
    const auto earlier = read_task(row);
    return earlier && earlier->direction == Direction::kUndo;
  };
  const auto open = std::ranges::find_if(rows, is_open_undo);
  return open == rows.end() ? std::string() : open->action.kind;
}

Result<std::string> Notice::carry_out(const Task& task) {
  if (task.about == About::kCampaign) return tell_digest(task);
  const auto rows = rows_of(ledger_, task);
  if (!rows) return fail(rows.error());
  const auto round = round_of(ledger_, task);
  if (!round) return fail(round.error());
  const NoticeStage stage = stage_of(task.after);
  if (was_told_before(*rows, task, [&](const Task& told) { return tells_as_much(told, task, *round); }))
    return fmt::format("the notice '{}' of this incident was sent before", to_text(stage));
  if (stage == NoticeStage::kReleased) {
    if (is_restricted_again(*rows, task)) return "not sent: the account is restricted again";
    if (const std::string open = undo_under_way(*rows, task); !open.empty())
      return fail(ErrorCode::kConflict,
                  fmt::format("{} is not undone yet, and sending does not work as usual before", open));
  }
  const auto recovery = recovery_of(task);
  if (!recovery) return fail(recovery.error());
  std::vector<Reader> readers = readers_of(task, *recovery);
  if (readers.empty()) return fail(ErrorCode::kNotFound, "nobody could be told: no address is known");
  const auto is_in_digest = leave_to_digest(readers, task);
  if (!is_in_digest) return fail(is_in_digest.error());
  constexpr std::string_view kDigest = "the tenant's contact is told of it with others";
  if (readers.empty()) return std::string(kDigest);
  if (const auto cap = check_cap(wall_clock()); !cap) return fail(cap.error());
  auto told = tell(readers, task, *rows);
  if (!told || !*is_in_digest) return told;
  return fmt::format("{}; {}", *told, kDigest);
}

Result<std::unique_ptr<ResponseAction>> make(const ActionSettings& settings, const ActionWorld& world) {
  auto options = read_notice_options(settings);
  if (!options) return fail(options.error());
  auto texts = NoticeTexts::load(settings.text("template_folder"));
  if (!texts) return wrong_key("template_folder", texts.error().detail);
  return std::make_unique<Notice>(*std::move(options), *std::move(texts), world.ledger);
}

}  // namespace

ActionType notice_type() {
  return {.name = "notice",
          .means = "tells the mailbox's owner in plain words what happened and what to do",
          .keys = notice_keys(),
          .make = &make};
}

}  // namespace postreeve
