// Texts that are refused, and how: by the loader with its message, and by the JSON Schema.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace daxlab {

struct BadConfig {
  std::string text;
  std::string message;
  std::vector<std::string> overrides = {};
  // Why the JSON Schema accepts it; nullptr: it does not.
  const char* schema_cannot_know = nullptr;
};

inline constexpr const char* which_plugins_are_there = "which plugins are there";
inline constexpr const char* which_folders_are_there = "which folders are there";
inline constexpr const char* two_equal_keys = "JSON has no two equal keys";
inline constexpr const char* equal_in_other_words = "that two values mean the same";
inline constexpr const char* several_keys = "rules over several keys";
inline constexpr const char* multiples = "multiples of numbers with units";
inline constexpr const char* limits_of_readers = "what a reader of JSON makes of this";

void PrintTo(const BadConfig& bad, std::ostream* stream);

class BadConfigTest : public testing::TestWithParam<BadConfig> {};

// The shortest config that is good.
inline const std::string good_config = "workloads: [hole_read]\n";
inline const std::string expected_keys =
    "expected one of seed, region, engine, path, io, fault, write, alloc, matrix, repetitions, "
    "order, time_limit, cpus, userfaultfd, workloads";

}  // namespace daxlab
