#include "detect/freemail.h"

#include <gtest/gtest.h>

namespace postreeve {
namespace {

TEST(Freemail, KnowsTheUsualProvidersInAnyCase) {
  for (const auto* domain : {"gmail.com", "GMX.de", "yahoo.co.uk", "Hotmail.fr"})
    EXPECT_TRUE(is_freemail(domain)) << domain;
}

TEST(Freemail, LeavesOtherDomainsAlone) {
  for (const auto* domain : {"", "y.example", "mygmail.com", "gmail.com.y.example", "yahoo"}) {
    EXPECT_FALSE(is_freemail(domain)) << domain;
  }
}

}  // namespace
}  // namespace postreeve
