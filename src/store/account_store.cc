#include "store/account_store.h"

namespace postreeve {
namespace {

struct Emptying final : RecordStep {
  void run(AccountRecord& record) override { record = AccountRecord{}; }
};

}  // namespace

Result<void> AccountStore::forget(const Hash128& account) {
  forget_here(account);
  return {};
}

void AccountStore::forget_here(const Hash128& account) {
  Emptying emptying;
  update(account, emptying);
}

}  // namespace postreeve
