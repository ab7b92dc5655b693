#include "lab/population/population.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include <fmt/format.h>

#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

// Home countries of the hosters; three in four customers live there.
constexpr std::array<std::string_view, 8> kHomes{"DE", "PL", "FR", "GB", "AT", "CZ", "NL", "US"};

class Builder {
 public:
  explicit Builder(World& world)
      : world_(world),
        random_(mix64(world.options().seed) + 1),
        home_(country_index(random_.pick<std::string_view>(kHomes))) {}

  void build() {
    for (const std::uint16_t persona : personas_of_accounts()) add_account(persona);
    for (std::uint32_t i = 0; i < world_.accounts().size(); ++i) add_person(i);
    for (std::uint32_t i = 0; i < world_.accounts().size(); ++i) {
      Person& person = person_of(world_, i);
      person.furnish(world_);
      person.begin(world_, i);
    }
  }

 private:
  [[nodiscard]] bool wanted(const Persona& persona) const {
    const auto& only = world_.options().only_personas;
    return only.empty() || std::ranges::find(only, persona.name) != only.end();
  }

  // Each persona gets its share, and at least one account; in random order.
  std::vector<std::uint16_t> personas_of_accounts() {
    const auto personas = all_personas();
    double total = 0;
    for (const Persona& p : personas) total += wanted(p) ? (world_.options().even_mix ? 1 : p.share) : 0;
    std::vector<std::uint16_t> all;
    for (std::uint16_t n = 0; n < personas.size(); ++n) {
      if (!wanted(personas[n])) continue;
      const double share = (world_.options().even_mix ? 1 : personas[n].share) / total;
      const auto count = std::max(1U, static_cast<std::uint32_t>(share * world_.options().accounts + 0.5));
      all.insert(all.end(), count, n);
    }
    for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[random_.below(i)]);
    return all;
  }

  std::uint16_t some_country() {
    if (random_.chance(0.75)) return home_;
    return random_.chance(0.8) ? static_cast<std::uint16_t>(random_.below(32))
                               : static_cast<std::uint16_t>(random_.below(all_countries().size()));
  }

  std::uint32_t open_tenant(bool provider) {
    Tenant tenant;
    const auto number = static_cast<std::uint32_t>(world_.tenants().size());
    tenant.domain = tenant_domain(number);
    tenant.country = provider ? home_ : some_country();
    tenant.is_provider = provider;
    const Geography& geography = world_.geography();
    const ProviderKind kind = random_.chance(0.4) ? ProviderKind::kBusiness : ProviderKind::kConsumer;
    tenant.office_provider = geography.pick_provider(kind, tenant.country, random_);
    tenant.office_block = geography.pick_block(tenant.office_provider, tenant.country, random_);
    tenant.office_seed = random_.bits() | 1;
    world_.tenants().push_back(std::move(tenant));
    return number;
  }

  std::uint32_t tenant_for(bool provider) {
    std::uint32_t& open = provider ? open_provider_ : open_company_;
    std::uint32_t& room = provider ? provider_room_ : company_room_;
    if (room == 0) {
      open = open_tenant(provider);
      room = provider ? 5000 : static_cast<std::uint32_t>(std::clamp(random_.lognormal(12, 1.2), 1.0, 400.0));
    }
    --room;
    return open;
  }

  void add_account(std::uint16_t persona) {
    auto& accounts = world_.accounts();
    const auto index = static_cast<std::uint32_t>(accounts.size());
    Account account;
    account.index = index;
    account.persona = persona;
    account.tenant = tenant_for(!all_personas()[persona].in_company);
    Tenant& tenant = world_.tenants()[account.tenant];
    tenant.members.push_back(index);
    account.country = tenant.is_provider && random_.chance(0.1) ? some_country() : tenant.country;
    account.display_name = full_name(index + mix64(world_.options().seed));
    std::string login(account.display_name);
    std::ranges::replace(login, ' ', '.');
    login += tenant.members.size() > 40 ? fmt::format("{}@{}", tenant.members.size(), tenant.domain)
                                        : '@' + tenant.domain;
    if (!names_.insert(to_hash(login)).second) login = fmt::format("u{}.{}", index, login);
    account.id = *AccountId::from_login(login, "");
    accounts.push_back(std::move(account));
  }

  static std::uint64_t to_hash(const std::string& login) { return keyed_hash(HashKey{}, login).low; }

  void add_person(std::uint32_t index) {
    const Account& account = world_.accounts()[index];
    const Persona& persona = all_personas()[account.persona];
    auto person = persona.make(index, Random(mix64(world_.options().seed) ^ mix64(index + 1000)));
    person->set_country(account.country);
    const Geography& geography = world_.geography();
    person->set_line(Person::kHomeLine, home_line(geography, account.country, person->random()));
    person->set_line(Person::kMobileLine, mobile_line(geography, account.country, person->random()));
    const Tenant& tenant = world_.tenants()[account.tenant];
    if (!tenant.is_provider) {
      person->set_line(Person::kOfficeLine,
                       static_line(tenant.office_provider, tenant.office_block, tenant.office_seed));
    }
    world_.add_actor(std::move(person));
  }

  World& world_;
  Random random_;
  std::uint16_t home_;
  std::uint32_t open_provider_ = 0;
  std::uint32_t open_company_ = 0;
  std::uint32_t provider_room_ = 0;
  std::uint32_t company_room_ = 0;
  std::unordered_set<std::uint64_t> names_;
};

}  // namespace

void populate(World& world) {
  world.accounts().reserve(world.options().accounts + all_personas().size());
  Builder(world).build();
}

}  // namespace postreeve::lab
