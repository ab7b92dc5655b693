// What no client can make Exim's lines say: properties over names built from pieces of forged fields.
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "intake/grammars.h"

namespace postreeve {
namespace {

using namespace std::string_literals;

// Pieces that hostile names are made of.
rc::Gen<std::string> hostile_text() {
  const auto piece =
      rc::gen::element(") ["s, "198.51.100.9"s, "]"s, ":"s, " P=esmtpsa"s, " A=plain:victim"s, " S=1"s,
                       " id="s, "\""s, "("s, " T=\""s, "\\"s, " for v@x.test"s, " from <v@x.test>"s, " H=(x"s,
                       " U=("s, " F=<"s, ">"s, " "s, "x"s, "@"s, " K"s, ": "s, " rejected RCPT <v@x.test>"s,
                       ": 535 Incorrect authentication data (set_id=victim)"s,
                       ") [198.51.100.9] P=esmtpsa "
                       "A=plain:victim S=1"s);
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) {
                        std::string text;
                        for (const auto& p : pieces) text += p;
                        return text;
                      });
}

// As Exim writes a subject (receive.c).
std::string escaped(const std::string& subject) {
  std::string text;
  for (const char c : subject) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text;
}

RC_GTEST_PROP(EximProperty, AnyBytesAreSurvived, (const std::string& bytes)) {
  static_cast<void>(parse_exim(bytes));
  static_cast<void>(parse_exim("1xUvDu-0003Kj-2j <= " + bytes));
  static_cast<void>(parse_exim("1xUvDu-0003Kj-2j => " + bytes));
  static_cast<void>(parse_exim("H=(" + bytes));
}

RC_GTEST_PROP(EximProperty, NoHeloNameOrSubjectMakesALogin, ()) {
  const auto helo = *hostile_text();
  const auto subject = *hostile_text();
  const auto line = "1xUvDu-0003Kj-2j <= a@x.test H=(" + helo +
                    ") [192.0.2.1]:4 P=esmtps X=T:256 CV=no S=9 id=i@x.test T=\"" + escaped(subject) +
                    "\" for c@x.test";
  const auto record = parse_exim(line);
  if (const auto* message = std::get_if<MessageReceived>(&record)) {
    RC_ASSERT(message->login.empty());
    RC_ASSERT(message->client_address == "192.0.2.1");
  } else {
    RC_ASSERT(std::holds_alternative<NotUnderstood>(record));
  }
}

RC_GTEST_PROP(EximProperty, NoHeloNameOrSubjectChangesALoginOrItsAddress, ()) {
  const auto helo = *hostile_text();
  const auto subject = *hostile_text();
  const auto line = "1xUvDu-0003Kj-2j <= a@x.test H=(" + helo +
                    ") [192.0.2.1]:4 P=esmtpsa X=T:256 CV=no A=plain:bob S=9 id=i@x.test T=\"" +
                    escaped(subject) + "\" for c@x.test";
  const auto record = parse_exim(line);
  if (const auto* message = std::get_if<MessageReceived>(&record)) {
    RC_ASSERT(message->login == "bob");
    RC_ASSERT(message->client_address == "192.0.2.1");
    RC_ASSERT(message->recipients == std::vector<std::string_view>{"c@x.test"});
  } else {
    RC_ASSERT(std::holds_alternative<NotUnderstood>(record));
  }
}

RC_GTEST_PROP(EximProperty, ASubjectNeverHidesItsMessage, ()) {
  const auto subject = escaped(*hostile_text());
  const auto line = "1xUvDu-0003Kj-2j <= a@x.test H=(h) [192.0.2.1]:4 P=esmtpsa A=plain:bob S=9 T=\"" +
                    subject + "\" for c@x.test";
  const auto record = parse_exim(line);
  const auto* message = std::get_if<MessageReceived>(&record);
  RC_ASSERT(message != nullptr);
  RC_ASSERT(message->login == "bob");
  RC_ASSERT(message->subject == subject);
}

RC_GTEST_PROP(EximProperty, AMessageIdNeverHidesItsMessage, ()) {
  const auto id = "\"" + escaped(*hostile_text()) + "\"@x.test";
  const auto line =
      "1xUvDu-0003Kj-2j <= a@x.test H=(h) [192.0.2.1]:4 P=esmtpsa A=plain:bob S=9 id=" + id + " for c@x.test";
  const auto record = parse_exim(line);
  const auto* message = std::get_if<MessageReceived>(&record);
  RC_ASSERT(message != nullptr);
  RC_ASSERT(message->login == "bob");
  RC_ASSERT(message->message_id == id);
}

RC_GTEST_PROP(EximProperty, TheNameOfAFailedLoginIsAllThatTheClientSent, ()) {
  const auto name = *hostile_text();
  const auto line =
      "plain authenticator failed for (h) [192.0.2.1]:4: 535 Incorrect authentication data (set_id=" + name +
      ")";
  const auto record = parse_exim(line);
  const auto* seen = std::get_if<LoginSeen>(&record);
  RC_ASSERT(seen != nullptr);
  RC_ASSERT(seen->failure == LoginFailure::kBadPassword);
  RC_ASSERT(seen->login == name);
  RC_ASSERT(seen->client_address == "192.0.2.1");
}

RC_GTEST_PROP(EximProperty, NoNameOfAFailedLoginMakesASuccess, ()) {
  const auto helo = *hostile_text();
  const auto name = *hostile_text();
  const auto record = parse_exim("plain authenticator failed for (" + helo +
                                 ") [192.0.2.1]:4: 535 Incorrect authentication data (set_id=" + name + ")");
  const auto* seen = std::get_if<LoginSeen>(&record);
  const bool is_failure = seen != nullptr && seen->failure != LoginFailure::kNone;
  RC_ASSERT((is_failure || std::holds_alternative<NotUnderstood>(record)));
}

RC_GTEST_PROP(EximProperty, NoHeloNameMakesALoginOfASessionWithoutMail, ()) {
  const auto helo = *hostile_text();
  const auto record =
      parse_exim("no MAIL in SMTP connection from (" + helo + ") [192.0.2.1]:4 D=1s C=EHLO,QUIT");
  RC_ASSERT(!std::holds_alternative<LoginSeen>(record));
}

}  // namespace
}  // namespace postreeve
