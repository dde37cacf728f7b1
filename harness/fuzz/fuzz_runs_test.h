// What the fuzzers' tests share: where they begin, and where a failure leaves its input.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

#include "harness/histories/exploration.h"

namespace daxlab {

// For the fuzzer and the debugger. The file's path.
inline std::string kept(std::span<const std::byte> input, const std::string& name) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / name;
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(input.data()),
             static_cast<std::streamsize>(input.size()));
  return path.string();
}

}  // namespace daxlab
