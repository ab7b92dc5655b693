// A newsletter's account: an office worker's, and to hundreds or thousands every week or so.
#pragma once

#include "lab/people/person.h"

namespace postreeve::lab {

class Newsletter : public Person {
 public:
  using Person::Person;
  void furnish(World& world) override;
  std::optional<Correspondent> from_list(Random& random) const override;

 protected:
  void plan_day(World& world) override;
  void special(const Wake& wake, World& world) override;
  void set_next_issue(std::uint32_t day) { next_day_ = day; }

 private:
  // The slot of a wake that is no part of an issue.
  static constexpr std::uint32_t kConfirmation = 1U << 24;

  void ask_to_confirm(World& world);
  [[nodiscard]] Correspondent subscriber(std::uint32_t number) const;

  std::uint32_t subscribers_ = 0;
  std::uint32_t every_days_ = 7;
  std::uint32_t next_day_ = 0;
  std::uint32_t a_message_ = 1;
  std::uint64_t seed_ = 0;
  double dead_ = 0.01;
  double complained_ = 0.0004;  // of recipients, 0.02 to 0.1 %
  std::uint16_t bulk_device_ = 0;
};

}  // namespace postreeve::lab
