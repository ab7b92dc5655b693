#include "response/log_excerpt.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace postreeve {
namespace {

class LogExcerpt : public ::testing::Test {
 protected:
  LogExcerpt() {
    std::string name = (std::filesystem::temp_directory_path() / "postreeve-log-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
    folder = name;
  }
  ~LogExcerpt() override { std::filesystem::remove_all(folder); }

  [[nodiscard]] std::string log(const std::string& lines) const {
    std::ofstream(folder / "mail.log") << lines;
    return (folder / "mail.log").string();
  }

  std::filesystem::path folder;
};

TEST_F(LogExcerpt, KeepsLinesOfTheAccountAndOfItsMessages) {
  const std::string file =
      log("4jX8: client=x, sasl_username=Anna@Shop.example\n"
          "4jX8: to=<bob@customer.example>\n"
          "4jX9: to=<eve@customer.example>\n"
          "login of anna@shop.example.\n");
  EXPECT_EQ(*excerpt_of(file, {"anna@shop.example", "4jX8"}),
            "4jX8: client=x, sasl_username=Anna@Shop.example\n"
            "4jX8: to=<bob@customer.example>\n"
            "login of anna@shop.example.\n");
}

TEST_F(LogExcerpt, TakesNobodyForSomebodyElse) {
  const std::string file =
      log("from=<joanna@shop.example>\nfrom=<x.anna@shop.example>\nfrom=<anna@shop.example.org>\n14jX8: "
          "removed\n");
  EXPECT_EQ(*excerpt_of(file, {"anna@shop.example", "4jX8"}), "");
}

TEST_F(LogExcerpt, FindsOneOfManyMessagesAndNamesThatAreNoWord) {
  std::vector<std::string> needles{"o'brien (x)@shop.example"};
  for (int i = 0; i < 10'000; ++i) needles.push_back("4jX" + std::to_string(i));
  const std::string file = log(
      "4jX9999: removed\n4jX10000: removed\nsasl_username=o'brien (x)@shop.example, x\n(4jx7-)\n(4jX7--)\n");
  EXPECT_EQ(*excerpt_of(file, needles),
            "4jX9999: removed\nsasl_username=o'brien (x)@shop.example, x\n(4jx7-)\n");
}

TEST_F(LogExcerpt, ReadsNoMoreThanItMay) {
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += "anna " + std::to_string(i) + "\n";
  const std::string file = log(lines);
  EXPECT_EQ(*excerpt_of(file, {"anna"}, {.most_read = 20, .most_kept = 1000}), "anna 998\nanna 999\n");
  EXPECT_EQ(*excerpt_of(file, {"anna"}, {.most_read = 1000, .most_kept = 10}), "anna 999\n");
}

TEST_F(LogExcerpt, BearsWhatIsNoText) {
  const std::string file = log(std::string(1'000'000, '\0') + "\nanna \xff\x1b[0m");
  EXPECT_EQ(*excerpt_of(file, {"anna"}), "anna \xff\x1b[0m\n");
  EXPECT_EQ(excerpt_of("/proc/none", {"anna"}).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(*excerpt_of(file, {""}), "");
}

}  // namespace
}  // namespace postreeve
