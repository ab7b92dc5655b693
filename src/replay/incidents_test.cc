#include "replay/incidents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Plays a story of one account by hand: what the engine would have said is written down here.
class Story : public ::testing::Test {
 protected:
  Story() {
    policy_.limits.resize(1);
    policy_.limits[0].name = "at night";
    submission_.account = *AccountId::from_login("a@x.example", "");
    submission_.session.client_address = IpAddress::parse("198.51.100.7");
    submission_.recipients = {"b@y.example", "c@y.example"};
    account_ = accounts_.number_of(submission_.account);
  }

  static MessageOutcome accepted(std::uint32_t recipients) {
    MessageOutcome outcome;
    outcome.recipients_accepted = recipients;
    return outcome;
  }
  static MessageOutcome with_action(Action action, std::uint32_t deferred) {
    MessageOutcome outcome;
    outcome.action = action;
    outcome.recipients_deferred = deferred;
    return outcome;
  }
  MessageOutcome& from_stranger(MessageOutcome& outcome, float nats = 4) const {
    outcome.evidence.add(make_evidence(Reason::kNewCountry, nats));
    outcome.risk = nats;
    outcome.standing = standing_;
    outcome.in_scope = is_restriction(standing_.level);
    return outcome;
  }
  StandingChange rise_to(Level level, Outgo outgo = {}) {
    StandingChange change;
    change.time = time_;
    change.before = standing_;
    standing_.level = level;
    change.opens_incident = is_restriction(level) && !standing_.incident.known();
    if (change.opens_incident) standing_.incident = {77};
    change.after = standing_;
    change.outgo = outgo;
    return change;
  }
  void note(const MessageOutcome& outcome, bool is_reported = true) {
    submission_.time = time_;
    incidents_.note_message(account_, submission_, outcome, is_reported);
    time_ += std::chrono::minutes{1};
  }

  Timestamp time_ = *parse_rfc3339("2026-03-02T08:00:00Z");
  AccountBook accounts_;
  Policy policy_;
  Locator locator_;
  Incidents incidents_{accounts_, policy_, locator_};
  Submission submission_;
  AccountNumber account_ = 0;
  Standing standing_;
};

TEST_F(Story, OfATakeOverIsToldFromTheFirstStolenMessage) {
  MessageOutcome first = accepted(2);
  note(from_stranger(first));
  MessageOutcome second = with_action(Action::kDefer, 1);
  second.recipients_accepted = 1;
  second.changes = {rise_to(Level::kSlowed, {1, 2, to_seconds32(time_ - std::chrono::minutes{1})})};
  note(from_stranger(second, 5));
  MessageOutcome third = with_action(Action::kHold, 0);
  third.changes = {rise_to(Level::kHeld)};
  submission_.session.client_address = IpAddress::parse("203.0.113.9");
  note(from_stranger(third, 6));

  const JudgementReport report = incidents_.report();
  ASSERT_THAT(report.incidents, SizeIs(1));
  const IncidentReport& incident = report.incidents[0];
  EXPECT_EQ(incident.account, "a@x.example");
  EXPECT_EQ(incident.standing, Level::kHeld);
  EXPECT_EQ(incident.messages_out, 2U);
  EXPECT_EQ(incident.recipients_out, 3U);
  EXPECT_EQ(incident.messages_touched, 2U);
  EXPECT_EQ(format_rfc3339(*incident.first_stolen), "2026-03-02T08:00:00.000Z");
  EXPECT_EQ(format_rfc3339(*incident.stepped_in), "2026-03-02T08:01:00.000Z");
  EXPECT_EQ(incident.at_message, 2U);
  EXPECT_EQ(incident.at_recipient, 4U);
  EXPECT_EQ(incident.risk, 6);
  EXPECT_THAT(incident.networks,
              ElementsAre(*Prefix::parse("198.51.100.0/24"), *Prefix::parse("203.0.113.0/24")));
  ASSERT_THAT(incident.evidence, SizeIs(1));
  EXPECT_EQ(incident.evidence[0].nats, 6);
  EXPECT_THAT(report.restricted, IsEmpty());
}

TEST_F(Story, LeavesOutWhatTheOwnerSendsMeanwhile) {
  MessageOutcome stolen = with_action(Action::kHold, 0);
  stolen.changes = {rise_to(Level::kHeld)};
  note(from_stranger(stolen));
  MessageOutcome own = accepted(5);
  own.standing = standing_;
  own.evidence.add(make_evidence(Reason::kFamiliarNetwork, -3));
  note(own);
  EXPECT_EQ(incidents_.report().incidents[0].messages_out, 0U);
}

TEST_F(Story, OfALimitIsNoIncident) {
  MessageOutcome limited = with_action(Action::kDefer, 2);
  limited.limit = 1;
  note(limited);
  note(limited);
  note(accepted(2));
  const JudgementReport report = incidents_.report();
  EXPECT_THAT(report.incidents, IsEmpty());
  ASSERT_THAT(report.restricted, SizeIs(1));
  EXPECT_EQ(report.restricted[0].account, "a@x.example");
  EXPECT_EQ(report.restricted[0].action, Action::kDefer);
  EXPECT_EQ(report.restricted[0].messages, 2U);
  EXPECT_EQ(report.restricted[0].limit, "at night");
  EXPECT_EQ(report.restricted[0].standing, Level::kClear);
  EXPECT_EQ(report.messages_touched, 2U);
}

TEST_F(Story, ThatEndsSlowedIsToldAmongTheRestricted) {
  MessageOutcome slowed = with_action(Action::kDefer, 2);
  slowed.changes = {rise_to(Level::kSlowed)};
  note(from_stranger(slowed));
  const JudgementReport report = incidents_.report();
  EXPECT_THAT(report.incidents, SizeIs(1));
  ASSERT_THAT(report.restricted, SizeIs(1));
  EXPECT_EQ(report.restricted[0].standing, Level::kSlowed);
  EXPECT_EQ(report.restricted[0].incident, IncidentId{77});
  EXPECT_THAT(report.restricted[0].evidence, SizeIs(1));
}

TEST_F(Story, BeforeTheReportedTimeIsNotTold) {
  MessageOutcome stolen = with_action(Action::kHold, 0);
  stolen.changes = {rise_to(Level::kHeld)};
  note(from_stranger(stolen), false);
  EXPECT_THAT(incidents_.report().incidents, IsEmpty());
  MessageOutcome more = with_action(Action::kHold, 0);
  note(from_stranger(more));
  EXPECT_THAT(incidents_.report().incidents, SizeIs(1)) << "it goes on in the reported time";
}

TEST_F(Story, MayBeginWithALogin) {
  Login login;
  login.time = time_;
  login.account = submission_.account;
  login.session.client_address = IpAddress::parse("203.0.113.9");
  login.success = true;
  Observation observation;
  observation.verdict.evidence.add(make_evidence(Reason::kManyCountries, 8));
  observation.verdict.risk = 9;
  observation.change = rise_to(Level::kSuspended);
  observation.verdict.standing = standing_;
  observation.verdict.in_force = Level::kSuspended;
  incidents_.note_event(account_, login, observation, true);
  const auto incidents = incidents_.report().incidents;
  ASSERT_THAT(incidents, SizeIs(1));
  EXPECT_EQ(incidents[0].standing, Level::kSuspended);
  EXPECT_EQ(incidents[0].risk, 9);
  EXPECT_FALSE(incidents[0].first_stolen);
  EXPECT_THAT(incidents[0].networks, ElementsAre(*Prefix::parse("203.0.113.0/24")));
}

TEST_F(Story, CountsWhatTheFuseKeptBack) {
  MessageOutcome outcome = accepted(1);
  StandingChange change = rise_to(Level::kWatched);
  change.observed_only = true;
  outcome.changes = {change};
  note(outcome);
  EXPECT_EQ(incidents_.report().observed_only, 1U);
}

TEST_F(Story, ForgetsWhatWasOddDaysAgo) {
  MessageOutcome odd = accepted(1);
  odd.evidence.add(make_evidence(Reason::kRecipientsNeverWritten, 7));
  note(odd);
  time_ += std::chrono::days{3};
  MessageOutcome stolen = with_action(Action::kHold, 0);
  stolen.changes = {rise_to(Level::kHeld)};
  note(from_stranger(stolen));
  EXPECT_THAT(incidents_.report().incidents[0].evidence, SizeIs(1));
}

}  // namespace
}  // namespace postreeve
