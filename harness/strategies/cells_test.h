// Engine, fault strategy and write strategy of a test, and bytes to write in it.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "harness/strategies/named_lab.h"

namespace daxlab {

using CellNames = std::tuple<EngineKind, std::string, std::string>;

inline std::string name_of_cell(const testing::TestParamInfo<CellNames>& info) {
  const auto& [engine, fault, write] = info.param;
  const char* engine_name = engine == EngineKind::mmu ? "Mmu_" : "Simulator_";
  return engine_name + in_test_name(fault + "_" + write);
}

using Bytes = std::vector<std::byte>;

// None of them zero, and no two pages alike.
inline Bytes pattern(uint64_t length_bytes, uint64_t seed) {
  Bytes bytes(length_bytes);
  for (uint64_t i = 0; i < length_bytes; ++i) {
    bytes[i] = static_cast<std::byte>((i * 31 + i / 4096 + seed) | 1);
  }
  return bytes;
}

}  // namespace daxlab
