// For tests of messages: EXPECT_SAYS(message, part) prints both when the part is not in it.
#pragma once

#include <gtest/gtest.h>

#include <string>

namespace daxlab {

inline bool says(const std::string& message, const std::string& part) {
  return message.find(part) != std::string::npos;
}

}  // namespace daxlab

#define EXPECT_SAYS(message, part) EXPECT_PRED2(::daxlab::says, message, part)
