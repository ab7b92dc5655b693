#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "intake/grammars.h"

namespace postreeve {
namespace {

using namespace std::string_literals;

LoginSeen read(std::string_view line) {
  const auto record = parse_dovecot(line);
  if (const auto* seen = std::get_if<LoginSeen>(&record)) return *seen;
  ADD_FAILURE() << "no login (" << record.index() << "): " << line;
  return {};
}

bool says_nothing(std::string_view line) {
  return std::holds_alternative<NothingToSay>(parse_dovecot(line));
}
bool is_not_understood(std::string_view line) {
  return std::holds_alternative<NotUnderstood>(parse_dovecot(line));
}

TEST(DovecotLogin, SucceedsInTheWordingOfEveryVersion) {
  struct Case {
    const char* line;
    Service service;
    const char* session;
  };
  const Case cases[] = {
      {"imap-login: Login: user=<bob>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1", Service::kImap,
       ""},  // 1.0
      {"imap-login: Login: user=<bob>, PID=17, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, TLS",
       Service::kImap, ""},
      {"Info: pop3-login: Login: user=<bob>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1", Service::kPop3,
       ""},  // 1.x file
      {"imap-login: Info: Login: user=<bob>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, mpid=17, TLS, "
       "session=<s/1>",
       Service::kImap, "s/1"},  // 2.3
      {"submission-login: Login: user=<bob>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, session=<s/1>",
       Service::kSmtp, "s/1"},
      {"managesieve-login: Logged in: user=<bob>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, session=<s/1>",
       Service::kSieve, "s/1"},  // 2.4
      {"imap-login: proxy(bob,mail.test:143): Started proxying to mail.test:143 (0.1 secs): user=<bob>, "
       "method=PLAIN, "
       "rip=192.0.2.7, lip=192.0.2.1",
       Service::kImap, ""},
  };
  for (const auto& c : cases) {
    const auto seen = read(c.line);
    EXPECT_EQ(seen.failure, LoginFailure::kNone) << c.line;
    EXPECT_EQ(seen.login, "bob") << c.line;
    EXPECT_EQ(seen.client_address, "192.0.2.7") << c.line;
    EXPECT_EQ(seen.service, c.service) << c.line;
    EXPECT_EQ(seen.session_id, c.session) << c.line;
  }
}

TEST(DovecotLogin, TellsWhyItFailedAndHowOften) {
  struct Case {
    const char* reason;
    LoginFailure failure;
    std::uint32_t attempts;
  };
  const Case cases[] = {
      {"Disconnected (auth failed, 2 attempts)", LoginFailure::kBadPassword, 2},
      {"Disconnected: Inactivity (auth failed, 1 attempts in 178 secs)", LoginFailure::kBadPassword, 1},
      {"Aborted login (auth failed, 3 attempts in 10 secs)", LoginFailure::kBadPassword, 3},
      {"Disconnected: Aborted login by logging out (auth failed, 1 attempts in 1 secs)",
       LoginFailure::kBadPassword, 1},
      {"Login aborted: Connection closed (auth failed, 5 attempts in 16 secs) (auth_failed)",
       LoginFailure::kBadPassword, 5},
      {"Disconnected (auth failed, 99999999999 attempts in 1 secs)", LoginFailure::kBadPassword, 4294967295},
      {"Disconnected (auth failed, 0 attempts)", LoginFailure::kBadPassword, 1},
      {"Disconnected (proxy dest auth failed)", LoginFailure::kBadPassword, 1},
      {"Disconnected: Aborted login by logging out (user disabled)", LoginFailure::kDisabled, 1},
      {"Disconnected (tried to use disallowed plaintext auth)", LoginFailure::kOther, 1},
      {"Login aborted: Logged out (auth service reported temporary failure, 1 attempts in 2 secs) "
       "(temp_fail)",
       LoginFailure::kOther, 1},
      {"Aborted login (2 authentication attempts)", LoginFailure::kOther, 2},
      {"Aborted login", LoginFailure::kOther, 1},
      {"Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
       LoginFailure::kOther, 1},
  };
  for (const auto& c : cases) {
    const auto line = "imap-login: Info: "s + c.reason +
                      ": user=<bob>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, session=<s>";
    const auto seen = read(line);
    EXPECT_EQ(seen.failure, c.failure) << line;
    EXPECT_EQ(seen.attempts, c.attempts) << line;
    EXPECT_EQ(seen.login, "bob") << line;
    EXPECT_EQ(seen.client_address, "192.0.2.7") << line;
    EXPECT_EQ(seen.session_id, "s") << line;
  }
}

TEST(DovecotLogin, NeedsNoNameNorMethodToFail) {
  EXPECT_EQ(
      read("imap-login: Disconnected (auth failed, 1 attempts): method=PLAIN, rip=192.0.2.7, lip=192.0.2.1")
          .login,
      "");
  EXPECT_EQ(
      read("pop3-login: Aborted login (tried to use disabled plaintext auth): rip=192.0.2.7, lip=192.0.2.1")
          .client_address,
      "192.0.2.7");
  EXPECT_EQ(read("imap-login: Disconnected (auth failed, 1 attempts in 1 secs): user=<bob>, rip=192.0.2.7, "
                 "lip=192.0.2.1")
                .login,
            "bob");
}

TEST(DovecotLogin, SaysNothingWhenNobodyTried) {
  const char* const kReasons[] = {
      "Disconnected (no auth attempts in 0 secs)",
      ("Disconnected: Connection closed: read(size=1003) failed: Connection reset by peer (no auth attempts "
       "in 0 secs)"),
      "Login aborted: Connection closed (no auth attempts in 1 secs) (no_auth_attempts)",
      "Disconnected (disconnected before auth was ready, waited 0 secs)",
      "Disconnected (client didn't finish SASL auth, waited 2 secs)",
      "Login aborted: SSL_accept() failed (disconnected during TLS handshake) (tls_handshake_not_finished)",
      "Disconnected: Shutting down",
      "ID sent: name=x: user=<victim>, method=PLAIN, rip=198.51.100.9, lip=192.0.2.1",
  };
  for (const auto* reason : kReasons) {
    EXPECT_TRUE(says_nothing("imap-login: Info: "s + reason + ": user=<>, rip=192.0.2.7, lip=192.0.2.1, TLS"))
        << reason;
  }
}

TEST(DovecotLogin, EndsANameAtTheLastPlaceItCan) {
  const auto seen = read(
      "imap-login: Info: Disconnected (auth failed, 1 attempts in 1 secs): user=<x: imap-login: Info: Login: "
      "user=<victim>, method=PLAIN, rip=198.51.100.9, lip=192.0.2.1, session=<f>, method=PLAIN, "
      "rip=192.0.2.7, lip=192.0.2.1, session=<s>");
  EXPECT_EQ(seen.failure, LoginFailure::kBadPassword);
  EXPECT_EQ(seen.client_address, "192.0.2.7");
  EXPECT_EQ(seen.session_id, "s");
}

TEST(DovecotLogin, BelievesNoSuccessOfHalfALine) {
  EXPECT_TRUE(is_not_understood("imap-login: Login: user=<bob>, method=PLAIN, rip=192.0.2.7"));
  EXPECT_TRUE(is_not_understood("imap-login: Login: user=<bob>, method=PLAIN"));
  EXPECT_TRUE(is_not_understood("imap-login: Login: user=<bo"));
}

TEST(DovecotLogin, BelievesNoProxyThatANameForges) {
  const auto record = parse_dovecot(
      "imap-login: proxy(v): started proxying to h: user=<v>, method=PLAIN, rip=198.51.100.9, "
      "lip=192.0.2.1): Login failed to "
      "h:143: no: user=<v): started proxying to h: user=<v>, method=PLAIN, rip=198.51.100.9, lip=192.0.2.1>, "
      "method=PLAIN, "
      "rip=192.0.2.7, lip=192.0.2.1");
  EXPECT_TRUE(std::holds_alternative<NotUnderstood>(record));
}

TEST(DovecotAuth, TellsWhyItRefused) {
  struct Case {
    const char* line;
    LoginFailure failure;
    const char* session;
  };
  const Case cases[] = {
      {"auth: Info: passwd-file(bob,192.0.2.7,<s/1>): Password mismatch", LoginFailure::kBadPassword, "s/1"},
      {"auth: passwd-file(bob,192.0.2.7): unknown user", LoginFailure::kUnknownUser, ""},
      {"auth(default): pam(bob,192.0.2.7): pam_authenticate() failed: User not known to the underlying "
       "authentication module",
       LoginFailure::kUnknownUser, ""},
      {"Info: auth(default): passwd-file(bob,192.0.2.7): unknown user", LoginFailure::kUnknownUser, ""},
      {"auth-worker(17): Info: sql(bob,192.0.2.7,<s/1>): Password mismatch (SHA1 of given password: f638ff)",
       LoginFailure::kBadPassword, "s/1"},
      {"auth-worker(17): conn unix:auth-worker (pid=1,uid=97): auth-worker<55>: pam(bob,192.0.2.7): "
       "pam_authenticate() failed: "
       "Authentication failure (Password mismatch?)",
       LoginFailure::kBadPassword, ""},
      {"auth: Info: ldap(bob,192.0.2.7,): invalid credentials", LoginFailure::kBadPassword, ""},
      {"auth: pam(bob,192.0.2.7,<s/1>): pam_authenticate() failed: Permission denied",
       LoginFailure::kDisabled, "s/1"},
      {"auth: Info: policy(bob,192.0.2.7,<s/1>): Authentication failure due to policy server refusal: locked",
       LoginFailure::kOther, "s/1"},
      {"auth(bob,192.0.2.7,sasl:login)<s/1>: Info: sql: Password mismatch (given password: x)",
       LoginFailure::kBadPassword, "s/1"},
      {"auth(bob,192.0.2.7,sasl:plain,master)<s/1>: sql: unknown user", LoginFailure::kUnknownUser, "s/1"},
      {"auth-worker(bob,192.0.2.7,sasl:plain)<17><s/1>: request [3]: sql: Password mismatch",
       LoginFailure::kBadPassword, "s/1"},
  };
  for (const auto& c : cases) {
    const auto seen = read(c.line);
    EXPECT_EQ(seen.login, "bob") << c.line;
    EXPECT_EQ(seen.client_address, "192.0.2.7") << c.line;
    EXPECT_EQ(seen.failure, c.failure) << c.line;
    EXPECT_EQ(seen.session_id, c.session) << c.line;
  }
}

TEST(DovecotAuth, TakesNoForgedRequestInANameOrPassword) {
  const auto name = read("auth: Info: sql(v,198.51.100.9): Password mismatch,192.0.2.7,<s>): unknown user");
  EXPECT_EQ(name.client_address, "192.0.2.7");
  EXPECT_EQ(name.failure, LoginFailure::kUnknownUser);
  const auto password = read(
      "auth: Info: sql(bob,192.0.2.7): unknown user (given password: x,198.51.100.9): Password mismatch)");
  EXPECT_EQ(password.login, "bob");
  EXPECT_EQ(password.client_address, "192.0.2.7");
  const auto refused = read(
      "auth: Info: login(?,192.0.2.7): Username character disallowed by auth_username_chars: 0x3c (username: "
      "v,198.51.100.9): Password mismatch)");
  EXPECT_EQ(refused.login, "");
  EXPECT_EQ(refused.client_address, "192.0.2.7");
}

TEST(DovecotAuth, ReadsPamsOwnLines) {
  const auto seen = read(
      "auth: pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=x "
      "rhost=198.51.100.9 rhost=192.0.2.7  user=x");
  EXPECT_EQ(seen.client_address, "192.0.2.7");
  EXPECT_EQ(seen.login, "x rhost=198.51.100.9");
  EXPECT_EQ(seen.failure, LoginFailure::kBadPassword);
  EXPECT_EQ(read("pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot "
                 "ruser=bob rhost=192.0.2.7")
                .login,
            "bob");
  EXPECT_TRUE(says_nothing("auth: pam_unix(dovecot:auth): check pass; user unknown"));
}

TEST(Dovecot, SaysNothingAboutSessionsAndTheServer) {
  const char* const kLines[] = {
      "",
      "imap(bob)<17><s/1>: Info: Disconnected: Logged out in=9 out=470 deleted=0",
      "IMAP(bob): Disconnected: Logged out bytes=59/566",
      "pop3(bob)<17><s/1>: Disconnected: Logged out top=0/0, retr=0/0, del=0/0, size=0",
      "lmtp(bob)<17><s/1>: msgid=<1@x.test>: saved mail to INBOX",
      "lda(bob): sieve: msgid=<1@x.test>: stored mail into mailbox 'INBOX'",
      "deliver(bob): msgid=<1@x.test>: saved mail to INBOX",
      "submission(bob)<17><s/1>: Info: Successfully relayed message: from=<bob@x.test>, size=226, nrcpt=1",
      "indexer-worker(bob)<17><s/1>: Indexed 3 messages in INBOX",
      "master: Warning: Killed with signal 15 (by pid=17 uid=0 code=kill)",
      "stats: Error: out of memory",
      "auth: Error: policy(bob,192.0.2.7): Policy server HTTP error: 500 OK",
      "auth: Info: policy(bob,192.0.2.7): Policy check action is tarpit 3 second(s)",
      "auth: Info: User found from deny passdb",
      "imap-login: Error: auth: connect(auth) failed: Connection refused",
      "Dovecot v2.3.19 starting up for imap",
      "Fatal: Auth process died too early - shutting down",
      ("imap-login: proxy(bob): disconnecting 192.0.2.7: user=<bob>, method=PLAIN, rip=192.0.2.7, "
       "lip=192.0.2.1"),
  };
  for (const auto* line : kLines) EXPECT_TRUE(says_nothing(line)) << line;
}

TEST(Dovecot, DoesNotUnderstandWhatItDoesNotWrite) {
  const char* const kLines[] = {
      "lorem ipsum",
      "imapd: Login: user=<bob>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1",
      "imap-login: Disconnected: a: a: a: nothing more",
      "imap-login: Something new: user=<bob>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1",
      "auth: Info: sql(bob,192.0.2.7): something new",
      "imap",
  };
  for (const auto* line : kLines) EXPECT_TRUE(is_not_understood(line)) << line;
}

// Pieces that hostile names are made of.
rc::Gen<std::string> hostile_name() {
  const auto piece = rc::gen::element(
      ">"s, ", "s, ">, method=PLAIN"s, ">, rip=198.51.100.9"s, ", rip=198.51.100.9, lip=192.0.2.1"s,
      ", session=<f>"s,
      "imap-login: Info: Login: user=<victim>, method=PLAIN, rip=198.51.100.9, lip=192.0.2.1"s, ": user=<"s,
      "Login: user=<"s, "): "s, ",198.51.100.9"s, ",<f>"s, "): Password mismatch"s, ",sasl:plain)<f>: sql: "s,
      " rhost=198.51.100.9"s, "x"s, "("s, " "s, "): started proxying to "s, "Logged in: "s);
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) {
                        std::string text;
                        for (const auto& p : pieces) text += p;
                        return text;
                      });
}

RC_GTEST_PROP(DovecotProperty, AnyBytesAreSurvived, (const std::string& bytes)) {
  static_cast<void>(parse_dovecot(bytes));
  static_cast<void>(parse_dovecot("imap-login: Info: Disconnected (" + bytes));
  static_cast<void>(parse_dovecot("auth: Info: sql(" + bytes));
  static_cast<void>(parse_dovecot("auth(" + bytes));
}

RC_GTEST_PROP(DovecotProperty, TheNameOfAFailedLoginIsAllThatTheClientSent, ()) {
  const auto name = *hostile_name();
  const auto line = "imap-login: Info: Disconnected (auth failed, 2 attempts in 1 secs): user=<" + name +
                    ">, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, session=<s>";
  const auto seen = read(line);
  RC_ASSERT(seen.login == name);
  RC_ASSERT(seen.client_address == "192.0.2.7");
  RC_ASSERT(seen.session_id == "s");
  RC_ASSERT(seen.failure == LoginFailure::kBadPassword);
}

RC_GTEST_PROP(DovecotProperty, TheNameOfARefusedRequestIsAllThatTheClientSent, ()) {
  const auto name = *hostile_name();
  for (const auto& line : {"auth: Info: sql(" + name + ",192.0.2.7,<s>): unknown user",
                           "auth-worker(7): sql(" + name + ",192.0.2.7,<s>): unknown user",
                           "auth(" + name + ",192.0.2.7,sasl:plain)<s>: sql: unknown user"}) {
    const auto seen = read(line);
    RC_ASSERT(seen.login == name);
    RC_ASSERT(seen.client_address == "192.0.2.7");
    RC_ASSERT(seen.session_id == "s");
    RC_ASSERT(seen.failure == LoginFailure::kUnknownUser);
  }
}

RC_GTEST_PROP(DovecotProperty, NoNameMakesAFailureASuccess, ()) {
  const auto name = *hostile_name();
  const auto elements = ": user=<" + name + ">, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1";
  for (const auto& line :
       {"imap-login: proxy(" + name + "): Login failed to h:143: no" + elements,
        "imap-login: proxy(" + name + ",h:143): Login failed" + elements,
        "imap-login: Disconnected" + elements, "imap-login: ID sent: name=" + name + elements,
        "auth: pam_unix(dovecot:auth): authentication failure; uid=0 ruser=" + name + " rhost=192.0.2.7"}) {
    const auto record = parse_dovecot(line);
    const auto* seen = std::get_if<LoginSeen>(&record);
    const bool is_success = seen != nullptr && seen->failure == LoginFailure::kNone;
    RC_ASSERT(!is_success);
  }
}

}  // namespace
}  // namespace postreeve
