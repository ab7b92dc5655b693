#include "queue_helper/relay.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace postreeve {
namespace {

// A socket that nobody accepts on.
class RelayTest : public ::testing::Test {
 protected:
  RelayTest() {
    std::string made = (std::filesystem::temp_directory_path() / "postreeve-relay-XXXXXX").string();
    folder = ::mkdtemp(made.data());
    path = folder + "/queue.sock";
  }
  ~RelayTest() override {
    if (socket >= 0) ::close(socket);
    std::filesystem::remove_all(folder);
  }
  void bind() {
    socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  [[nodiscard]] std::string trouble() const {
    return ask_over_socket(path, "list", std::chrono::seconds{1}).error().detail;
  }

  std::string folder;
  std::string path;
  int socket = -1;
};

TEST_F(RelayTest, SaysHowASocketThatIsNotThereIsMade) {
  EXPECT_EQ(trouble(), path + ": No such file or directory; systemctl enable --now postreeve-queue.socket");
}

TEST_F(RelayTest, SaysSoWhereNobodyListens) {
  bind();
  EXPECT_EQ(trouble(), path + ": Connection refused; systemctl enable --now postreeve-queue.socket");
}

TEST_F(RelayTest, SaysThatNobodyAnswered) {
  bind();
  ASSERT_EQ(::listen(socket, 1), 0);
  EXPECT_EQ(trouble(), path + " did not answer within 1 s");
}

TEST_F(RelayTest, SaysWhoMayConnect) {
  EXPECT_EQ(no_helper("/run/q.sock", EACCES, std::chrono::seconds{28}).detail,
            "/run/q.sock: Permission denied; only the user postreeve may connect");
}

}  // namespace
}  // namespace postreeve
