#include "profile/account_record.h"

#include <gtest/gtest.h>

#include <utility>

namespace postreeve {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

Lesson use_lesson(std::uint32_t network, Timestamp time, bool sent) {
  return {.time = to_seconds32(time),
          .network = network,
          .provider = network + 1,
          .client = 3,
          .use = sent ? Use::kSend : Use::kRead};
}

// A record with something in every part.
AccountRecord busy_record() {
  AccountRecord record;
  Origin origin;
  origin.known = true;
  origin.network = 1;
  origin.provider = 2;
  for (int day = 0; day < 5; ++day) learn_use(record.profile, kStart + 24h * day, origin, Use::kSend);
  for (std::uint32_t to = 1; to < 40; ++to) learn_recipient(record.profile, to);
  record.owner.messages_hour.add(kStart);
  record.standing.level = Level::kSlowed;
  record.recent.add({.step = 4, .time = 5});
  record.last_use.time = 9;
  record.guesses.day.add(kStart);
  record.dismissed = 3;
  keep(stranger_of(record), use_lesson(7, kStart, true));
  return record;
}

TEST(AccountRecord, HasAHeadOfAtMost632Bytes) {
  EXPECT_LE(sizeof(AccountRecord), 632U);
  EXPECT_EQ(memory_bytes(AccountRecord{}), sizeof(AccountRecord));
}

TEST(AccountRecord, TakesAtMostOneKiBForAnOfficeWorker) {
  AccountRecord record;
  Origin origin;
  origin.known = true;
  for (std::uint32_t network = 1; network <= 4; ++network) {
    origin.network = network;
    learn_use(record.profile, kStart, origin, Use::kSend);
  }
  for (std::uint32_t to = 1; to <= 50; ++to) learn_recipient(record.profile, to);
  EXPECT_LE(memory_bytes(record), 1024U);
}

TEST(AccountRecord, IsAValue) {
  const AccountRecord record = busy_record();
  AccountRecord copy = record;
  EXPECT_TRUE(copy == record);
  EXPECT_NE(copy.stranger.get(), record.stranger.get());
  copy.stranger->last_seen = 99;
  EXPECT_FALSE(copy == record);
  copy = record;
  EXPECT_TRUE(copy == record);
  const AccountRecord& self = copy;
  copy = self;
  EXPECT_TRUE(copy == record);
  const AccountRecord moved = std::move(copy);
  EXPECT_TRUE(moved == record);
}

TEST(AccountRecord, DiffersWhenAnyPartDoes) {
  const AccountRecord record = busy_record();
  const auto differs = [&](auto change) {
    AccountRecord other = record;
    change(other);
    return !(other == record) && !(record == other);
  };
  EXPECT_TRUE(differs([](AccountRecord& r) { learn_recipient(r.profile, 1'000); }));
  EXPECT_TRUE(differs([](AccountRecord& r) { r.owner.refusals = 1; }));
  EXPECT_TRUE(differs([](AccountRecord& r) { r.standing.until = 1; }));
  EXPECT_TRUE(differs([](AccountRecord& r) { r.recent.add({.step = 5, .time = 5}); }));
  EXPECT_TRUE(differs([](AccountRecord& r) { r.last_use.familiar = true; }));
  EXPECT_TRUE(differs([](AccountRecord& r) { r.guesses.network = 8; }));
  EXPECT_TRUE(differs([](AccountRecord& r) { r.webmail.hour = 4; }));
  EXPECT_TRUE(differs([](AccountRecord& r) { r.dismissed = 4; }));
  EXPECT_TRUE(differs([](AccountRecord& r) { r.stranger->outgo.messages = 4; }));
  EXPECT_TRUE(differs([](AccountRecord& r) { r.stranger.reset(); }));
}

TEST(AccountRecord, CountsWhatItHoldsInItsSize) {
  const AccountRecord record = busy_record();
  EXPECT_EQ(memory_bytes(record), sizeof(AccountRecord) + record.profile.networks.heap_bytes() +
                                      record.profile.known_recipients.heap_bytes() + sizeof(Stranger) +
                                      record.stranger->lessons.capacity() * sizeof(Lesson));
}

TEST(AdoptStranger, LearnsItsLessonsAsIfTheyHadBeenTheOwners) {
  AccountRecord record;
  Stranger& stranger = stranger_of(record);
  keep(stranger, use_lesson(7, kStart, true));
  keep(stranger, use_lesson(7, kStart + 24h, false));
  keep(stranger, {.time = to_seconds32(kStart), .recipient = 42});
  adopt_stranger(record);
  EXPECT_EQ(record.stranger, nullptr);

  AccountProfile expected;
  Origin origin;
  origin.known = true;
  origin.network = 7;
  origin.provider = 8;
  origin.client = 3;
  learn_use(expected, kStart, origin, Use::kSend);
  learn_use(expected, kStart + 24h, origin, Use::kRead);
  learn_recipient(expected, 42);
  EXPECT_TRUE(record.profile == expected);
}

TEST(AdoptStranger, DoesNothingWhenNobodyWasThere) {
  AccountRecord record;
  adopt_stranger(record);
  EXPECT_TRUE(record == AccountRecord{});
}

TEST(StrangerOf, MakesOneOnlyOnce) {
  AccountRecord record;
  stranger_of(record).last_seen = 5;
  EXPECT_EQ(stranger_of(record).last_seen, 5U);
}

}  // namespace
}  // namespace postreeve
