#include "lab/attackers/underworld.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/attackers/attack.h"
#include "lab/attackers/families.h"
#include "lab/people/personas.h"
#include "lab/population/population.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// Strangers' password guessing that never ends anywhere: bots that try a few names each.
class Noise final : public Actor {
 public:
  explicit Noise(Random random, double a_day) : random_(random), gap_seconds_(86400 / a_day) {}

  void begin(World& world, std::uint32_t self) {
    self_ = self;
    world.plan(world.start() + seconds(random_.exponential(gap_seconds_)), self_, 0);
  }

  void wake(const Wake&, World& world) override {
    if (left_ == 0) {
      left_ = random_.from_to(1, 12);
      const std::uint16_t country = world.geography().pick_bot_country(random_);
      line_ = guest_line(world.geography(), country, random_);
    }
    --left_;
    const IpAddress address = line_.at(world.now(), world.geography(), random_);
    if (random_.chance(0.6)) {
      const std::string name = fmt::format("{}@{}", first_name(random_.bits()),
                                           world.tenants()[random_.below(world.tenants().size())].domain);
      world.login_of_nobody(name, Service::kSmtp, address);
    } else {
      world.login({.account = random_.below(world.accounts().size())}, Service::kSmtp, address,
                  LoginFailure::kBadPassword, random_.bits() | 1);
    }
    world.plan(world.now() + seconds(random_.exponential(gap_seconds_)), self_, 0);
  }

 private:
  Random random_;
  double gap_seconds_;
  std::uint32_t self_ = 0;
  std::uint32_t left_ = 0;
  Line line_;
};

class Underworld {
 public:
  explicit Underworld(World& world) : world_(world), random_(mix64(world.options().seed) + 2) {
    for (const Family& family : all_families()) {
      const auto& only = world.options().only_families;
      if ((only.empty() || contains(only, family.name)) &&
          !contains(world.options().without_families, family.name))
        families_.push_back(&family);
    }
    sort_victims();
  }

  // The family that has the fewest take-overs strikes next, until there are enough.
  void plan() {
    std::vector<std::uint32_t> taken(families_.size());
    std::uint32_t left = world_.options().attacks;
    while (left > 0 && !families_.empty()) {
      const auto least = std::ranges::min_element(taken);
      if (*least == kExhausted) return;
      const Family& family = *families_[static_cast<std::size_t>(least - taken.begin())];
      const std::uint32_t struck =
          strike(family, std::min(left, random_.from_to(family.fewest, family.most)));
      left -= struck;
      *least = struck == 0 ? kExhausted : *least + struck;
    }
  }

 private:
  static constexpr std::size_t kVictimKinds = 6;
  static constexpr std::uint32_t kExhausted = 0xffffffff;  // no victims left

  void sort_victims() {
    const auto add = [&](Victims kind, std::uint32_t account) {
      victims_[static_cast<std::size_t>(kind)].push_back(account);
    };
    for (const Account& account : world_.accounts()) {
      const Persona& persona = all_personas()[account.persona];
      const auto is_one_of = [&](std::initializer_list<std::string_view> names) {
        return std::ranges::find(names, persona.name) != names.end();
      };
      if (is_one_of({"newsletter", "school_circular", "outreach"})) add(Victims::kBulk, account.index);
      if (is_one_of({"web_shop", "shop_canary", "scanner", "ticket_system"}))
        add(Victims::kApplications, account.index);
      if (is_one_of({"first_after_year", "former_employee"})) add(Victims::kSleepers, account.index);
      if (is_one_of({"office", "consumer", "academic", "new_laptop"})) add(Victims::kDesktops, account.index);
      if (is_one_of({"scanner", "web_shop", "shop_canary", "exchange", "list_server", "ticket_system",
                     "cloud_sender", "bouncing_relay", "newsletter", "new_shop", "new_newsletter",
                     "former_employee"}))
        continue;
      add(Victims::kPeople, account.index);
      if (world_.tenants()[account.tenant].members.size() >= 8) add(Victims::kColleagues, account.index);
    }
  }

  // Some accounts of that kind without an attack yet.
  std::vector<std::uint32_t> choose(Victims kind, std::uint32_t count) {
    auto& pool = victims_[static_cast<std::size_t>(kind)];
    std::vector<std::uint32_t> chosen;
    for (int tries = 0; tries < 200 && chosen.size() < count && !pool.empty(); ++tries) {
      const std::uint32_t account = pool[random_.below(pool.size())];
      if (world_.accounts()[account].attack >= 0 || std::ranges::find(chosen, account) != chosen.end())
        continue;
      chosen.push_back(account);
    }
    return chosen;
  }

  // Early enough that most of it happens before the world ends.
  [[nodiscard]] double first_day(const Plan& plan, double when) const {
    const double all = world_.options().days;
    const double run_days = plan.messages * plan.gap_seconds / 86400 * (plan.working_hours ? 3 : 1);
    const double needed = 1 + plan.quiet_days + (plan.test_message ? plan.test_lead_seconds / 86400 : 0) +
                          std::min(run_days, all / 3);
    const double first = world_.options().attacks_from_day;
    return first + when * std::max(0.0, all - needed - first);
  }

  std::uint32_t strike(const Family& family, std::uint32_t count) {
    const auto victims = choose(family.victims, count);
    Crew crew{.seed = random_.bits(), .kind = {}, .countries = {}, .same_provider = 0};
    const double when = random_.unit();
    Timestamp begins{};
    for (std::uint32_t i = 0; i < victims.size(); ++i) {
      Person& victim = person_of(world_, victims[i]);
      Brief brief{.world = world_,
                  .random = random_,
                  .victim = victim,
                  .crew = crew,
                  .member = i,
                  .members = static_cast<std::uint32_t>(victims.size()),
                  .family_seed = keyed_hash(HashKey{}, family.name).low,
                  .questions = 0};
      Plan plan = family.plan(brief);
      plan.family = family.name;
      plan.complained *= brief.random.between(0.5, 1.6);
      if (i == 0) begins = world_.start() + days(first_day(plan, when));
      plan.begins = begins + (plan.begins - Timestamp{});
      if (plan.local_hour >= 0) {
        plan.begins += hours(std::fmod(plan.local_hour - victim.local_hour(plan.begins) + 24, 24));
      }
      const std::int32_t number = world_.add_attack(
          {.family = family.name,
           .account = victims[i],
           .group = group_,
           .planned = plan.messages + plan.messages_when_sold + (plan.test_message ? 1U : 0U),
           .begins = plan.begins});
      auto attack = std::make_unique<Attack>(number, plan, crew, victim, Random(random_.bits()));
      Attack& actor = *attack;
      actor.begin(world_, world_.add_actor(std::move(attack)));
    }
    ++group_;
    return static_cast<std::uint32_t>(victims.size());
  }

  World& world_;
  Random random_;
  std::vector<const Family*> families_;
  std::array<std::vector<std::uint32_t>, kVictimKinds> victims_;
  std::uint32_t group_ = 0;
};

}  // namespace

void unleash(World& world) {
  const double guesses_a_day = 20 + world.options().accounts * 0.15;
  auto noise = std::make_unique<Noise>(Random(mix64(world.options().seed) + 3), guesses_a_day);
  Noise& actor = *noise;
  actor.begin(world, world.add_actor(std::move(noise)));
  Underworld(world).plan();
}

}  // namespace postreeve::lab
