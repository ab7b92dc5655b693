// A server on a port of the system's choice, and a client that says what a test wants it to say.
#pragma once

#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>

#include "http/server.h"

namespace postreeve {

struct HttpTestServer {
  explicit HttpTestServer(HttpHandler handler, const HttpLimits& limits = {},
                          std::size_t most_connections = 10'000)
      : server(context, std::move(handler), limits) {
    const Endpoint anywhere{.host = "127.0.0.1", .port = 0, .path = {}};
    port = server.listen(anywhere, {.most_connections = most_connections}).value().port;
    for (int i = 0; i < 2; ++i) threads.emplace_back([this] { context.run(); });
  }
  ~HttpTestServer() {
    server.stop();
    elsewhere.join();
    work.reset();
    for (std::thread& thread : threads) thread.join();
  }
  HttpTestServer(const HttpTestServer&) = delete;
  HttpTestServer& operator=(const HttpTestServer&) = delete;

  boost::asio::io_context context;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
  HttpServer server;
  std::uint16_t port = 0;
  std::vector<std::thread> threads;
  boost::asio::thread_pool elsewhere{1};  // for replies from another thread
};

struct HttpTestClient {
  explicit HttpTestClient(std::uint16_t port) : socket(context) {
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), port});
  }
  // False when the server has closed.
  bool send(std::string_view text) {
    boost::system::error_code failure;
    boost::asio::write(socket, boost::asio::buffer(text), failure);
    return !failure;
  }
  // Everything until the server closes.
  std::string read_all() {
    boost::system::error_code end;
    boost::asio::read(socket, boost::asio::dynamic_buffer(buffered), end);
    return std::exchange(buffered, {});
  }
  // The next response with a Content-Length, head and body; what there was when the server closes before.
  std::string read_response() {
    boost::system::error_code end;
    const std::size_t head =
        boost::asio::read_until(socket, boost::asio::dynamic_buffer(buffered), "\r\n\r\n", end);
    if (end) return std::exchange(buffered, {});
    constexpr std::string_view kLength = "Content-Length: ";
    const std::size_t field = buffered.find(kLength);
    const std::size_t body = field < head ? std::stoul(buffered.substr(field + kLength.size())) : 0;
    if (buffered.size() < head + body)
      boost::asio::read(socket, boost::asio::dynamic_buffer(buffered),
                        boost::asio::transfer_exactly(head + body - buffered.size()), end);
    const std::string response = buffered.substr(0, head + body);
    buffered.erase(0, head + body);
    return response;
  }
  std::string ask(std::string_view request) {
    send(request);
    return read_response();
  }

  boost::asio::io_context context;
  boost::asio::ip::tcp::socket socket;
  std::string buffered;
};

// A request with a body and what a client must say.
[[nodiscard]] inline std::string http_request(std::string_view method, std::string_view target,
                                              std::string_view body = {}, std::string_view fields = {}) {
  return std::string(method) + ' ' + std::string(target) +
         " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(fields) + "\r\n" + std::string(body);
}
[[nodiscard]] inline std::string_view body_of(std::string_view response) {
  const std::size_t head = response.find("\r\n\r\n");
  return head == std::string_view::npos ? std::string_view{} : response.substr(head + 4);
}

}  // namespace postreeve
