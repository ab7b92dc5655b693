#include "socket/session.h"

#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>

namespace postreeve {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// A request is a line; its reply the same line behind "re: ". "later" is answered by another thread, "never"
// never, "throw" throws, "much" gets a megabyte.
class Lines final : public Conversation {
 public:
  explicit Lines(asio::thread_pool& others) : others_(others) {}

  Result<std::size_t> request_size(std::string_view input) override {
    if (input.starts_with('!')) return fail(ErrorCode::kInvalidInput, "no line of ours");
    return input.find('\n') + 1;  // npos + 1 is 0
  }
  void answer(std::string_view request, Reply reply) override {
    std::string text = "re: " + std::string(request);
    is_over_ = request == "bye\n";
    if (request == "never\n") return;
    if (request == "throw\n") throw std::runtime_error("a bug");
    if (request == "much\n") text.assign(1'000'000, 'x');
    if (request != "later\n") {
      reply(text);
      return;
    }
    asio::post(others_, [text, reply = std::move(reply)]() mutable { reply(text); });
  }
  bool is_over() const override { return is_over_; }

 private:
  asio::thread_pool& others_;
  bool is_over_ = false;
};

struct Server {
  explicit Server(SessionLimits limits = {}, std::size_t most_connections = 100) {
    auto opened = Listener::open(
        context, *Endpoint::parse("127.0.0.1:0"), {.most_connections = most_connections},
        [this, limits](StreamSocket socket, ConnectionSlot slot) {
          sessions.begin(std::move(socket), std::move(slot), std::make_unique<Lines>(others), limits);
        });
    listener = std::move(*opened);
    for (int i = 0; i < 2; ++i) threads.emplace_back([this] { context.run(); });
  }
  ~Server() {
    listener->stop();
    sessions.stop();
    work.reset();
    for (std::thread& thread : threads) thread.join();
    others.join();  // none of them may still hold a session when the context goes
  }

  asio::io_context context;
  asio::thread_pool others{2};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  SessionSet sessions;
  std::unique_ptr<Listener> listener;
  std::vector<std::thread> threads;
};

struct Client {
  explicit Client(const Server& server) : socket(context) {
    socket.connect(tcp::endpoint(asio::ip::make_address("127.0.0.1"), server.listener->endpoint().port));
  }
  void send(std::string_view text) { asio::write(socket, asio::buffer(text)); }
  // Everything until the server closes.
  std::string read_all() {
    std::string text;
    boost::system::error_code end;
    asio::read(socket, asio::dynamic_buffer(text), end);
    return text;
  }
  std::string read(std::size_t size) {
    std::string text(size, '\0');
    asio::read(socket, asio::buffer(text));
    return text;
  }

  asio::io_context context;
  tcp::socket socket;
};

TEST(Session, AnswersRequestsInTheirOrderHoweverTheyArrive) {
  Server server;
  Client client(server);
  client.send("one\nlater\nthr");
  client.send("ee\nbye\n");
  EXPECT_EQ(client.read_all(), "re: one\nre: later\nre: three\nre: bye\n");
}

TEST(Session, AnswersAClientThatShutItsSideDown) {
  Server server;
  Client client(server);
  client.send("later\nlast\n");
  client.socket.shutdown(tcp::socket::shutdown_send);
  EXPECT_EQ(client.read_all(), "re: later\nre: last\n");
}

TEST(Session, ClosesOnWhatIsNoRequestAfterAnsweringWhatWas) {
  Server server;
  Client client(server);
  client.send("one\n!two\nthree\n");
  EXPECT_EQ(client.read_all(), "re: one\n");
}

TEST(Session, ClosesOnARequestThatIsTooLarge) {
  Server server({.request_bytes = 1000});
  Client client(server);
  boost::system::error_code ignored;
  asio::write(client.socket, asio::buffer(std::string(100'000, 'x')), ignored);
  EXPECT_EQ(client.read_all(), "");
}

TEST(Session, ClosesWhenNothingComes) {
  Server server({.idle = std::chrono::seconds(0)});
  Client client(server);
  EXPECT_EQ(client.read_all(), "");
}

TEST(Session, ClosesOnARequestThatNobodyAnswers) {
  Server server;
  for (const char* request : {"one\nnever\ntwo\n", "one\nthrow\ntwo\n"}) {
    Client client(server);
    client.send(request);
    EXPECT_EQ(client.read_all(), "re: one\n") << request;
  }
}

TEST(Session, ClosesOnARequestThatComesByDrops) {
  Server server({.idle = std::chrono::seconds(0)});
  Client client(server);
  boost::system::error_code failure;
  for (int i = 0; i < 10'000 && !failure; ++i) {
    asio::write(client.socket, asio::buffer("x", 1), failure);
    std::this_thread::yield();
  }
  EXPECT_EQ(client.read_all(), "");
}

TEST(Session, ClosesOnHalfARequestLongBeforeAnIdleClient) {
  Server server({.request = std::chrono::seconds(0)});
  Client idle(server);
  idle.send("a\n");
  EXPECT_EQ(idle.read(6), "re: a\n");
  Client client(server);
  client.send("a\nhal");
  EXPECT_EQ(client.read_all(), "re: a\n");
  idle.send("b\n");
  EXPECT_EQ(idle.read(6), "re: b\n");
}

TEST(Session, BoundsAllHalfRequestsTogetherAndKeepsSmallOnesGoing) {
  Server server({.inputs_bytes = 100'000});
  std::vector<std::unique_ptr<Client>> clients;
  boost::system::error_code ignored;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(std::make_unique<Client>(server));
    asio::write(clients.back()->socket, asio::buffer(std::string(30'000, 'x')), ignored);
  }
  while (server.sessions.size() > 3) std::this_thread::yield();
  Client small(server);
  small.send("on");
  small.send("e\n");
  EXPECT_EQ(small.read(8), "re: one\n");
  clients.clear();  // what they had is given back
  while (server.sessions.size() > 1) std::this_thread::yield();
  Client large(server);
  const std::string half(30'000, 'x');
  large.send(half);
  large.send("\n");
  EXPECT_EQ(large.read(half.size() + 5).size(), half.size() + 5);
}

TEST(Session, AnswersThousandsOfRequestsThatComeAtOnce) {
  Server server;
  Client client(server);
  std::string expected;
  std::string requests;
  for (int i = 0; i < 5000; ++i) {
    requests += i % 500 == 0 ? "later\n" : "a\n";
    expected += i % 500 == 0 ? "re: later\n" : "re: a\n";
  }
  client.send(requests);
  client.socket.shutdown(tcp::socket::shutdown_send);
  EXPECT_EQ(client.read_all(), expected);
}

TEST(Session, ClosesOnAClientThatTakesNoReplies) {
  Server server({.write = std::chrono::seconds(0)});
  Client client(server);
  boost::system::error_code failure;
  for (int i = 0; i < 100 && !failure; ++i) asio::write(client.socket, asio::buffer("much\n", 5), failure);
  EXPECT_LT(client.read_all().size(), 100'000'000U);
}

TEST(Session, WritesMoreThanTheSystemTakesAtOnce) {
  Server server;
  Client client(server);
  client.send("much\nlater\nmuch\n");
  client.socket.shutdown(tcp::socket::shutdown_send);
  EXPECT_EQ(client.read_all().size(), 2'000'000U + 10);
}

TEST(Session, OthersWaitWhileTheBoundIsReached) {
  Server server({}, 1);
  auto first = std::make_unique<Client>(server);
  first->send("a\n");
  EXPECT_EQ(first->read(6), "re: a\n");
  Client second(server);
  second.send("b\n");
  EXPECT_EQ(server.listener->open_connections(), 1U);
  first.reset();
  EXPECT_EQ(second.read(6), "re: b\n");
}

TEST(SessionSet, StopAnswersTheRequestUnderWayAndCloses) {
  Server server;
  Client idle(server);
  Client client(server);
  client.send("a\n");
  EXPECT_EQ(client.read(6), "re: a\n");
  server.sessions.stop();
  EXPECT_EQ(client.read_all(), "");
  EXPECT_EQ(idle.read_all(), "");
}

TEST(SessionSet, StopAnswersWhatWasAskedBefore) {
  Server server;
  Client client(server);
  client.send("a\n");
  EXPECT_EQ(client.read(6), "re: a\n");
  client.send("later\nb\nhal");
  server.sessions.stop();
  EXPECT_EQ(client.read_all(), "re: later\nre: b\n");
}

}  // namespace
}  // namespace postreeve
