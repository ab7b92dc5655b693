#include "response/doveadm.h"

#include <gtest/gtest.h>

#include "response/action_testing.h"

namespace postreeve {
namespace {

// Whether Dovecot would be asked about the account.
bool is_asked(const std::string& login) {
  const TestFolder folder;
  const Doveadm doveadm(
      {.url = {}, .api_key_file = {}, .ca_file = {}, .command = {folder.program("doveadm", "#!/bin/sh\n")}});
  const auto sessions = doveadm.sessions(*AccountId::from_login(login, ""));
  if (!sessions) {
    EXPECT_EQ(sessions.error().code, ErrorCode::kInvalidInput) << sessions.error().detail;
  }
  return sessions.has_value();
}

TEST(Doveadm, IsAskedAboutNamesThatHappenToBeOfHexadecimalDigits) {
  for (const char* login : {"ada", "bea", "1ada", "fee.d", "anna", "anna@shop.example"})
    EXPECT_TRUE(is_asked(login)) << login;
}

TEST(Doveadm, IsNotAskedAboutWhatItTakesForMoreThanOneAccount) {
  for (const char* login : {"192.0.2.7", "192.0.2.0/24", "10.1", "4711", "0x7f", "2001:db8::1",
                            "2001:db8::/32", "::", "an*a", "ann?", "-f"})
    EXPECT_FALSE(is_asked(login)) << login;
}

}  // namespace
}  // namespace postreeve
