#include "replay/tally.h"

#include <algorithm>
#include <tuple>
#include <variant>

#include "base/ascii.h"
#include "base/keyed_hash.h"
#include "mail/address.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostRows = 20;
// One guess is a slip, and a refusal or two says nothing about anybody.
constexpr std::uint64_t kLeastFailures = 10;
constexpr std::uint64_t kLeastRefused = 3;

// Keeps the first rows by an order in which no two are equal.
template <typename Row, typename Key>
void keep_top(std::vector<Row>& rows, Key key) {
  std::ranges::sort(rows, {}, key);
  if (rows.size() > kMostRows) rows.resize(kMostRows);
}

std::int64_t down(std::uint64_t number) {
  return -static_cast<std::int64_t>(number);
}

void keep_top_refusals(std::vector<RefusalReport>& rows) {
  std::erase_if(rows, [](const RefusalReport& row) { return row.refused < kLeastRefused; });
  keep_top(rows,
           [](const RefusalReport& row) { return std::tuple(down(row.refused), row.delivered, row.name); });
}

}  // namespace

std::size_t Tally::PrefixHash::operator()(const Prefix& prefix) const noexcept {
  const IpAddress& address = prefix.address();
  return mix64(address.low() ^ mix64(address.high() + static_cast<std::uint64_t>(prefix.length())));
}

void Tally::add(AccountNumber account, const Event& event) {
  const Timestamp time = time_of(event);
  if (!first_ || time < *first_) first_ = time;
  if (!last_ || time > *last_) last_ = time;
  std::visit([&](const auto& e) { count(account, e); }, event);
}

Tally::AccountTotals& Tally::totals_of(AccountNumber account) {
  if (account >= totals_.size()) totals_.resize(std::max<std::size_t>(account + 1, accounts_.size()));
  return totals_[account];
}

void Tally::count(AccountNumber account, const Login& login) {
  ++events_.login;
  if (login.success) {
    totals_of(account).was_in = true;
    return;
  }
  if (!login.session.client_address) return;
  Guesses& guesses = guesses_[network_of(*login.session.client_address)];
  if (guesses.failures++ == 0) guesses.first = *login.session.client_address;
  guesses.accounts.insert(account);
}

void Tally::count(AccountNumber account, const Submission& submission) {
  ++events_.submission;
  AccountTotals& totals = totals_of(account);
  totals.was_in = true;
  ++totals.messages;
  totals.recipients += std::max<std::uint64_t>(submission.recipient_count, submission.recipients.size());
}

void Tally::count(AccountNumber account, const Delivery& delivery) {
  ++events_.delivery;
  const bool delivered = delivery.status == DeliveryStatus::kSent;
  const bool refused = delivery.status == DeliveryStatus::kBounced;
  if (!delivered && !refused) return;  // not the last word
  AccountTotals& totals = totals_of(account);
  totals.was_in = true;
  (delivered ? totals.delivered : totals.refused) += 1;
  const std::string_view domain = domain_of(delivery.recipient);
  if (domain.empty()) return;
  auto found = destinations_.find(domain);
  if (found == destinations_.end()) found = destinations_.try_emplace(to_lower(domain)).first;
  (delivered ? found->second.delivered : found->second.refused) += 1;
}

TrafficReport Tally::report() const {
  TrafficReport report;
  report.events = events_;
  report.first = first_;
  report.last = last_;
  report.accounts = static_cast<std::uint64_t>(std::ranges::count(totals_, true, &AccountTotals::was_in));
  report_senders(report);
  report_guessing(report);
  report_refusals(report);
  return report;
}

void Tally::report_senders(TrafficReport& report) const {
  for (AccountNumber account = 0; account < totals_.size(); ++account) {
    const AccountTotals& totals = totals_[account];
    if (totals.messages == 0) continue;
    report.top_senders.push_back({accounts_.name(account), totals.messages, totals.recipients});
  }
  keep_top(report.top_senders, [](const SenderReport& row) {
    return std::tuple(down(row.recipients), down(row.messages), row.account);
  });
}

void Tally::report_guessing(TrafficReport& report) const {
  for (const auto& [network, guesses] : guesses_) {
    if (guesses.failures < kLeastFailures) continue;
    const CountryCode country = locator_.locate(guesses.first).country;
    report.guessing.push_back({network, country, guesses.failures, guesses.accounts.size()});
  }
  keep_top(report.guessing,
           [](const GuessingReport& row) { return std::tuple(down(row.failures), row.network); });
}

void Tally::report_refusals(TrafficReport& report) const {
  for (AccountNumber account = 0; account < totals_.size(); ++account) {
    const AccountTotals& totals = totals_[account];
    if (totals.refused == 0) continue;
    report.refusals_by_account.push_back({accounts_.name(account), totals.delivered, totals.refused});
  }
  for (const auto& [domain, answers] : destinations_) {
    if (answers.refused != 0)
      report.refusals_by_destination.push_back({domain, answers.delivered, answers.refused});
  }
  keep_top_refusals(report.refusals_by_account);
  keep_top_refusals(report.refusals_by_destination);
}

}  // namespace postreeve
