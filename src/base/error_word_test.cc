#include "base/error_word.h"

#include <gtest/gtest.h>

namespace postreeve {
namespace {

TEST(ErrorWord, SaysWhichCodeItIsAndBack) {
  EXPECT_EQ(to_text(ErrorCode::kInvalidInput), "invalid_input");
  EXPECT_EQ(to_text(ErrorCode::kConflict), "conflict");
  EXPECT_EQ(to_text(ErrorCode::kCorrupt), "corrupt");
  for (const ErrorCode code : {ErrorCode::kInvalidInput, ErrorCode::kNotFound, ErrorCode::kConflict,
                               ErrorCode::kUnavailable, ErrorCode::kLimitExceeded, ErrorCode::kCorrupt})
    EXPECT_EQ(error_code_from(to_text(code)), code);
  EXPECT_EQ(error_code_from("of a newer program"), std::nullopt);
}

}  // namespace
}  // namespace postreeve
