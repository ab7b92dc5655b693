// Somebody who reads and writes in the browser; one in three has mail on the phone as well.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class WebmailUser final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    furnish_consumer(*this, world);
    habits.mails_a_workday = std::min(random().lognormal(0.8, 1.1), 12.0);
    devices().clear();
    devices().push_back(browser(random()));
    devices().front().reads_a_day = static_cast<float>(random().lognormal(2.5, 0.6));
    devices().front().send_weight = 1;
    if (random().chance(0.35)) devices().push_back(phone(random()));
  }
};

}  // namespace

std::unique_ptr<Person> make_webmail_user(std::uint32_t account, Random random) {
  return std::make_unique<WebmailUser>(account, random);
}

}  // namespace postreeve::lab
