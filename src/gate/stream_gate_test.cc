#include "gate/stream_gate.h"

#include <filesystem>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace postreeve {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// Says every line again.
class Echo final : public Conversation {
 public:
  Result<std::size_t> request_size(std::string_view input) override { return input.find('\n') + 1; }
  void answer(std::string_view request, Reply reply) override { reply(request); }
};

ListenAt at(const std::string& text) {
  return {.endpoint = *Endpoint::parse(text), .inherited = -1};
}

std::unique_ptr<Conversation> make_echo() {
  return std::make_unique<Echo>();
}

template <typename Socket>
std::string say_and_read_all(Socket& socket, std::string_view text) {
  asio::write(socket, asio::buffer(text));
  socket.shutdown(Socket::shutdown_send);
  std::string reply;
  boost::system::error_code end;
  asio::read(socket, asio::dynamic_buffer(reply), end);
  return reply;
}

TEST(StreamGate, AnswersAtEachOfItsEndpoints) {
  const std::string path = "/tmp/postreeve-stream-gate-" + std::to_string(::getpid()) + ".sock";
  asio::io_context context;
  auto gate = StreamGate::open(context, {at("127.0.0.1:0"), at("unix:" + path)}, make_echo, {});
  ASSERT_TRUE(gate);
  std::thread thread([&] { context.run(); });
  asio::io_context clients;
  tcp::socket by_tcp(clients);
  by_tcp.connect({asio::ip::make_address("127.0.0.1"), (*gate)->endpoints()[0].port});
  EXPECT_EQ(say_and_read_all(by_tcp, "one\n"), "one\n");
  asio::local::stream_protocol::socket by_path(clients);
  by_path.connect(asio::local::stream_protocol::endpoint(path));
  EXPECT_EQ(say_and_read_all(by_path, "two\n"), "two\n");
  (*gate)->stop();
  thread.join();
  EXPECT_EQ((*gate)->open_sessions(), 0U);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(StreamGate, ListensNowhereWhenOneEndpointFails) {
  asio::io_context context;
  auto first = StreamGate::open(context, {at("127.0.0.1:0")}, make_echo, {});
  ASSERT_TRUE(first);
  const std::string taken = (*first)->endpoints()[0].to_string();
  const auto second = StreamGate::open(context, {at("127.0.0.1:0"), at(taken)}, make_echo, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(second.error().detail.starts_with(taken)) << second.error().detail;
}

}  // namespace
}  // namespace postreeve
