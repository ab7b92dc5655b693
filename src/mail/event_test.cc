#include "mail/event.h"

#include <gtest/gtest.h>

namespace postreeve {
namespace {

TEST(EventWords, ReadBackAsTheyWereWritten) {
  for (auto service : {Service::kUnknown, Service::kSmtp, Service::kImap, Service::kPop3, Service::kSieve,
                       Service::kWebmail}) {
    EXPECT_EQ(service_from_text(to_text(service)), service) << to_text(service);
  }
  for (auto reason : {LoginFailure::kNone, LoginFailure::kBadPassword, LoginFailure::kUnknownUser,
                      LoginFailure::kDisabled, LoginFailure::kOther}) {
    EXPECT_EQ(login_failure_from_text(to_text(reason)), reason) << to_text(reason);
  }
  for (auto status : {DeliveryStatus::kSent, DeliveryStatus::kDeferred, DeliveryStatus::kBounced,
                      DeliveryStatus::kExpired}) {
    EXPECT_EQ(delivery_status_from_text(to_text(status)), status) << to_text(status);
  }
  for (auto result : {ScanResult::kClean, ScanResult::kSpam, ScanResult::kInfected}) {
    EXPECT_EQ(scan_result_from_text(to_text(result)), result) << to_text(result);
  }
  for (auto setting : {SettingKind::kOther, SettingKind::kForward, SettingKind::kFilter,
                       SettingKind::kAppPassword, SettingKind::kRecoveryAddress}) {
    EXPECT_EQ(setting_kind_from_text(to_text(setting)), setting) << to_text(setting);
  }
}

TEST(EventWords, AreThoseOfTheTrace) {
  EXPECT_EQ(to_text(Service::kPop3), "pop3");
  EXPECT_EQ(to_text(LoginFailure::kBadPassword), "bad_password");
  EXPECT_EQ(to_text(DeliveryStatus::kDeferred), "deferred");
  EXPECT_EQ(to_text(ScanResult::kInfected), "infected");
  EXPECT_EQ(to_text(SettingKind::kAppPassword), "app_password");
  EXPECT_EQ(to_text(Service::kUnknown), "");
  EXPECT_EQ(to_text(LoginFailure::kNone), "");
}

TEST(EventWords, UnderstandTheServersNamesOfServices) {
  EXPECT_EQ(service_from_text("submission"), Service::kSmtp);
  EXPECT_EQ(service_from_text("smtps"), Service::kSmtp);
  EXPECT_EQ(service_from_text("IMAP"), Service::kImap);
  EXPECT_EQ(service_from_text("managesieve"), Service::kSieve);
}

TEST(EventWords, AdmitWhatTheyDoNotKnow) {
  EXPECT_EQ(service_from_text("lmtp"), Service::kUnknown);
  EXPECT_EQ(login_failure_from_text("moonphase"), LoginFailure::kOther);
  EXPECT_FALSE(delivery_status_from_text("lost"));
  EXPECT_FALSE(delivery_status_from_text(""));
  EXPECT_FALSE(scan_result_from_text("maybe"));
  EXPECT_EQ(setting_kind_from_text("signature"), SettingKind::kOther);
}

TEST(Event, KnowsItsTimeAndAccountWhateverItIs) {
  const Timestamp time{std::chrono::seconds{7}};
  const AccountId account = *AccountId::from_login("a@x.example", "");
  Login login;
  login.time = time;
  login.account = account;
  EXPECT_EQ(time_of(login), time);
  EXPECT_EQ(account_of(Event(login)), account);
  EXPECT_EQ(account_of(Event(Complaint{time, account, "4Q1", "", "abuse", ""})), account);
  EXPECT_EQ(time_of(Event(Judgement{time, account, true, "staff", ""})), time);
}

}  // namespace
}  // namespace postreeve
