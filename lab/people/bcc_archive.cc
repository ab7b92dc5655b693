// An office worker whose client copies every mail to an archive.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class BccArchive final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    furnish_office(*this, world);
    archive_ = random().chance(0.5) ? random_freemail(random(), 0)
                                    : Correspondent::of(Realm::kLocalName, world.accounts()[account()].tenant,
                                                        8'000'000 + account());
  }

 private:
  void compose(Draft& draft, World& world) override {
    Person::compose(draft, world);
    draft.recipients.push_back(archive_);
  }

  Correspondent archive_;
};

}  // namespace

std::unique_ptr<Person> make_bcc_archive(std::uint32_t account, Random random) {
  return std::make_unique<BccArchive>(account, random);
}

}  // namespace postreeve::lab
