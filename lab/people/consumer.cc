// A private customer who writes now and then.
#include "lab/people/ordinary.h"
#include "lab/people/personas.h"

namespace postreeve::lab {
namespace {

class Consumer final : public Person {
 public:
  using Person::Person;
  void furnish(World& world) override { furnish_consumer(*this, world); }
};

}  // namespace

std::unique_ptr<Person> make_consumer(std::uint32_t account, Random random) {
  return std::make_unique<Consumer>(account, random);
}

}  // namespace postreeve::lab
