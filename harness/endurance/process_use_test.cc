#include "harness/endurance/process_use.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <string>

namespace daxlab {
namespace {

ProcessUse measured() {
  const auto use = measure_this_process();
  EXPECT_TRUE(use.ok()) << use.error().message;
  return use.ok() ? use.value() : ProcessUse{};
}

TEST(ProcessUse, SeesAFileAMappingAndItsMemoryComeAndGo) {
  measured();  // whatever the first reading of /proc keeps
  const ProcessUse before = measured();
  const int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(file, 0);
  constexpr size_t length_bytes = size_t{32} << 20;
  void* memory =
      mmap(nullptr, length_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  std::memset(memory, 1, length_bytes);
  const ProcessUse during = measured();
  munmap(memory, length_bytes);
  close(file);
  const ProcessUse after = measured();
  // Against what comes after: a sanitizer may still be making its own mappings before.
  EXPECT_EQ(during.descriptors, after.descriptors + 1);
  EXPECT_EQ(during.kernel_mappings, after.kernel_mappings + 1);
  EXPECT_GE(during.memory_bytes, before.memory_bytes + length_bytes);
  EXPECT_EQ(after.descriptors, before.descriptors);
  EXPECT_LT(after.memory_bytes, before.memory_bytes + length_bytes / 2);
}

TEST(ProcessUse, NamesWhatHasGrownBeyondTheSlack) {
  const ProcessUse begin{.memory_bytes = 1 << 20, .descriptors = 7, .kernel_mappings = 70};
  EXPECT_EQ(growth_between(begin, begin), std::nullopt);
  ProcessUse end = begin;
  end.memory_bytes += memory_slack_bytes;
  end.kernel_mappings += kernel_mapping_slack;
  EXPECT_EQ(growth_between(begin, end), std::nullopt);
  end.memory_bytes += 1 << 20;
  end.descriptors += 1;
  end.kernel_mappings += 1;
  const auto growth = growth_between(begin, end);
  ASSERT_TRUE(growth);
  EXPECT_EQ(*growth, "memory grew from 1MiB to " + std::to_string(2 + (memory_slack_bytes >> 20)) +
                         "MiB, open files grew from 7 to 8, kernel mappings grew from 70 to 79");
}

TEST(ProcessUse, TheHighestIsTakenPartByPart) {
  const ProcessUse one{.memory_bytes = 5, .descriptors = 1, .kernel_mappings = 9};
  const ProcessUse other{.memory_bytes = 4, .descriptors = 2, .kernel_mappings = 9};
  const ProcessUse highest = highest_of(one, other);
  EXPECT_EQ(highest.memory_bytes, 5u);
  EXPECT_EQ(highest.descriptors, 2u);
  EXPECT_EQ(highest.kernel_mappings, 9u);
}

}  // namespace
}  // namespace daxlab
