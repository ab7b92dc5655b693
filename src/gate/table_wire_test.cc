// The wire formats of socketmap and tcp_table.
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "gate/socketmap_wire.h"
#include "gate/tcp_table_wire.h"

namespace postreeve {
namespace {

TEST(Socketmap, ReadsWhatPostfixSends) {
  const std::string input = "29:saslaccess alice@example.test,15:saslaccess dave,";
  const Result<std::size_t> size = netstring_size(input);
  ASSERT_TRUE(size);
  ASSERT_EQ(*size, 33U);
  const Result<SocketmapRequest> request =
      parse_socketmap_request(netstring_content(std::string_view(input).substr(0, *size)));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->map, "saslaccess");
  EXPECT_EQ(request->key, "alice@example.test");
}

TEST(Socketmap, WaitsForTheRestAndRefusesWhatIsNone) {
  for (const char* text : {"2", "29:", "29:saslaccess alice", "3:abc"}) {
    const Result<std::size_t> size = netstring_size(text);
    ASSERT_TRUE(size) << text;
    EXPECT_EQ(*size, 0U) << text;
  }
  for (const char* text : {":", "x", "3x", "3:abcd", "03:abc,", "99999", "-1:,", "18446744073709551617:a,"})
    EXPECT_FALSE(netstring_size(text)) << text;
  EXPECT_FALSE(parse_socketmap_request("nokey"));
  EXPECT_FALSE(parse_socketmap_request(" key"));
  EXPECT_FALSE(parse_socketmap_request(""));
}

RC_GTEST_PROP(Socketmap, WhatIsWrittenIsRead, (const std::string& content)) {
  const std::string text = to_netstring(content);
  const Result<std::size_t> size = netstring_size(text + "tail");
  RC_ASSERT(size.has_value());
  RC_ASSERT(*size == text.size());
  RC_ASSERT(netstring_content(text) == content);
}

TEST(TcpTable, ReadsWhatPostfixSends) {
  const Result<std::string> key = parse_tcp_table_request("get alice%20b%25@example.test");
  ASSERT_TRUE(key);
  EXPECT_EQ(*key, "alice b%@example.test");
}

TEST(TcpTable, RefusesWhatIsNoRequest) {
  for (const char* text : {"", "get", "put a b", "GET a", "get %", "get %2", "get %zz", "get %-1", "get a%1"})
    EXPECT_FALSE(parse_tcp_table_request(text)) << text;
}

TEST(TcpTable, EncodesItsReplies) {
  EXPECT_EQ(tcp_table_reply(200, "451 4.7.1 abused"), "200 451%204.7.1%20abused\n");
  EXPECT_EQ(tcp_table_reply(500, "a%\n\xff"), "500 a%25%0A%FF\n");
}

RC_GTEST_PROP(TcpTable, WhatIsWrittenIsRead, (const std::string& text)) {
  const std::string line = tcp_table_reply(200, text);
  const Result<std::string> key = parse_tcp_table_request("get " + line.substr(4, line.size() - 5));
  RC_ASSERT(key.has_value());
  RC_ASSERT(*key == text);
}

}  // namespace
}  // namespace postreeve
