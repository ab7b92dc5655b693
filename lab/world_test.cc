#include "lab/world.h"

#include <set>

#include <gtest/gtest.h>

#include "lab/attackers/families.h"
#include "lab/attackers/underworld.h"
#include "lab/people/personas.h"
#include "lab/population/population.h"

namespace postreeve::lab {
namespace {

// Accepts everything, or defers everything, and remembers what happened.
class Witness final : public Sink {
 public:
  explicit Witness(Fate fate = Fate::kOut) : fate_(fate) {}

  void observe(const Event& event, Doer) override { see(time_of(event), account_of(event).text()); }
  std::span<const Fate> submit(const Submission& submission, Doer doer) override {
    see(submission.time, submission.queue_id + submission.sender);
    ++(doer.hostile() ? hostile : doer.is_retry ? retries : honest);
    if (doer.hostile()) attacks.insert(doer.attack);
    fates_.assign(submission.recipients.size(), fate_);
    return fates_;
  }
  void honest_delay(std::uint32_t, Duration) override { ++delayed; }
  void honest_loss(std::uint32_t) override { ++lost; }

  std::uint64_t digest = 0;
  std::uint64_t honest = 0, hostile = 0, retries = 0, delayed = 0, lost = 0, disorder = 0;
  std::set<std::int32_t> attacks;

 private:
  void see(Timestamp time, const std::string& what) {
    if (time < last_) ++disorder;
    last_ = time;
    digest = mix64(digest ^ keyed_hash(HashKey{}, what).low ^
                   static_cast<std::uint64_t>(time.time_since_epoch().count()));
  }

  Fate fate_;
  Timestamp last_{};
  std::vector<Fate> fates_;
};

void live(const WorldOptions& options, Witness& witness) {
  World world(options, witness);
  populate(world);
  unleash(world);
  world.run();
}

WorldOptions small() {
  WorldOptions options;
  options.accounts = 120;
  options.days = 14;
  options.attacks = 12;
  options.attacks_from_day = 2;
  return options;
}

TEST(World, tells_everything_in_the_order_of_time) {
  Witness witness;
  live(small(), witness);
  EXPECT_GT(witness.honest, 1000U);
  EXPECT_EQ(witness.disorder, 0U);
}

TEST(World, follows_from_its_seed) {
  Witness once, again, other;
  live(small(), once);
  live(small(), again);
  WorldOptions options = small();
  options.seed = 2;
  live(options, other);
  EXPECT_EQ(once.digest, again.digest);
  EXPECT_NE(once.digest, other.digest);
}

TEST(World, has_the_take_overs_that_were_asked_for) {
  Witness witness;
  WorldOptions options = small();
  options.only_families = {"loud_burst", "botnet"};
  live(options, witness);
  EXPECT_EQ(witness.attacks.size(), 12U);
  EXPECT_GT(witness.hostile, 100U);
}

TEST(World, retries_what_is_deferred_or_loses_it) {
  Witness witness(Fate::kDeferred);
  WorldOptions options = small();
  options.attacks = 0;
  live(options, witness);
  EXPECT_GT(witness.retries, witness.honest);
  EXPECT_GT(witness.lost, 0U);
  EXPECT_EQ(witness.delayed, 0U);
}

// Defers every message once.
class OnceLater final : public Sink {
 public:
  void observe(const Event&, Doer) override {}
  std::span<const Fate> submit(const Submission& s, Doer doer) override {
    fates_.assign(s.recipients.size(), doer.is_retry ? Fate::kOut : Fate::kDeferred);
    return fates_;
  }
  void honest_delay(std::uint32_t, Duration delay) override { delays.insert(delay); }
  void honest_loss(std::uint32_t) override { ++lost; }
  std::set<Duration> delays;
  std::uint64_t lost = 0;

 private:
  std::vector<Fate> fates_;
};

TEST(World, has_clients_that_come_back_when_it_is_told) {
  for (const std::uint32_t told : {0U, 1U, 15U}) {
    OnceLater sink;
    WorldOptions options = small();
    options.attacks = 0;
    options.days = 3;
    options.retry_minutes = told;
    World world(options, sink);
    populate(world);
    world.run();
    EXPECT_EQ(sink.delays.empty(), told == 0);
    EXPECT_EQ(sink.lost > 0, told == 0);
    if (told == 0) continue;
    EXPECT_GE(*sink.delays.begin(), minutes(told * 0.9));
    EXPECT_LE(*sink.delays.rbegin(), minutes(told * 1.1));
  }
}

TEST(World, gives_every_persona_an_account) {
  Witness witness;
  World world(small(), witness);
  populate(world);
  std::set<std::uint16_t> personas;
  for (const Account& account : world.accounts()) personas.insert(account.persona);
  EXPECT_EQ(personas.size(), all_personas().size());
}

TEST(World, bare_has_no_content) {
  class Reader final : public Sink {
   public:
    void observe(const Event&, Doer) override {}
    std::span<const Fate> submit(const Submission& s, Doer) override {
      content |= !s.subject.empty() || !s.header_from.empty() || !s.header_to.empty() ||
                 !s.session.helo_name.empty();
      fates.assign(s.recipients.size(), Fate::kOut);
      return fates;
    }
    void honest_delay(std::uint32_t, Duration) override {}
    void honest_loss(std::uint32_t) override {}
    bool content = false;
    std::vector<Fate> fates;
  } reader;
  WorldOptions options = small();
  options.bare = true;
  World world(options, reader);
  populate(world);
  unleash(world);
  world.run();
  EXPECT_FALSE(reader.content);
}

}  // namespace
}  // namespace postreeve::lab
