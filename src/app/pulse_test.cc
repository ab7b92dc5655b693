#include "app/pulse.h"

#include <gtest/gtest.h>

namespace postreeve {
namespace {

TEST(Pulse, BeatsWhenTheThreadsAnswer) {
  boost::asio::io_context context;
  Pulse pulse(context);
  EXPECT_FALSE(pulse.beats()) << "nothing was asked yet";
  for (int i = 0; i < 3; ++i) {
    context.poll();
    context.restart();
    EXPECT_TRUE(pulse.beats());
  }
}

TEST(Pulse, DoesNotBeatWhileTheThreadsHang) {
  boost::asio::io_context context;
  Pulse pulse(context);
  (void)pulse.beats();
  EXPECT_FALSE(pulse.beats());
  EXPECT_FALSE(pulse.beats());
  EXPECT_EQ(context.poll(), 1U) << "one question is enough";
  EXPECT_TRUE(pulse.beats()) << "they answer again";
}

}  // namespace
}  // namespace postreeve
