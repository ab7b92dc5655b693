#include "gate/milter.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "gate/milter_testing.h"
#include "mail/message_content.h"

namespace postreeve {
namespace {

using milter::Command;
using milter::frame;
using milter::macros;
using milter::zero_ended;

// Says what the test wants and keeps what it was asked.
struct Judged {
  std::vector<Event> events;
  Answer to_recipient;
  Answer to_message;

  Judge judge() {
    return [this](Event event, Guard::Done done) {
      const bool is_recipient = std::holds_alternative<Recipient>(event);
      events.push_back(std::move(event));
      done(is_recipient ? to_recipient : to_message);
    };
  }
  template <typename Kind>
  const Kind& at(std::size_t place) const {
    return std::get<Kind>(events.at(place));
  }
};

// Replies without their lengths, each in brackets: "[c]", "[y451 4.7.1 text]".
std::string readable(std::string_view replies) {
  std::string text;
  while (!replies.empty()) {
    const std::size_t size = *milter::frame_size(replies);
    if (size == 0) return text + "half a frame";
    std::string reply(replies.substr(4, size - 4));
    for (char& c : reply) c = c == '\0' ? '|' : c;
    while (reply.ends_with('|')) reply.pop_back();
    text += "[" + reply + "]";
    replies.remove_prefix(size);
  }
  return text;
}

class Talk {
 public:
  explicit Talk(Judged& judged,
                std::shared_ptr<const MilterOptions> options = std::make_shared<MilterOptions>())
      : conversation_(make_milter(judged.judge(), std::move(options))) {}

  std::string say(std::string_view frames) {
    std::string replies;
    while (!frames.empty() && !conversation_->is_over()) {
      const std::size_t size = *conversation_->request_size(frames);
      conversation_->answer(frames.substr(0, size), [&](std::string_view reply) { replies += reply; });
      frames.remove_prefix(size);
    }
    return readable(replies);
  }
  [[nodiscard]] bool is_over() const { return conversation_->is_over(); }

  void greet() {
    say(milter::offer());
    say(milter::connect("laptop.client.example", "198.51.100.7", 36681));
    say(frame(Command::kHelo, zero_ended({"laptop"})));
  }
  std::string mail(std::string_view login, std::string_view sender = "<alice@x.example>") {
    return say(macros(Command::kMail, {"{auth_authen}", login, "{auth_type}", "PLAIN"}) +
               frame(Command::kMail, zero_ended({sender, "SIZE=300"})));
  }
  std::string recipient(std::string_view address) {
    return say(frame(Command::kRecipient, zero_ended({address})));
  }
  std::string content(std::string_view queue_id, std::string_view subject = "hi") {
    return say(frame(Command::kHeader, zero_ended({"From", "Alice <alice@x.example>"})) +
               frame(Command::kHeader, zero_ended({"Subject", subject})) +
               frame(Command::kBody, "see http://shop.example/\r\n") +
               macros(Command::kEndOfBody, {"i", queue_id}) + frame(Command::kEndOfBody));
  }

 private:
  std::unique_ptr<Conversation> conversation_;
};

Answer with(Action action, Reply reply = Reply::kNone) {
  Answer answer;
  answer.action = answer.would = action;
  answer.reply = reply;
  return answer;
}

TEST(Milter, TellsOfEachRecipientAndTheWholeMessage) {
  Judged judged;
  Talk talk(judged);
  talk.greet();
  EXPECT_EQ(talk.mail("Alice@X.example"), "[c]");
  EXPECT_EQ(talk.recipient("<bob@y.example>"), "[c]");
  EXPECT_EQ(talk.recipient("<eve@y.example>"), "[c]");
  EXPECT_EQ(talk.content("4jX8"), "[c]");
  ASSERT_EQ(judged.events.size(), 3U);
  const auto& first = judged.at<Recipient>(0);
  EXPECT_EQ(first.account.text(), "alice@x.example");
  EXPECT_EQ(first.session.client_address, IpAddress::parse("198.51.100.7"));
  EXPECT_EQ(first.session.client_name, "laptop.client.example");
  EXPECT_EQ(first.session.helo_name, "laptop");
  EXPECT_EQ(first.session.service, Service::kSmtp);
  EXPECT_EQ(first.sender, "alice@x.example");
  EXPECT_EQ(first.recipient, "bob@y.example");
  const auto& message = judged.at<Submission>(2);
  EXPECT_EQ(message.queue_id, "4jX8");
  EXPECT_EQ(message.transaction, first.transaction);
  EXPECT_EQ(message.recipients, (std::vector<std::string>{"bob@y.example", "eve@y.example"}));
  EXPECT_EQ(message.recipient_count, 2U);
  EXPECT_EQ(message.subject, "hi");
  EXPECT_EQ(message.header_from, "Alice <alice@x.example>");
  ASSERT_NE(message.content, nullptr);
  EXPECT_EQ(message.content->url_hosts, std::vector<std::string>{"shop.example"});
}

TEST(Milter, LetsGoOfMailWithoutALogin) {
  Judged judged;
  Talk talk(judged);
  talk.greet();
  EXPECT_EQ(talk.say(frame(Command::kMail, zero_ended({"<a@x.example>"}))), "[a]");
  EXPECT_EQ(talk.mail(""), "[a]");
  EXPECT_TRUE(judged.events.empty());
}

TEST(Milter, RefusesARecipientInTheWordsOfTheReply) {
  Judged judged;
  Talk talk(judged);
  talk.greet();
  talk.mail("alice");
  judged.to_recipient = with(Action::kDefer, Reply::kSlowed);
  EXPECT_EQ(talk.recipient("<a@y.example>"), "[y" + std::string(to_text(Reply::kSlowed)) + "]");
  judged.to_recipient = with(Action::kReject);
  EXPECT_EQ(talk.recipient("<b@y.example>"), "[r]");
  judged.to_recipient = with(Action::kDefer);
  EXPECT_EQ(talk.recipient("<c@y.example>"), "[t]");
  judged.to_recipient = {};
  EXPECT_EQ(talk.recipient("<d@y.example>"), "[c]");
  EXPECT_EQ(talk.content("Q1"), "[c]");
  EXPECT_EQ(judged.at<Submission>(4).recipients, std::vector<std::string>{"d@y.example"});
}

TEST(Milter, HoldsWhatIsHeldOrDivertedAtEitherStage) {
  for (Action action : {Action::kHold, Action::kDivert}) {
    Judged judged;
    Talk talk(judged);
    talk.greet();
    talk.mail("alice");
    judged.to_recipient = with(action);
    EXPECT_EQ(talk.recipient("<a@y.example>"), "[c]");
    EXPECT_EQ(talk.content("Q1"), "[qpostreeve: clear][c]");
    talk.mail("alice");
    judged.to_recipient = {};
    EXPECT_EQ(talk.recipient("<a@y.example>"), "[c]");
    EXPECT_EQ(talk.content("Q2"), "[c]");
    talk.mail("alice");
    judged.to_message = with(action);
    EXPECT_EQ(talk.recipient("<a@y.example>"), "[c]");
    EXPECT_EQ(talk.content("Q3"), "[qpostreeve: clear][c]");
  }
}

TEST(Milter, RefusesAMessageAtItsEnd) {
  Judged judged;
  Talk talk(judged);
  talk.greet();
  talk.mail("alice");
  judged.to_message = with(Action::kReject, Reply::kDisabled);
  talk.recipient("<a@y.example>");
  EXPECT_EQ(talk.content("Q1"), "[y" + std::string(to_text(Reply::kDisabled)) + "]");
}

TEST(Milter, AddsItsReasonWhereAskedTo) {
  Judged judged;
  const auto options = std::make_shared<MilterOptions>();
  options->adds_header = true;
  Talk talk(judged, options);
  talk.greet();
  talk.mail("alice");
  judged.to_message = with(Action::kHold);
  judged.to_message.level = Level::kHeld;
  judged.to_message.risk = 2.5F;
  judged.to_message.reason = "a new\ncountry";
  EXPECT_EQ(talk.content("Q1"),
            "[hX-Postreeve|would=hold; standing=held; risk=2.50; reason=a new?country][qpostreeve: held][c]");
  talk.mail("alice");
  judged.to_message = {};
  EXPECT_EQ(talk.content("Q2"), "[c]");
}

TEST(Milter, BeginsAnewAfterAnAbortAndForEachMessage) {
  Judged judged;
  Talk talk(judged);
  talk.greet();
  talk.mail("alice");
  talk.recipient("<a@y.example>");
  EXPECT_EQ(talk.say(frame(Command::kAbort)), "");
  talk.mail("bob");
  talk.recipient("<b@y.example>");
  talk.content("Q1");
  EXPECT_EQ(judged.at<Submission>(2).recipients, std::vector<std::string>{"b@y.example"});
  EXPECT_NE(judged.at<Recipient>(0).transaction, judged.at<Recipient>(1).transaction);
  // The login of the message before is not this one's.
  EXPECT_EQ(talk.say(frame(Command::kMail, zero_ended({"<a@x.example>"}))), "[a]");
}

TEST(Milter, TellsTransactionsOfTwoConnectionsApart) {
  Judged judged;
  for (int i = 0; i < 2; ++i) {
    Talk talk(judged);
    talk.greet();
    talk.mail("alice");
    talk.recipient("<a@y.example>");
  }
  EXPECT_NE(judged.at<Recipient>(0).transaction, judged.at<Recipient>(1).transaction);
}

TEST(Milter, TakesTheClientThatXclientNames) {
  Judged judged;
  Talk talk(judged);
  talk.greet();
  talk.say(macros(Command::kMail, {"{auth_authen}", "alice", "{client_addr}", "IPv6:2001:db8::7",
                                   "{client_name}", "unknown", "{client_port}", "40000"}) +
           frame(Command::kMail, zero_ended({"<a@x.example>"})));
  talk.recipient("<a@y.example>");
  EXPECT_EQ(judged.at<Recipient>(0).session.client_address, IpAddress::parse("2001:db8::7"));
  EXPECT_EQ(judged.at<Recipient>(0).session.client_name, "");
}

TEST(Milter, AnswersEverythingOfAnOldVersion) {
  Judged judged;
  Talk talk(judged);
  EXPECT_EQ(talk.say(milter::offer(2, 0x3f, 0x7f)).substr(0, 2), "[O");
  EXPECT_EQ(talk.say(milter::connect("[192.0.2.7]", "192.0.2.7", 1)), "[c]");
  EXPECT_EQ(talk.say(frame(Command::kHelo, zero_ended({"x"}))), "[c]");
  EXPECT_EQ(talk.mail("alice"), "[c]");
  EXPECT_EQ(talk.content("Q1"), "[c][c][c][c]");  // two fields, a piece of body, the end
}

TEST(Milter, GivesUpOnWhatIsNotTheProtocol) {
  const std::string broken[] = {
      milter::offer(1),
      frame(Command::kHelo, zero_ended({"before negotiation"})),
      frame(Command::kNegotiate, "short"),
      milter::offer() + frame(Command::kMail),
      milter::offer() + frame(Command::kMail, "<no end>"),
      milter::offer() + frame(Command::kMacro, "Mi"),
      milter::offer() + frame(Command::kConnect),
      milter::offer() + frame(Command::kHeader, "From"),
      milter::offer() + frame(Command::kQuit),
  };
  for (const std::string& frames : broken) {
    Judged judged;
    Talk talk(judged);
    talk.say(frames);
    EXPECT_TRUE(talk.is_over()) << readable(frames);
  }
}

TEST(Milter, AnswersOverASocketAlsoFromAnotherThread) {
  namespace asio = boost::asio;
  asio::io_context context;
  SessionSet sessions;
  std::vector<std::thread> judges;
  const Judge judge = [&judges](Event, Guard::Done done) {
    judges.emplace_back([done = std::move(done)]() mutable { done(Answer{}); });
  };
  auto listener = Listener::open(context, *Endpoint::parse("127.0.0.1:0"), {},
                                 [&](StreamSocket socket, ConnectionSlot slot) {
                                   sessions.begin(std::move(socket), std::move(slot),
                                                  make_milter(judge, std::make_shared<MilterOptions>()), {});
                                 });
  ASSERT_TRUE(listener);
  std::thread server([&] { context.run(); });
  asio::io_context clients;
  asio::ip::tcp::socket client(clients);
  client.connect({asio::ip::make_address("127.0.0.1"), (*listener)->endpoint().port});
  std::string frames = milter::offer() + milter::connect("[192.0.2.7]", "192.0.2.7", 1);
  for (int i = 0; i < 2; ++i) {
    frames += macros(Command::kMail, {"{auth_authen}", "alice"}) +
              frame(Command::kMail, zero_ended({"<a@x.example>"})) +
              frame(Command::kRecipient, zero_ended({"<b@y.example>"})) +
              frame(Command::kHeader, zero_ended({"Subject", "x"})) +
              frame(Command::kBody, std::string(65'535, 'x')) + frame(Command::kEndOfBody);
  }
  asio::write(client, asio::buffer(frames + frame(Command::kQuit)));
  std::string replies;
  boost::system::error_code end;
  asio::read(client, asio::dynamic_buffer(replies), end);
  const std::string text = readable(replies);
  EXPECT_EQ(text.substr(text.find(']') + 1), "[c][c][c][c][c][c]");
  (*listener)->stop();
  sessions.stop();
  server.join();
  for (std::thread& thread : judges) thread.join();
}

}  // namespace
}  // namespace postreeve
