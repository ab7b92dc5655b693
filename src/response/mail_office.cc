#include "response/mail_office.h"

#include <chrono>

#include <fmt/format.h>

#include "base/ascii.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostRemembered = 1'000;
constexpr std::chrono::seconds kMostTimeBeforeNext{18};

}  // namespace

std::unexpected<Error> wrong_key(std::string_view key, std::string_view why) {
  return fail(ErrorCode::kInvalidInput, fmt::format("key '{}': {}", key, why));
}

Result<MailOffice> mail_office_of(const ActionSettings& settings) {
  MailOffice office;
  constexpr std::string_view kForm = "is no mailbox: write \"Abuse desk <abuse@hoster.example>\"";
  auto from = parse_own_mailbox(settings.text("from"));
  if (!from) return wrong_key("from", kForm);
  office.from = *std::move(from);
  if (settings.has("reply_to")) {
    office.reply_to = parse_own_mailbox(settings.text("reply_to"));
    if (!office.reply_to) return wrong_key("reply_to", kForm);
  }
  auto server = parse_smtp_server(settings.text("smtp", "127.0.0.1:25"));
  if (!server) return wrong_key("smtp", server.error().detail);
  office.server = *std::move(server);
  office.server.ca_file = settings.text("smtp_ca_file");
  return office;
}

Result<MailRound::Outcome> MailRound::deliver(std::uint64_t row, const SmtpServer& server,
                                              const std::vector<Address>& readers,
                                              const std::function<std::string(std::size_t)>& mail_for) {
  const auto end = std::chrono::steady_clock::now() + kMostTimeBeforeNext;
  if (delivered_.size() >= kMostRemembered) delivered_.erase(delivered_.begin());
  std::set<std::string>& delivered = delivered_[row];
  Outcome outcome;
  std::optional<Error> put_off;
  for (std::size_t i = 0; i < readers.size(); ++i) {
    const std::string key = readers[i].canonical();
    if (!delivered.contains(key)) {
      if (std::chrono::steady_clock::now() > end)
        return fail(ErrorCode::kUnavailable, "the mail server is slow; the other readers come later");
      const auto sent = deliver_mail(server, readers[i], mail_for(i));
      if (!sent) {
        (sent.error().code == ErrorCode::kUnavailable ? put_off : outcome.refused) = sent.error();
        continue;
      }
      delivered.insert(key);
    }
    outcome.taken.push_back(i);
  }
  if (put_off) return fail(*put_off);
  delivered_.erase(row);
  if (outcome.taken.empty() && outcome.refused) return fail(*outcome.refused);
  return outcome;
}

std::optional<std::pair<std::string_view, std::string_view>> two_words(std::string_view line) {
  line = trim(line);
  const std::size_t space = line.find_last_of(" \t");
  if (space == std::string_view::npos || line.starts_with('#')) return std::nullopt;
  return std::pair(trim(line.substr(0, space)), line.substr(space + 1));
}

}  // namespace postreeve
