#include "guard/clue_collector.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "guard/guard_testing.h"
#include "guard/place_counts.h"
#include "mail/message_content.h"

namespace postreeve {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<std::string> words(const std::vector<Clue>& clues) {
  std::vector<std::string> texts;
  for (const Clue& clue : clues) texts.push_back(std::string(to_text(clue.kind)) + " " + clue.value);
  return texts;
}

// A guard whose collector is told of everything.
class ClueRoom : public GuardRoom {
 public:
  ClueRoom() {
    seen_again = [this](const Event& event) { collector.saw_again(event); };
    guard->add_watcher(collector);
  }

  [[nodiscard]] std::vector<std::string> waiting() const {
    std::vector<Clue> clues;
    for (const auto& one : collector.waiting([](const Clue&) { return true; })) clues.push_back(one.clue);
    return words(clues);
  }
  [[nodiscard]] std::vector<std::string> kept() {
    EXPECT_TRUE(book.flush());
    std::vector<Clue> clues;
    const IncidentId incident = guard->standing_of(account_named(kAnna)).incident;
    const std::vector<ClueRow> rows = *book.of(incident);
    for (const ClueRow& row : rows) clues.push_back(row.clue);
    return words(clues);
  }

  ClueBook book{*database};
  ClueCollector collector{book};
};

TEST(ClueCollector, LooksAtEverythingThatCampaignsKeep) {
  EventMaker maker;
  Submission message = maker.submission_event(kThiefsAddress, "Q1");
  message.recipients = {"B@Y.example"};
  message.subject = "=?utf-8?q?Your_invoice_4711_is_overdue?=";
  message.message_id = "<1@x>";
  MessageContent content;
  content.url_hosts = {"www.pay.example"};
  content.attachments.resize(2);
  content.attachments[0].name = "invoice.pdf";
  content.attachments[0].sha256[0] = 0xab;
  content.attachments[1].is_inline = true;
  message.content = std::make_shared<const MessageContent>(content);
  const auto clues = clues_of(message);
  EXPECT_THAT(
      words(clues),
      ElementsAre("address 203.0.113.66", "network 203.0.113.0/24", "helo anna-pc", "sender anna@x.example",
                  "recipient b@y.example", "subject your invoice 4711 is overdue",
                  "subject_template your invoice # is overdue", "message_id <1@x>", "queue_id Q1",
                  "url_domain pay.example", "attachment ab" + std::string(62, '0')));
  EXPECT_EQ(clues.back().says, "invoice.pdf (, 0 bytes)");
}

TEST(ClueCollector, KeepsNothingOfAFailedLogin) {
  EventMaker maker;
  EXPECT_THAT(clues_of(maker.login_event(kThiefsAddress, false)), IsEmpty());
  EXPECT_THAT(clues_of(maker.login_event(kThiefsAddress)), SizeIs(3));
}

TEST(ClueCollector, WritesWhatTheThiefDidBeforeTheIncidentWithIt) {
  ClueRoom room;
  room.live();
  EXPECT_THAT(room.waiting(), IsEmpty());  // the owner is no stranger
  ASSERT_EQ(room.send(kThiefsAddress, "first@z.example").action, Action::kAccept);
  EXPECT_THAT(room.waiting(), Contains("recipient first@z.example"));
  ASSERT_FALSE(room.guard->standing_of(account_named(kAnna)).incident.known());
  room.steal();
  ASSERT_TRUE(room.guard->standing_of(account_named(kAnna)).incident.known());
  EXPECT_THAT(room.kept(), Contains("recipient first@z.example"));
  EXPECT_THAT(room.kept(), Contains("helo ylmf-pc"));
  EXPECT_THAT(room.kept(), Not(Contains("address " + kOfficeAddress)));
  EXPECT_THAT(room.waiting(), IsEmpty());
}

TEST(ClueCollector, TakesTheContentThatOnlyTheSecondGateSees) {
  ClueRoom room;
  room.live();
  room.steal();
  const std::string name = "both";
  room.judge(room.submission_event(kThiefsAddress, name));
  Submission again = room.submission_event(kThiefsAddress, name);
  MessageContent content;
  content.url_hosts = {"www.pay.example"};
  again.content = std::make_shared<const MessageContent>(content);
  room.judge(again, Door::kMilter);
  EXPECT_THAT(room.kept(), Contains("url_domain pay.example"));
  // The owner's own message through both gates is none of the thief's.
  Submission own = room.submission_event(kOfficeAddress, "own");
  room.judge(own);
  content.url_hosts = {"www.owner.example"};
  own.content = std::make_shared<const MessageContent>(content);
  room.judge(own, Door::kMilter);
  EXPECT_THAT(room.kept(), Not(Contains("url_domain owner.example")));
}

TEST(ClueCollector, ForgetsAfterItsPatience) {
  ClueRoom room;
  room.live();
  room.send(kThiefsAddress, "first@z.example");
  ASSERT_THAT(room.waiting(), Not(IsEmpty()));
  room.collector.forget(account_named(kAnna));
  EXPECT_THAT(room.waiting(), IsEmpty());
  room.send(kThiefsAddress, "second@z.example");
  for (int turn = 0; turn < 2; ++turn) {
    room.now += ClueCollector::kPatience + std::chrono::seconds{1};
    Recipient other = room.recipient_event("198.51.100.3", "c@z.example", "T" + std::to_string(turn));
    other.account = account_named("bob@x.example");
    Observation strange;
    strange.of_stranger = true;
    const Event event = other;
    room.collector.saw({.event = event, .observation = strange});
  }
  EXPECT_THAT(room.waiting(), Not(Contains("recipient second@z.example")));
  EXPECT_THAT(room.waiting(), Contains("recipient c@z.example"));
}

// The same web server hands in the owner's mail.
TEST(ClueCollector, TakesNoWebServersAddressForTheStrangers) {
  ClueRoom room;
  Recipient event = room.recipient_event("198.51.100.3", "c@z.example", "W");
  event.account = account_named("bob@x.example");
  Observation strange;
  strange.of_stranger = true;
  const Event happened = event;
  room.collector.saw({.event = happened, .observation = strange, .is_by_web_server = true});
  EXPECT_THAT(room.waiting(), Contains("recipient c@z.example"));
  EXPECT_THAT(room.waiting(), Not(Contains("address 198.51.100.3")));
  EXPECT_THAT(room.waiting(), Not(Contains("network 198.51.100.0/24")));
  event.recipient = "owners.friend@z.example";
  room.collector.saw_again(event);
  EXPECT_THAT(room.waiting(), Not(Contains("recipient owners.friend@z.example")));
}

// One decision, as watchers see it.
void tell(PlaceCounts& counts, const Event& event, Action action = Action::kAccept) {
  const Observation observation;
  counts.saw({.event = event, .observation = observation, .action = action});
}

TEST(PlaceCounts, AddUpAddressesAndNetworksBesideTheHourBefore) {
  PlaceCounts counts;
  EventMaker maker;
  const auto asked = [&](std::string_view address, std::string_view account) {
    Recipient event = maker.recipient_event(address, "b@y.example", "T");
    event.account = account_named(account);
    return event;
  };
  tell(counts, asked("203.0.113.1", "a@x.example"));
  maker.now += std::chrono::hours{1};
  tell(counts, asked("203.0.113.1", "a@x.example"));
  tell(counts, asked("203.0.113.1", "b@x.example"), Action::kDefer);
  tell(counts, asked("203.0.113.2", "b@x.example"));
  tell(counts, maker.login_event("2001:db8:1:2::3", false));
  const auto addresses = counts.top(PlaceCounts::Of::kAddresses, maker.now, 10);
  ASSERT_THAT(addresses, SizeIs(3));
  EXPECT_EQ(addresses[0].name, "203.0.113.1");
  EXPECT_EQ(addresses[0].now.recipients, 1U);
  EXPECT_EQ(addresses[0].now.refused, 1U);
  EXPECT_THAT(addresses[0].now.accounts, SizeIs(2));
  EXPECT_EQ(addresses[0].before.recipients, 1U);
  const auto networks = counts.top(PlaceCounts::Of::kNetworks, maker.now, 1);
  ASSERT_THAT(networks, SizeIs(1));
  EXPECT_EQ(networks[0].name, "203.0.113.0/24");
  EXPECT_EQ(networks[0].now.recipients, 2U);
  EXPECT_THAT(networks[0].now.accounts, SizeIs(2));
  EXPECT_EQ(counts.top(PlaceCounts::Of::kNetworks, maker.now, 10)[1].name, "2001:db8:1::/48");
  // Two hours later nothing of it is this hour's or the last one's.
  EXPECT_THAT(counts.top(PlaceCounts::Of::kAddresses, maker.now + std::chrono::hours{2}, 10), IsEmpty());
}

}  // namespace
}  // namespace postreeve
