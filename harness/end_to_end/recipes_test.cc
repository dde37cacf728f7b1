// What the recipes under configs/ show: each strategy's faults, memory and blocks, by number.
#include <gmock/gmock.h>

#include "core/base/kernel_settings.h"
#include "core/base/sizes.h"
#include "harness/end_to_end/experiment.h"

namespace daxlab {
namespace {

class Recipes : public Experiment {};

TEST_F(Recipes, MkwriteCostsGlobalZeroTwoFaultsUnlessItKeepsItsOwnMapping) {
  run_all_pass(preamble +
               "matrix: {fault: [global_zero, {name: global_zero, keep_own: true}]}\n"
               "workloads: [{name: mkwrite, size: 4MiB}]\n");
  constexpr double pages = 1024;
  const std::string rest = "/partial/first_fit/threads:1";
  const std::string twice = "mkwrite:size=4MiB/mmu/memfd/global_zero" + rest;
  EXPECT_EQ(counter(twice, "faults_mkwrite"), pages);
  EXPECT_EQ(counter(twice, "faults_write"), pages);
  EXPECT_EQ(counter(twice, "faults_read"), 0);
  const std::string once = "mkwrite:size=4MiB/mmu/memfd/global_zero:keep_own=true" + rest;
  EXPECT_EQ(counter(once, "faults_mkwrite"), pages);
  EXPECT_EQ(counter(once, "faults_write"), 0);
  for (const std::string& name : {twice, once}) {
    EXPECT_EQ(counter(name, "operations"), pages);
    EXPECT_GE(counter(name, "blocks_used"), pages);
  }
}

TEST_F(Recipes, HoleReadTakesAPageEachOrOneForAllOrNoneOrABlockEach) {
  run_all_pass(preamble +
               "matrix: {fault: [page_zero, global_zero, native_zero, alloc_on_read]}\n"
               "workloads: [{name: hole_read, size: 16MiB}]\n");
  constexpr double size_bytes = 16 * MiB, pages = 4096;
  const auto name = [](const std::string& fault) {
    return "hole_read:size=16MiB/mmu/memfd/" + fault + "/partial/first_fit/threads:1";
  };
  EXPECT_GE(counter(name("page_zero"), "memory_peak_bytes"), size_bytes);
  EXPECT_EQ(counter(name("page_zero"), "page_cache_pages_peak"), pages);
  EXPECT_LT(counter(name("global_zero"), "memory_peak_bytes"), size_bytes / 8);
  EXPECT_EQ(counter(name("global_zero"), "page_cache_pages_peak"), 0);
  for (const char* fault : {"page_zero", "global_zero", "alloc_on_read"}) {
    EXPECT_EQ(counter(name(fault), "faults_read"), pages) << fault;
  }
  EXPECT_EQ(counter(name("native_zero"), "faults_read"), 0);
  // Unless the kernel was booted without its zero page.
  if (kernel_has_zero_page()) {
    EXPECT_LT(counter(name("native_zero"), "memory_peak_bytes"), size_bytes / 8);
  }
  EXPECT_GE(counter(name("alloc_on_read"), "blocks_used"), pages);
  for (const char* fault : {"page_zero", "global_zero", "native_zero"}) {
    EXPECT_LT(counter(name(fault), "blocks_used"), 64) << fault;  // holes stay holes
  }
}

TEST_F(Recipes, OnlyPartialWritesShort) {
  run_all_pass(preamble +
               "matrix: {write: [partial, all_or_nothing, atomic]}\n"
               "workloads: [enospc, {name: enospc, on_short: retry}, {name: enospc, threads: 4}, "
               "{name: enospc, threads: 4, on_short: retry}]\n");
  for (const std::string workload : {"enospc", "enospc:on_short=retry"}) {
    for (const std::string threads : {"1", "4"}) {
      const auto name = [&](const std::string& write) {
        return workload + "/mmu/memfd/global_zero/" + write + "/first_fit/threads:" + threads;
      };
      EXPECT_GT(counter(name("partial"), "short_writes"), 0) << name("partial");
      for (const char* write : {"all_or_nothing", "atomic"}) {
        EXPECT_EQ(counter(name(write), "short_writes"), 0) << name(write);
        EXPECT_GT(counter(name(write), "enospc"), 0) << name(write);
      }
    }
  }
}

TEST_F(Recipes, WhatIsTooLongForAtomicIsRefusedWithTheLimit) {
  run(preamble + "matrix: {write: [partial, atomic]}\n" +
      "workloads: [{name: write, size: 8MiB, block_size: 4MiB}]\n");
  EXPECT_EQ(outcome_.exit_status, 1) << outcome_.out;
  const auto name = [](const std::string& write) {
    return "write:size=8MiB,block_size=4MiB/mmu/memfd/global_zero/" + write +
           "/first_fit/threads:1";
  };
  passed(name("partial"));
  EXPECT_EQ(failure(name("atomic")),
            "write: block_size 4 MiB is larger than the 2 MiB that one write may have with this "
            "write strategy");
}

TEST_F(Recipes, TheSimulatorCountsTheFaultsThatTheProcessorTakes) {
  run_all_pass(
      "seed: 1\nregion: {medium: memfd, size: 8MiB}\ntime_limit: 60s\n"
      "matrix:\n  engine: [mmu, simulator]\n"
      "  fault: [page_zero, global_zero, {name: global_zero, keep_own: true}, "
      "native_zero, alloc_on_read]\n"
      "workloads: [{name: hole_read, size: 1MiB}, {name: mkwrite, size: 1MiB}, "
      "{name: mkwrite, size: 1MiB, mappings: 2}, {name: mapped_write, size: 1MiB}, "
      "{name: write_after_hole_read, size: 1MiB}, enospc, mapped_enospc]\n");
  int compared = 0;
  for (const Json& record : results_["benchmarks"].items()) {
    std::string name = record["name"].text();
    const size_t at = name.find("/mmu/");
    const bool is_known = name.starts_with("hole_read") || name.starts_with("mkwrite");
    if (at == std::string::npos || !is_known) continue;
    name.replace(at, 5, "/simulator/");
    for (const char* key : {"faults_read", "faults_write", "faults_mkwrite", "blocks_used"}) {
      EXPECT_EQ(counter(name, key), record[key].as_double().value_or(-1)) << key << " of " << name;
    }
    ++compared;
  }
  EXPECT_EQ(compared, 15);
}

}  // namespace
}  // namespace daxlab
