// A process that locks its memory, as databases do: everything works, and the kernel fills nothing
// that the core only reserves.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <fstream>
#include <string>
#include <tuple>

#include "core/base/sizes.h"
#include "harness/failures/kernel_calls.h"
#include "harness/failures/limited_child.h"
#include "harness/strategies/each_strategy.h"

namespace daxlab {
namespace {

uint64_t resident_bytes() {
  uint64_t all = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * page_bytes;
}

// What is wrong, of a file with holes and blocks that is mapped, read, stored to and cut.
std::string use_a_file(Lab& lab) {
  constexpr uint64_t pages = 300;
  auto file = lab.files().create("file").take();
  if (!file->truncate(pages * page_bytes).ok()) return "truncate";
  auto mapped = file->map({0, pages});
  if (!mapped.ok()) return fmt::format("map: {}", describe(mapped.code()));
  auto view = mapped.take();
  auto second = file->map({0, pages}).take();
  for (uint64_t page = 0; page < pages; ++page) {
    const auto seen = view->try_load(page * page_bytes);
    if (!seen.ok() || seen.value() != 0) return fmt::format("load of page {}", page);
    if (page % 3 != 0) continue;
    if (!second->try_store(page * page_bytes, page + 1).ok()) return fmt::format("store {}", page);
    if (view->try_load(page * page_bytes).value() != page + 1) return fmt::format("stale {}", page);
  }
  if (!file->punch({0, 30 * page_bytes}).ok()) return "punch";
  if (view->try_load(3 * page_bytes).value() != 0) return "a block after the punch";
  if (!file->truncate(10 * page_bytes).ok()) return "cut";
  if (view->try_load(20 * page_bytes).code() != ErrorCode::beyond_end) return "a load past the end";
  if (!file->truncate(pages * page_bytes).ok()) return "grow";
  if (view->try_load(33 * page_bytes).value() != 0) return "old bytes after the cut";
  return {};
}

struct Locking {
  const char* name;
  int flags;
  bool before_the_lab;
};
constexpr Locking all_locking[] = {
    {"future", MCL_CURRENT | MCL_FUTURE, true},
    {"future_on_fault", MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT, true},
    {"beside_a_lab", MCL_CURRENT | MCL_FUTURE, false},
};

class LockedMemory : public testing::TestWithParam<std::tuple<std::string, bool, Locking>> {};

TEST_P(LockedMemory, IsNotFilledAndHindersNothing) {
  if (sanitized) GTEST_SKIP() << "a sanitizer's shadow memory cannot be locked";
  const auto& [fault, forbidden, locking] = GetParam();
  EXPECT_EQ(in_child([&, fault = fault, forbidden = forbidden, locking = locking]() -> std::string {
              // Rather no addresses than all memory of the machine.
              const rlimit most{uint64_t{64} << 30, uint64_t{64} << 30};
              setrlimit(RLIMIT_AS, &most);
              start({.userfaultfd_forbidden = forbidden});
              const auto lock = [&] { return mlockall(locking.flags) == 0; };
              if (locking.before_the_lab && !lock()) return "this process may not lock memory";
              auto lab = make_lab({.fault = fault});
              auto other = lab->files().create("other").take();
              auto view = other->map({0, 64}).take();
              if (!locking.before_the_lab && !lock()) return "this process may not lock memory";
              const uint64_t before = resident_bytes();
              if (std::string wrong = use_a_file(*lab); !wrong.empty()) return wrong;
              const uint64_t grown = resident_bytes() - before;
              if (grown > 256 * MiB) return fmt::format("{} MiB more", grown / MiB);
              return lab->failure().value_or("");
            }),
            "");
}

std::string name_of_locking(const testing::TestParamInfo<LockedMemory::ParamType>& info) {
  const auto& [fault, forbidden, locking] = info.param;
  return in_test_name(fault) + "_" + locking.name + (forbidden ? "_without_userfaultfd" : "");
}

INSTANTIATE_TEST_SUITE_P(Strategies, LockedMemory,
                         testing::Combine(testing::ValuesIn(fault_variants()), testing::Bool(),
                                          testing::ValuesIn(all_locking)),
                         name_of_locking);

}  // namespace
}  // namespace daxlab
