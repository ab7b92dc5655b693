#include "http/server.h"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "http/http_testing.h"
#include "http/message_parser.h"

namespace postreeve {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// Says what it was asked; "/never" not at all, "/throws" throws.
void echo(const HttpRequest& request, HttpReply reply) {
  if (request.path == "/never") return;
  if (request.path == "/throws") throw std::runtime_error("a bug");
  reply(text_response(request.method + ' ' + request.path + ' ' + request.body));
}

TEST(HttpServer, KeepsAConnectionForManyRequests) {
  HttpTestServer server(echo);
  HttpTestClient client(server.port);
  for (int i = 0; i < 3; ++i) {
    const std::string response = client.ask(http_request("POST", "/a", "body"));
    EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(response, HasSubstr("Connection: keep-alive\r\n"));
    EXPECT_EQ(body_of(response), "POST /a body");
  }
}

TEST(HttpServer, AnswersPipelinedRequestsInTheirOrder) {
  HttpTestServer* here = nullptr;
  HttpTestServer server([&here](HttpRequest request, HttpReply reply) {
    if (request.path != "/later") return echo(request, std::move(reply));
    boost::asio::post(here->elsewhere, [request = std::move(request), reply = std::move(reply)]() mutable {
      echo(request, std::move(reply));
    });
  });
  here = &server;
  HttpTestClient client(server.port);
  client.send(http_request("POST", "/later", "1") + http_request("POST", "/b", "2") +
              http_request("GET", "/c", "", "Connection: close\r\n") + "what follows is nobody's");
  EXPECT_EQ(body_of(client.read_response()), "POST /later 1");
  EXPECT_EQ(body_of(client.read_response()), "POST /b 2");
  EXPECT_THAT(client.read_all(), EndsWith("GET /c "));
}

TEST(HttpServer, TakesARequestByteByByte) {
  HttpTestServer server(echo);
  HttpTestClient client(server.port);
  client.socket.set_option(boost::asio::ip::tcp::no_delay(true));
  for (const char c : http_request("POST", "/a", "xyz")) client.send(std::string_view(&c, 1));
  EXPECT_EQ(body_of(client.read_response()), "POST /a xyz");
}

TEST(HttpServer, TakesAChunkedBody) {
  HttpTestServer server(echo);
  HttpTestClient client(server.port);
  EXPECT_EQ(body_of(client.ask("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")),
            "POST /a abcde");
}

TEST(HttpServer, ATrailerSaysNothing) {
  HttpTestServer server([](const HttpRequest& request, HttpReply reply) {
    reply(text_response(std::string(request.header("x-guard-key")) + request.body));
  });
  HttpTestClient client(server.port);
  EXPECT_EQ(body_of(client.ask("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "3\r\nabc\r\n0\r\nX-Guard-Key: secret\r\nHost: y\r\n\r\n")),
            "abc");
}

TEST(HttpServer, AnswersHeadWithoutTheBody) {
  HttpTestServer server(echo);
  HttpTestClient client(server.port);
  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string response = client.read_all();
  EXPECT_THAT(response, HasSubstr("Content-Length: 8\r\n"));
  EXPECT_THAT(response, EndsWith("\r\n\r\n"));
}

TEST(HttpServer, SaysContinueToWhoWaitsForIt) {
  HttpTestServer server(echo);
  HttpTestClient client(server.port);
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_response(), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(body_of(client.ask("abc")), "POST /a abc");
}

TEST(HttpServer, SpeaksOneDotNoughtAndClosesThen) {
  HttpTestServer server(echo);
  HttpTestClient client(server.port);
  client.send("GET /a HTTP/1.0\r\n\r\n");
  EXPECT_THAT(client.read_all(), EndsWith("GET /a "));
}

struct Broken {
  const char* what;
  std::string request;
  unsigned status;
};

TEST(HttpServer, RefusesWhatIsNoRequestAndCloses) {
  const std::string many_fields = "X: " + std::string(9000, 'x') + "\r\n";
  const std::vector<Broken> cases = {
      {"no HTTP", "hello\r\n\r\n", 400},
      {"binary", std::string("\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 11), 400},
      {"another version", "GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505},
      {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two Hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
      {"two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
      {"a length that is none", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na", 400},
      {"length and coding",
       "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"a coding we do not know", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
      {"space before the colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400},
      {"a field without a colon", "GET / HTTP/1.1\r\nHost: x\r\nabc\r\n\r\n", 400},
      {"a target that is no path", "GET abc HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"a broken escape", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"a path that climbs", "GET /a/%2e%2e/b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"a header that is too large", "GET / HTTP/1.1\r\nHost: x\r\n" + many_fields + "\r\n", 431},
      {"a body that is too large", http_request("POST", "/", std::string(70'000, 'x')), 413},
      {"chunks that are too large",
       "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n20000\r\n" +
           std::string(0x20000, 'x'),
       413},
  };
  HttpTestServer server(echo);
  for (const Broken& one : cases) {
    HttpTestClient client(server.port);
    client.send(one.request);
    const std::string response = client.read_all();
    EXPECT_THAT(response, StartsWith("HTTP/1.1 " + std::to_string(one.status) + ' ')) << one.what;
    EXPECT_THAT(response, HasSubstr("application/problem+json")) << one.what;
    EXPECT_THAT(response, HasSubstr("Connection: close")) << one.what;
  }
}

TEST(HttpServer, AnswersForAHandlerThatThrowsOrForgets) {
  HttpTestServer server(echo);
  HttpTestClient client(server.port);
  EXPECT_THAT(client.ask(http_request("GET", "/throws")), StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(client.ask(http_request("GET", "/never")), StartsWith("HTTP/1.1 500 "));
  EXPECT_EQ(body_of(client.ask(http_request("GET", "/a"))), "GET /a ");
}

TEST(HttpServer, ClosesWhoIsIdle) {
  HttpTestServer server(echo, {.idle = milliseconds(20)});
  HttpTestClient client(server.port);
  client.ask(http_request("GET", "/a"));
  EXPECT_EQ(client.read_all(), "");
}

TEST(HttpServer, ClosesWhoDripsARequest) {
  HttpTestServer server(echo, {.request = milliseconds(50)});
  HttpTestClient client(server.port);
  client.send("GET / HTTP/1.1\r\n");
  while (client.send("X: y\r\n")) std::this_thread::sleep_for(milliseconds(5));
  for (int i = 0; i < 2'000 && server.server.connections() > 0; ++i)
    std::this_thread::sleep_for(milliseconds(5));
  EXPECT_EQ(server.server.connections(), 0U);
}

TEST(HttpServer, ClosesWhoDoesNotReadAndServesOthersMeanwhile) {
  const std::string large(16UL * 1024 * 1024, 'x');
  HttpTestServer server(
      [&large](const HttpRequest& request, HttpReply reply) {
        reply(text_response(request.path == "/large" ? large : "small"));
      },
      {.write = milliseconds(100)});
  HttpTestClient deaf(server.port);
  deaf.send(http_request("GET", "/large"));
  HttpTestClient client(server.port);
  EXPECT_EQ(body_of(client.ask(http_request("GET", "/a"))), "small");
  while (server.server.connections() > 1) std::this_thread::sleep_for(milliseconds(5));
  EXPECT_LT(deaf.read_all().size(), large.size());
}

TEST(HttpServer, LargeBodiesShareABudgetThatSmallOnesDoNotNeed) {
  std::promise<HttpReply> asked;
  HttpTestServer server(
      [&asked](const HttpRequest& request, HttpReply reply) {
        if (request.path == "/held") return asked.set_value(std::move(reply));
        reply(text_response("answered"));
      },
      {.body_bytes = 1'000'000, .bodies_bytes = 1'500'000});
  const std::string body(1'000'000, 'x');
  const auto status = [&server](std::string_view request) {
    HttpTestClient client(server.port);
    return client.ask(request).substr(9, 3);
  };
  HttpTestClient holder(server.port);
  holder.send(http_request("POST", "/held", body));
  HttpReply reply = asked.get_future().get();
  EXPECT_EQ(status(http_request("POST", "/a", body)), "503");
  EXPECT_EQ(status(http_request("POST", "/a", "x")), "200");
  reply(text_response("done"));
  EXPECT_EQ(body_of(holder.read_response()), "done");
  EXPECT_EQ(status(http_request("POST", "/a", body)), "200");
}

TEST(HttpServer, StopAnswersWhatIsWholeAndClosesTheRest) {
  std::promise<HttpReply> asked;
  HttpTestServer server([&asked](const HttpRequest&, HttpReply reply) { asked.set_value(std::move(reply)); });
  HttpTestClient idle(server.port);
  HttpTestClient half(server.port);
  half.send("GET / HT");
  HttpTestClient whole(server.port);
  whole.send(http_request("GET", "/"));
  HttpReply reply = asked.get_future().get();
  server.server.stop();
  EXPECT_EQ(idle.read_all(), "");
  EXPECT_EQ(half.read_all(), "");
  reply(text_response("here"));
  const std::string response = whole.read_all();
  EXPECT_THAT(response, EndsWith("here"));
  EXPECT_THAT(response, HasSubstr("Connection: close"));
}

TEST(HttpServer, FieldsOfAResponseCannotBeSplit) {
  HttpTestServer server([](const HttpRequest&, HttpReply reply) {
    HttpResponse response = text_response("x");
    response.headers.emplace_back("Location", "/a\r\nSet-Cookie: b");
    reply(std::move(response));
  });
  HttpTestClient client(server.port);
  EXPECT_THAT(client.ask(http_request("GET", "/")), HasSubstr("Location: /a  Set-Cookie: b\r\n"));
}

TEST(HttpMessageParser, TakesAnyBytesInAnyPieces) {
  rc::check([](const std::string& noise, bool begins_well) {
    const std::string input = (begins_well ? "POST /a HTTP/1.1\r\nHost: x\r\n" : "") + noise;
    HttpMessageParser parser({.header_bytes = 200, .body_bytes = 100});
    std::string rest;
    for (const char c : input) {
      rest += c;
      rest.erase(0, parser.put(rest));
      if (parser.refusal() || parser.is_done()) break;
    }
    if (parser.is_done()) (void)parser.take();
  });
}

}  // namespace
}  // namespace postreeve
