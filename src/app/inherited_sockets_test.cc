#include "app/inherited_sockets.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class InheritedSockets : public ::testing::Test {
 protected:
  ~InheritedSockets() override {
    for (const int descriptor : open_) ::close(descriptor);
    for (const std::string& file : files_) std::remove(file.c_str());
  }

  // Bound to some port of 127.0.0.1.
  int tcp() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return bound(AF_INET, &address, sizeof address);
  }
  int unix_socket(const std::string& file) {
    files_.push_back(file);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, file.c_str(), std::min(file.size() + 1, sizeof address.sun_path));
    return bound(AF_UNIX, &address, sizeof address);
  }
  static std::string where(int descriptor) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size), 0);
    return "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  static Endpoints at(std::initializer_list<std::string> texts) {
    Endpoints endpoints;
    endpoints.reserve(texts.size());
    for (const std::string& text : texts) endpoints.push_back(*Endpoint::parse(text));
    return endpoints;
  }

 private:
  int bound(int family, const void* address, socklen_t size) {
    const int descriptor = ::socket(family, SOCK_STREAM, 0);
    open_.push_back(descriptor);
    EXPECT_EQ(::bind(descriptor, static_cast<const sockaddr*>(address), size), 0);
    return descriptor;
  }

  std::vector<int> open_;
  std::vector<std::string> files_;
};

TEST_F(InheritedSockets, AreNotNeeded) {
  EXPECT_THAT(share_out({}, at({"127.0.0.1:1", "unix:/run/p.sock"})).value(), ElementsAre(-1, -1));
}

TEST_F(InheritedSockets, GoToTheEndpointOfTheirKind) {
  const int over_tcp = tcp();
  const int local = unix_socket(::testing::TempDir() + "inherited-a.sock");
  EXPECT_THAT(share_out({local, over_tcp}, at({"127.0.0.1:1", "[::1]:1", "unix:/run/p.sock"})).value(),
              ElementsAre(over_tcp, -1, local));
}

TEST_F(InheritedSockets, GoToTheirOwnAddressFirst) {
  const int one = tcp();
  const int two = tcp();
  EXPECT_THAT(share_out({one, two}, at({"127.0.0.1:1", where(one)})).value(), ElementsAre(two, one));
  const std::string file = ::testing::TempDir() + "inherited-b.sock";
  const int local = unix_socket(file);
  const int other = unix_socket(::testing::TempDir() + "inherited-c.sock");
  EXPECT_THAT(share_out({other, local}, at({"unix:" + file, "unix:/run/p.sock"})).value(),
              ElementsAre(local, other));
}

TEST_F(InheritedSockets, AreNotForgotten) {
  const auto shared = share_out({tcp(), tcp()}, at({"127.0.0.1:1", "unix:/run/p.sock"}));
  ASSERT_FALSE(shared);
  EXPECT_THAT(shared.error().detail, HasSubstr("127.0.0.1:"));
  EXPECT_FALSE(share_out({STDIN_FILENO}, at({"127.0.0.1:1"}))) << "no socket at all";
}

}  // namespace
}  // namespace postreeve
