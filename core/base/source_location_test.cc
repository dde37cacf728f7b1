#include "core/base/source_location.h"

#include <gtest/gtest.h>

namespace daxlab {
namespace {

TEST(PlaceOf, BeginsInTheTreeWhereverThatWasBuilt) {
  const SourceLocation here = SourceLocation::current();
  EXPECT_EQ(place_of(here), "core/base/source_location_test.cc:" + std::to_string(here.line()));
}

}  // namespace
}  // namespace daxlab
