#include "queue_helper/postfix_queue.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "queue_helper/queue_file_testing.h"

namespace postreeve {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kId = "4jccfS4pwcz1bY5m";

class PostfixQueueTest : public testing::Test {
 protected:
  PostfixQueueTest() {
    std::string made = (fs::temp_directory_path() / "postreeve-XXXXXX").string();
    folder = ::mkdtemp(made.data());
    for (const char* queue : {"hold", "incoming", "active", "deferred"}) fs::create_directory(folder / queue);
  }
  ~PostfixQueueTest() override { fs::remove_all(folder); }

  void put(const std::string& queue) const {
    QueueFileMaker file;
    file.envelope("anna", "anna@shop.example").recipients().message();
    std::ofstream(folder / queue / kId) << file.bytes();
    fs::permissions(folder / queue / kId, fs::perms::owner_all);
  }
  void move(const std::string& from, const std::string& to) const {
    fs::rename(folder / from / kId, folder / to / kId);
  }
  std::vector<std::string> seen(const std::function<void(QueueName)>& before_looking = {}) const {
    const auto messages = messages_in_postfix_queue(folder, {.ids = std::nullopt}, before_looking);
    std::vector<std::string> texts;
    texts.reserve(messages.size());
    for (const QueuedMessage& mail : messages)
      texts.push_back(mail.queue_id + " " + std::string(to_text(mail.queue)));
    return texts;
  }

  fs::path folder;
};

TEST_F(PostfixQueueTest, SeesAMessageThatMovesOnAtItsNextStation) {
  put("incoming");
  int looks = 0;
  const auto on_its_way = [&](QueueName queue) {
    if (queue == QueueName::kActive && looks++ == 0) move("incoming", "active");
  };
  EXPECT_THAT(seen(on_its_way), ElementsAre(std::string(kId) + " active"));
}

TEST_F(PostfixQueueTest, SeesAMessageThatGoesBackToWhereWasLookedAlready) {
  put("deferred");
  int looks = 0;
  const auto back = [&](QueueName queue) {
    if (queue == QueueName::kDeferred && looks++ == 0) move("deferred", "active");
  };
  EXPECT_THAT(seen(back), ElementsAre(std::string(kId) + " active"));
}

TEST_F(PostfixQueueTest, SeesNothingThatIsStillBeingWritten) {
  put("incoming");
  fs::permissions(folder / "incoming" / kId, fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_THAT(seen(), IsEmpty());
}

}  // namespace
}  // namespace postreeve
