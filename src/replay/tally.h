// Counts what went over the server, whoever judges it. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "mail/event.h"
#include "net/locator.h"
#include "net/prefix.h"
#include "replay/account_book.h"
#include "replay/report.h"

namespace postreeve {

class Tally {
 public:
  // Both must outlive the tally.
  Tally(const AccountBook& accounts, const Locator& locator) : accounts_(accounts), locator_(locator) {}

  void add(AccountNumber account, const Event& event);

  [[nodiscard]] TrafficReport report() const;

 private:
  struct AccountTotals {
    std::uint64_t messages = 0;
    std::uint64_t recipients = 0;
    std::uint64_t delivered = 0;
    std::uint64_t refused = 0;
    bool was_in = false;  // logged in or sent something
  };
  struct Answers {
    std::uint64_t delivered = 0;
    std::uint64_t refused = 0;
  };
  struct Guesses {
    IpAddress first;  // its country is the network's in the report
    std::uint64_t failures = 0;
    std::unordered_set<AccountNumber> accounts;
  };
  struct PrefixHash {
    std::size_t operator()(const Prefix& prefix) const noexcept;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  AccountTotals& totals_of(AccountNumber account);
  void count(AccountNumber account, const Login& login);
  void count(AccountNumber account, const Submission& submission);
  void count(AccountNumber account, const Delivery& delivery);
  void count(AccountNumber account, const Scan&) { count_other(account); }
  void count(AccountNumber account, const SettingChange&) { count_other(account); }
  void count(AccountNumber account, const Complaint&) { count_other(account); }
  void count(AccountNumber account, const CredentialChange&) { count_other(account); }
  void count(AccountNumber account, const Judgement&) { count_other(account); }
  void count(AccountNumber, const Recipient&) {}  // part of its submission
  void count_other(AccountNumber) { ++events_.other; }

  void report_senders(TrafficReport& report) const;
  void report_guessing(TrafficReport& report) const;
  void report_refusals(TrafficReport& report) const;

  const AccountBook& accounts_;
  const Locator& locator_;
  EventCounts events_;
  std::optional<Timestamp> first_;
  std::optional<Timestamp> last_;
  std::vector<AccountTotals> totals_;  // by account
  std::unordered_map<std::string, Answers, TextHash, std::equal_to<>> destinations_;
  std::unordered_map<Prefix, Guesses, PrefixHash> guesses_;
};

}  // namespace postreeve
