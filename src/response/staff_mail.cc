#include "response/staff_mail.h"

#include <array>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "response/mail_office.h"
#include "response/notice_text.h"
#include "response/story.h"
#include "response/told_before.h"
#include "response/wall_clock.h"

namespace postreeve {
namespace {

struct StaffMailOptions {
  MailOffice office;
  std::vector<Address> to;
  // Instead of `to`: "slowed", "held", "suspended", "released".
  std::map<std::string, std::vector<Address>, std::less<>> to_by_stage;
};

// One thread at a time.
class StaffMail final : public ResponseAction {
 public:
  StaffMail(StaffMailOptions options, LedgerDatabase& ledger)
      : options_(std::move(options)), ledger_(ledger) {}

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kStaff; }
  [[nodiscard]] std::string preview(const Task& task) const override;
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override;

 private:
  [[nodiscard]] const std::vector<Address>& readers_of(const Task& task) const;

  StaffMailOptions options_;
  LedgerDatabase& ledger_;
  MailRound round_;
};

Result<std::vector<Address>> addresses_of(const ActionSettings& settings, const std::string& key) {
  std::vector<Address> addresses;
  for (const std::string& text : settings.texts(key)) {
    const auto address = Address::parse(text);
    if (!address || address->domain().empty())
      return wrong_key(key, fmt::format("'{}' is no mail address", text));
    addresses.push_back(*address);
  }
  return addresses;
}

std::string subject_of(const Task& task) {
  return fmt::format("[Postreeve #{}] {}", task.incident.to_string(), headline(task));
}

const std::vector<Address>& StaffMail::readers_of(const Task& task) const {
  if (is_about_the_fuse(task)) return options_.to;
  const auto own = options_.to_by_stage.find(to_text(stage_of(task.after)));
  return own == options_.to_by_stage.end() ? options_.to : own->second;
}

std::string StaffMail::preview(const Task& task) const {
  std::vector<std::string> names;
  for (const Address& reader : readers_of(task)) names.push_back(reader.to_string());
  return fmt::format("mail \"{}\" to {}", subject_of(task), fmt::join(names, ", "));
}

Result<std::string> StaffMail::carry_out(const Task& task) {
  const auto rows = rows_of(ledger_, task);
  if (!rows) return fail(rows.error());
  const std::vector<Address>& readers = readers_of(task);
  if (readers.empty()) return "nobody is to be told of this stage";
  const Address& from = options_.office.from.address;
  OwnMail mail{.from = options_.office.from,
               .to = {},
               .reply_to = options_.office.reply_to,
               .subject = subject_of(task),
               .message_id = own_message_id(task.incident, task.id, from),
               .references = {},
               .language = "en",
               .date = wall_clock()};
  if (const std::uint64_t first = first_row_of(*rows, task); first != task.id)
    mail.references = {own_message_id(task.incident, first, from)};
  const std::string entity = text_entity(story(task, *rows));
  const auto mail_for = [&](std::size_t i) {
    mail.to = readers[i];
    return mail_headers(mail) + entity;
  };
  const auto outcome = round_.deliver(task.id, options_.office.server, readers, mail_for);
  if (!outcome) return fail(outcome.error());
  std::string says =
      fmt::format("mailed the story to {} of {} readers", outcome->taken.size(), readers.size());
  if (outcome->refused) says += fmt::format("; refused elsewhere: {}", outcome->refused->detail);
  return says;
}

std::span<const ActionKey> keys() noexcept {
  using enum ActionKey::Kind;
  static constexpr std::array kKeys{
      kFromKey,
      ActionKey{"to", kTexts, true, "who is told; a ticket system's address too"},
      ActionKey{"to_slowed", kTexts, false, "instead of `to` when an account becomes slowed; [] for nobody"},
      ActionKey{"to_held", kTexts, false, "instead of `to` when it becomes held"},
      ActionKey{"to_suspended", kTexts, false, "instead of `to` when it becomes suspended"},
      ActionKey{"to_released", kTexts, false, "instead of `to` when its restriction is over"},
      kReplyToKey,
      kSmtpKey,
      kSmtpCaKey};
  return kKeys;
}

Result<std::unique_ptr<ResponseAction>> make(const ActionSettings& settings, const ActionWorld& world) {
  StaffMailOptions options;
  auto office = mail_office_of(settings);
  if (!office) return fail(office.error());
  options.office = *std::move(office);
  auto to = addresses_of(settings, "to");
  if (!to) return fail(to.error());
  if (to->empty()) return wrong_key("to", "names nobody");
  options.to = *std::move(to);
  for (const std::string stage : {"slowed", "held", "suspended", "released"}) {
    if (!settings.has("to_" + stage)) continue;
    auto own = addresses_of(settings, "to_" + stage);
    if (!own) return fail(own.error());
    options.to_by_stage.emplace(stage, *std::move(own));
  }
  return std::make_unique<StaffMail>(std::move(options), world.ledger);
}

}  // namespace

ActionType staff_mail_type() {
  return {.name = "staff_mail",
          .means = "mails the story to staff or a ticket system",
          .keys = keys(),
          .make = &make,
          .tells_of_the_fuse = true};
}

}  // namespace postreeve
