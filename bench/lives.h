// Accounts that are used as real ones are (few networks, a handful of contacts and
// now and then somebody new), so that records and files get their true sizes.
//
// The numbers are measurements of real mail: messages a day lognormal over accounts,
// a negative binomial over days, weekends nearly empty, 83 % of messages to one
// recipient. Everybody is honest. All addresses are of 240.0.0.0/4, which nobody has.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "bench/random.h"
#include "mail/account_id.h"
#include "net/ip_address.h"

namespace postreeve::bench {

// 2026-03-02, a Monday.
inline constexpr Timestamp kMonday{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

// A machine the owner sends from.
struct Device {
  std::uint32_t network = 0;  // IPv4, its last byte 0
  bool roams = false;         // a phone: another address of two networks every time
  std::string helo_name;
};

// A message sent, or a mailbox opened.
struct Act {
  Timestamp time{};
  std::uint64_t account = 0;
  std::uint64_t size = 0;
  IpAddress address;
  std::uint8_t device = 0;
  bool is_message = false;
  bool is_refused = false;              // by the first recipient's server
  std::vector<std::uint32_t> contacts;  // numbers of recipients
};

// One account. The same number gives the same life.
class Life {
 public:
  explicit Life(std::uint64_t number);

  [[nodiscard]] const AccountId& account() const { return account_; }
  [[nodiscard]] const Device& device(std::uint8_t number) const { return devices_[number]; }
  // An address as one of the owner's contacts has it.
  [[nodiscard]] std::string contact(std::uint32_t number) const;

  // Appends what happens on day `day` (0 is a Monday), in the order of time.
  void live_day(std::uint32_t day, std::vector<Act>& acts);

 private:
  std::uint8_t pick_device();
  IpAddress pick_address(std::uint8_t device);
  std::uint32_t pick_contact();
  std::uint32_t pick_recipient_count();
  Act act(Timestamp time, bool is_message);

  std::uint64_t number_;
  Random random_;
  AccountId account_;
  std::vector<Device> devices_;
  double messages_a_workday_;
  std::uint32_t address_book_;  // contacts from before
  std::uint32_t sent_ = 0;      // messages
  std::uint32_t trip_day_;      // first day of five abroad; or never
};

}  // namespace postreeve::bench
