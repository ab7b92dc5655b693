#include "app/copy_marker.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "guard/guard_testing.h"

namespace postreeve {
namespace {

TEST(CopyMarker, IsReadAsItWasWrittenUntilItIsRemoved) {
  const TemporaryDirectory directory;
  const std::string file = directory.file("state.db.copy");
  EXPECT_EQ(*read_copy_marker(file), std::nullopt);
  const CopyMarker marker{.from = {.records = "/a/state.db", .ledger = "/a/state.db"},
                          .to = {.records = "redis://h", .ledger = "host=\"h\" dbname=d"},
                          .as_of = "0011223344556677",
                          .is_emptying = true};
  ASSERT_TRUE(write_copy_marker(file, marker));
  EXPECT_EQ(*read_copy_marker(file), marker);
  ASSERT_TRUE(remove_copy_marker(file));
  EXPECT_EQ(*read_copy_marker(file), std::nullopt);
}

TEST(CopyMarker, IsNotTakenForOneWhenItIsDamaged) {
  const TemporaryDirectory directory;
  const std::string file = directory.file("state.db.copy");
  std::ofstream(file) << R"({"from": {"records": 7}})";
  const auto read = read_copy_marker(file);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
  EXPECT_NE(read.error().detail.find(file), std::string::npos);
}

TEST(CopyMarker, SaysWhereItCannotBeWritten) {
  const auto written = write_copy_marker("/nowhere/state.db.copy", {});
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().detail.find("/nowhere/state.db.copy"), std::string::npos);
}

}  // namespace
}  // namespace postreeve
