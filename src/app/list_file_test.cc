#include "app/list_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(ListFile, HasAValueALineAndComments) {
  const ListFile file =
      read_list_file("# partners\n192.0.2.7/32\n\n  Bob@x.example\t# left in May\r\n", "f", "allow");
  EXPECT_THAT(file.values, ElementsAre("192.0.2.7", "bob@x.example"));
  EXPECT_THAT(file.problems, IsEmpty());
}

TEST(ListFile, TakesNoCommentInsideAnAddress) {
  EXPECT_THAT(read_list_file("trap#1@x.example", "f", "canary").values, ElementsAre("trap#1@x.example"));
}

TEST(ListFile, NamesEveryLineThatIsWrong) {
  const ListFile file = read_list_file("192.0.2.0/24\n192.0.2.0/99\n\n1.2.3\n", "trusted.txt", "allow");
  ASSERT_EQ(file.problems.size(), 2U);
  EXPECT_THAT(file.problems[0], StartsWith("trusted.txt:2: "));
  EXPECT_THAT(file.problems[1], StartsWith("trusted.txt:4: "));
}

TEST(ListFile, LeavesAListThatIsNoneToTheDaemon) {
  EXPECT_THAT(read_list_file("anything", "f", "grey").values, ElementsAre("anything"));
}

}  // namespace
}  // namespace postreeve
