// Somebody who reads and writes in a mail giant's web page or app: the giant's machines fetch this mailbox
// and send through this account, another address every few minutes.
#include <algorithm>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"

namespace postreeve::lab {
namespace {

class CloudClient final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    furnish_consumer(*this, world);
    habits.mails_a_workday = std::min(random().lognormal(1.5, 1.0), 20.0);
    habits.retry = Retry::kFifteenMinutes;
    set_line(kOwnLines, giant_line(world.geography(), random()));
    Device giant = machine(kOwnLines, random());
    giant.helo_style = HeloStyle::kCloud;
    giant.reads_by = random().chance(0.6) ? Service::kPop3 : Service::kImap;
    giant.reads_a_day = static_cast<float>(random().between(12, 60));
    // Half of them have a client of their own beside it.
    if (random().chance(0.5)) devices().clear();
    devices().insert(devices().begin(), giant);
  }
};

}  // namespace

std::unique_ptr<Person> make_cloud_client(std::uint32_t account, Random random) {
  return std::make_unique<CloudClient>(account, random);
}

}  // namespace postreeve::lab
