// An office worker.
#include "lab/people/ordinary.h"
#include "lab/people/personas.h"

namespace postreeve::lab {
namespace {

class Office final : public Person {
 public:
  using Person::Person;
  void furnish(World& world) override { furnish_office(*this, world); }
};

}  // namespace

std::unique_ptr<Person> make_office(std::uint32_t account, Random random) {
  return std::make_unique<Office>(account, random);
}

}  // namespace postreeve::lab
