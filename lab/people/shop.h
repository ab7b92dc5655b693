// A web shop's account: orders all day from one server, every recipient new.
#pragma once

#include "lab/people/person.h"

namespace postreeve::lab {

class Shop : public Person {
 public:
  using Person::Person;
  void furnish(World& world) override;

 protected:
  void plan_day(World& world) override;
  void special(const Wake& wake, World& world) override;
  // Whoever ordered.
  virtual Correspondent customer();

 private:
  double orders_a_day_ = 20;
  double returning_ = 0.2;
};

}  // namespace postreeve::lab
