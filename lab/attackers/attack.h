// A plan at work.
#pragma once

#include "lab/attackers/plan.h"
#include "lab/world.h"

namespace postreeve::lab {

class Attack final : public Actor {
 public:
  Attack(std::int32_t number, const Plan& plan, const Crew& crew, Person& victim, Random random);

  void begin(World& world, std::uint32_t self);
  void wake(const Wake& wake, World& world) override;

 private:
  enum Kind : std::uint16_t { kSpray, kFail, kQuiet, kTest, kSend, kRead, kSet };

  struct Host {
    Line line;
    std::uint64_t number = 0;
  };

  Timestamp plan_preparation(World& world);
  // The machine number `n` of the crew, always the same.
  Host host(std::uint64_t n, World& world) const;
  Host host_for_message(World& world);
  const IpAddress& address_of(Host& host, World& world);

  void log_in(World& world, Service service, LoginFailure failure, std::uint32_t account);
  // Whether the password still fits; a failed login when it was changed since.
  bool still_in(World& world);
  void send_test(World& world);
  void send(const Wake& wake, World& world);
  void fill_recipients(Draft& draft, World& world);
  Correspondent target(World& world);
  Correspondent local_target(World& world);
  void write_headers(Draft& draft, World& world);
  void write_text(Draft& draft);
  void write_helo_of(Draft& draft, World& world, const Host& host);
  void set_origin(Draft& draft, World& world, Host& host);
  void make_setting(World& world);
  void open_webmail(World& world, const IpAddress& address);
  void sell(World& world);
  void go_on(World& world, std::span<const Fate> fates, std::uint32_t message);
  Timestamp next_time(World& world);

  std::int32_t number_;
  Plan plan_;
  Crew crew_;
  Person& victim_;
  Random random_;
  std::uint32_t self_ = 0;
  std::uint32_t stolen_password_ = 0;
  bool got_in_ = false;
  std::uint32_t refused_in_a_row_ = 0;
  std::uint64_t host_now_ = 0;
  std::uint32_t host_messages_ = 0;
  IpAddress webmail_address_;
  Timestamp webmail_until_{};
};

}  // namespace postreeve::lab
