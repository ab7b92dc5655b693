#include "store/memory_account_store.h"

#include <gtest/gtest.h>

namespace postreeve {
namespace {

struct Learn final : RecordStep {
  void run(AccountRecord& record) override {
    for (std::uint32_t to = 1; to <= 100; ++to) learn_recipient(record.profile, to);
  }
};

TEST(MemoryAccountStore, CountsTheBytesOfAllRecords) {
  MemoryAccountStore store;
  EXPECT_EQ(store.memory_bytes(), 0U);
  Learn learn;
  for (std::uint64_t i = 0; i < 10; ++i) store.update({i, i}, learn);
  AccountRecord one;
  learn.run(one);
  EXPECT_EQ(store.memory_bytes(), 10 * memory_bytes(one));
}

}  // namespace
}  // namespace postreeve
