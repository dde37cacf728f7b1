#include "harness/run/kernel_dax_events.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "daxlab/types.h"
#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

TEST(KernelDaxEvents, HalvesOfAFaultBecomeOne) {
  const KernelFaults faults = read_kernel_dax_events(
      "# tracer: nop\n#\n# entries-in-buffer/entries-written: 6/10   #P:1\n#\n"
      "     daxlab-x-2-123     [000] .....    12.000100: dax_pmd_fault: dev 259:1 ino 0xc shared "
      "ALLOW_RETRY|KILLABLE|USER|0x1000 address 0x7f0000000000 vm_start 0x7f0000000000 vm_end "
      "0x7f0000400000 pgoff 0x0 max_pgoff 0x400 \n"
      "     daxlab-x-2-124     [001] .....    12.000101: dax_pte_fault: dev 259:1 ino 0xc shared "
      "WRITE|ALLOW_RETRY|USER address 0x7f0000003000 pgoff 0x3 \n"
      "     daxlab-x-2-123     [000] .....    12.000120: dax_pmd_load_hole: dev 259:1 ino 0xc\n"
      "     daxlab-x-2-123     [000] .....    12.000130: dax_pmd_fault_done: dev 259:1 ino 0xc "
      "shared ALLOW_RETRY|KILLABLE|USER|0x1000 address 0x7f0000000000 vm_start 0x7f0000000000 "
      "vm_end 0x7f0000400000 pgoff 0x0 max_pgoff 0x400 NOPAGE\n"
      "     daxlab-x-2-124     [001] .....    12.000151: dax_pte_fault_done: dev 259:1 ino 0xc "
      "shared WRITE|ALLOW_RETRY|USER address 0x7f0000003000 pgoff 0x3 MAJOR|NOPAGE\n"
      "     daxlab-x-2-125     [001] .....    12.000200: dax_pte_fault_done: dev 259:1 ino 0xc "
      "shared USER address 0x7f0000003000 pgoff 0x3 NOPAGE\n");
  EXPECT_EQ(faults.lost_lines, 4u);
  ASSERT_EQ(faults.events.size(), 2u);
  const TraceEvent& huge = faults.events[0];
  EXPECT_EQ(huge.kind, TraceKind::kernel_huge_fault);
  EXPECT_EQ(huge.thread, 123u);
  EXPECT_EQ(huge.begin_ns, 12'000'100'000u);
  EXPECT_EQ(huge.took_ns, 30'000u);
  EXPECT_EQ(huge.address, 0x7f0000000000u);
  EXPECT_EQ(huge.is_store, 0u);
  EXPECT_EQ(huge.answer, 0x100u);
  const TraceEvent& small = faults.events[1];
  EXPECT_EQ(small.kind, TraceKind::kernel_small_fault);
  EXPECT_EQ(small.took_ns, 50'000u);
  EXPECT_EQ(small.offset_bytes, 3 * page_bytes);
  EXPECT_EQ(small.is_store, 1u);
  EXPECT_EQ(small.answer, 0x104u);
}

TEST(KernelDaxEvents, OtherTextIsPassedOver) {
  const KernelFaults faults = read_kernel_dax_events("\n: dax_\n [ : dax_pte_fault\nno event\n");
  EXPECT_TRUE(faults.events.empty());
  EXPECT_EQ(faults.lost_lines, 0u);
}

// As far as a folder can stand for the kernel's: one with events in it does not go away here.
TEST(KernelDaxEvents, WhatAnotherProcessHasLeftIsNotGoneOnWith) {
  const ScratchFolder tracefs = ScratchFolder::make(testing::TempDir()).take();
  const std::filesystem::path left =
      tracefs.path() / "instances" / ("daxlab-" + std::to_string(::getpid()));
  std::filesystem::create_directories(left / "events of before");
  const auto refused = KernelDaxEvents::begin(tracefs.path());
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("File exists"), std::string::npos);
  remove_kernel_dax_events(::getpid(), tracefs.path());
  EXPECT_TRUE(std::filesystem::exists(left));
  std::filesystem::remove(left / "events of before");
  remove_kernel_dax_events(::getpid(), tracefs.path());
  EXPECT_FALSE(std::filesystem::exists(left));
}

TEST(KernelDaxEvents, WhereTracingIsNotThereTheErrorNamesIt) {
  const auto events = KernelDaxEvents::begin("/nowhere");
  ASSERT_FALSE(events.ok());
  EXPECT_NE(events.error().message.find("/nowhere/instances"), std::string::npos);
}

}  // namespace
}  // namespace daxlab
