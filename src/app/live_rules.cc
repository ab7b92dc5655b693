#include "app/live_rules.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "net/locator.h"

namespace postreeve {

Result<std::shared_ptr<const Rules>> LiveRules::adopt(const Configuration& configuration, Timestamp now) {
  const std::vector<std::filesystem::path> files(configuration.geography_files.begin(),
                                                 configuration.geography_files.end());
  Result<Locator> opened = Locator::open(files);
  if (!opened) return fail(opened.error());
  auto locator = std::make_shared<const Locator>(std::move(*opened));
  auto rules = build(configuration.policy, locator, now);
  if (!rules) return rules;
  const std::scoped_lock lock(mutex_);
  policy_ = configuration.policy;
  locator_ = std::move(locator);
  return rules;
}

Result<std::shared_ptr<const Rules>> LiveRules::refresh(Timestamp now) {
  const std::scoped_lock lock(mutex_);
  return build(policy_, locator_, now);
}

Result<std::shared_ptr<const Rules>> LiveRules::build(const Policy& policy,
                                                      const std::shared_ptr<const Locator>& locator,
                                                      Timestamp now) const {
  Result<std::vector<ListEntry>> entries = lists_.entries(std::nullopt, now);
  if (!entries) return fail(entries.error());
  Result<std::vector<AccountPolicy>> policies = policies_.all();
  if (!policies) return fail(policies.error());
  return std::make_shared<const Rules>(policy, locator, std::move(*entries), std::move(*policies), now);
}

}  // namespace postreeve
