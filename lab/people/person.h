// A person (or machine) with a mail account: habits, devices, lines and contacts.
//
// A persona's file furnishes a Person with habits, or derives one whose days are
// different. A day is planned when it begins; a client that is told to come back
// later does, after its own fashion.
#pragma once

#include <optional>
#include <vector>

#include "lab/device.h"
#include "lab/world.h"

namespace postreeve::lab {

// What a client does with a 4xx answer: minutes until it tries again.
enum class Retry : std::uint8_t { kNever = 0, kOneMinute = 1, kFiveMinutes = 5, kFifteenMinutes = 15 };

struct Habits {
  double mails_a_workday = 1;  // mean
  // Variance over mean of a day's count: 2.3 in the median of people, 6.6 for one in twenty.
  double fano = 2.3;
  double weekend = 0.08;          // of a workday's activity
  double first_hour = 8;          // local; most mail falls into the ten hours after it
  double outside_hours = 0.12;    // share of mail outside of them
  double novelty_floor = 0.035;   // share of recipients never written to, after many mails
  double local_share = 0.2;       // of new contacts: colleagues
  double freemail_share = 0.4;    // of new contacts that are not colleagues
  double bad_new_address = 0.04;  // a typo or a stale card, when somebody is written to first
  double more_recipients = 1;     // how often a mail has several recipients, 1 is usual
  double trips_a_month = 0.065;   // abroad
  double outings_a_month = 0;     // with a laptop or phone, in the own country
  double vpn_share = 0;           // of sessions, from the VPN line
  Retry retry = Retry::kFiveMinutes;
  // Makes a forward, a filter or an app password: less than once in a hundred days.
  double settings_a_month = 0.15;
};

class Person : public Actor {
 public:
  Person(std::uint32_t account, Random random);

  void wake(const Wake& wake, World& world) final;
  // Sets habits, devices and lines of the persona; the lines of home, office and mobile are laid before.
  // Called once, when all accounts exist.
  virtual void furnish(World& world) = 0;
  // Plans the first day.
  void begin(World& world, std::uint32_t self);

  [[nodiscard]] std::uint32_t account() const { return account_; }
  [[nodiscard]] std::uint16_t country() const { return country_; }
  [[nodiscard]] const std::vector<Correspondent>& contacts() const { return contacts_; }
  [[nodiscard]] double local_hour(Timestamp time) const;
  [[nodiscard]] bool is_weekend(Timestamp time) const;
  // The device that a thief on the owner's own machine would use, and its line now.
  [[nodiscard]] Device& main_device() { return devices_.front(); }
  Line& line_of(Device& device, World& world);
  // A subscriber or customer that a bulk sender knows; nullopt for people without lists.
  [[nodiscard]] virtual std::optional<Correspondent> from_list(Random&) const { return std::nullopt; }

  Habits habits;
  // Room for the persona's file.
  std::vector<Device>& devices() { return devices_; }
  std::vector<Line>& lines() { return lines_; }
  Random& random() { return random_; }
  void set_country(std::uint16_t country) { country_ = country; }
  void set_line(std::size_t place, const Line& line);
  void learn_contacts(std::uint32_t count, World& world);
  void set_mails_sent(std::uint32_t mails) { mails_sent_ = mails; }

  // A new password: the device in hand has it, the others try the old one for a while.
  void change_password(World& world, double stale_hours);
  void replace_device(std::uint16_t device);
  void change_home_provider(World& world);
  // A new client fetches everything: that many logins in a few hours.
  void reread_everything(World& world, std::uint16_t device, std::uint32_t logins);

  static constexpr std::uint8_t kHomeLine = 0;
  static constexpr std::uint8_t kOfficeLine = 1;
  static constexpr std::uint8_t kMobileLine = 2;
  static constexpr std::uint8_t kTripLine = 3;
  static constexpr std::uint8_t kVpnLine = 4;
  static constexpr std::uint8_t kOutLine = 5;
  static constexpr std::uint8_t kOwnLines = 6;  // machines' lines from here

 protected:
  enum Kind : std::uint16_t {
    kDay,
    kRead,
    kSend,
    kRetry,
    kWrongPassword,
    kPasswordLearned,
    kSetting,
    kSpecial
  };

  // Plans what happens on the day that begins now (local midnight).
  virtual void plan_day(World& world);
  virtual void special(const Wake&, World&) {}
  // Fills recipients, headers, subject and size of an ordinary mail.
  virtual void compose(Draft& draft, World& world);

  void plan_reads(World& world);
  void plan_mails(World& world, double mean);
  void plan_special(World& world, Timestamp time, std::uint32_t what = 0) {
    world.plan(time, self_, kSpecial, 0, what);
  }
  // A moment of the local day that begins now.
  Timestamp moment_of_day(World& world, bool inside_hours);
  void maybe_travel(World& world);
  void maybe_go_out(World& world);
  // New telephones, passwords and providers, as everybody has them now and then.
  void live_on(World& world);
  void travel_to(std::uint16_t place, World& world, double length_days);
  void start_trip(World& world, double length_days);
  // Away from the network, or the device stands where its owner is not.
  [[nodiscard]] bool out_of_reach(const Device& device, Timestamp now) const;

  void send_ordinary(World& world, std::uint16_t device);
  // Prepares sender, headers, origin; the caller adds recipients and sends.
  Draft& draft_from(World& world, std::uint16_t device);
  // Sends and plans retries of what was deferred.
  void send(World& world, const Draft& draft, std::uint16_t device, std::uint32_t attempt = 0,
            Timestamp first = {});
  void read(World& world, std::uint16_t device);
  void open_mailbox(World& world, Device& device, const IpAddress& address);
  void make_setting(World& world, std::uint16_t device);
  void hammer(World& world, std::uint16_t device, std::uint32_t left);

  Correspondent new_contact(World& world);
  Correspondent choose_recipient(World& world);
  std::uint32_t recipients_of_a_mail();
  void write_to_header(Draft& draft, World& world, bool quotes_name);
  std::uint16_t sending_device();
  std::uint16_t day_number(const World& world) const;
  std::uint32_t self() const { return self_; }

 private:
  struct Pending {
    Draft draft;
    std::uint16_t device = 0;
    std::uint32_t attempt = 0;
    Timestamp first{};
  };

  // The line of the place where the owner is.
  [[nodiscard]] std::uint8_t surroundings(Timestamp now) const;
  std::uint8_t choose_line(const Device& device, std::uint8_t around);
  void retry(const Wake& wake, World& world);
  void keep_for_retry(World& world, const Draft& draft, std::span<const Fate> fates, std::uint16_t device,
                      std::uint32_t attempt, Timestamp first);

  std::uint32_t account_;
  std::uint32_t self_ = 0;
  std::uint16_t country_ = 0;
  std::uint16_t trip_country_ = 0;
  std::uint32_t mails_sent_ = 0;
  Random random_;
  Timestamp trip_from_{};   // arrival
  Timestamp trip_until_{};  // departure for home
  Duration trip_travel_{};  // on the way, without network
  Timestamp out_from_{};
  Timestamp out_until_{};
  std::vector<Device> devices_;
  std::vector<Line> lines_;
  std::vector<Correspondent> contacts_;
  std::vector<Pending> pending_;
  std::vector<std::uint32_t> free_pending_;
};

}  // namespace postreeve::lab
