// The limits of a process, reached for real, each in a child of its own: calls say so, nothing is
// lost, and all goes on when there is room again.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "harness/failures/failing_run.h"
#include "harness/failures/limited_child.h"
#include "harness/strategies/each_strategy.h"

namespace daxlab {
namespace {

std::string verdict_of(const RunVerdict& verdict) {
  if (verdict.broken) return *verdict.broken;
  if (verdict.given_up) return "given up: " + *verdict.given_up;
  if (verdict.not_assembled && verdict.not_assembled->empty()) return "no lab, and no word why";
  return {};
}

class AtTheLimit : public testing::TestWithParam<std::tuple<std::string, bool>> {
 protected:
  static NamedLab named() {
    return {.fault = std::get<0>(GetParam()), .region_bytes = uint64_t{1} << 20};
  }
  static bool forbidden() { return std::get<1>(GetParam()); }

  const LabSpec spec_ = spec_of(named());
};

// All in one child: what takes time is to make 65,000 mappings.
TEST_P(AtTheLimit, OfKernelMappings) {
  if (sanitized) GTEST_SKIP() << "a sanitizer's own memory needs kernel mappings";
  constexpr uint64_t plenty = 2000;
  EXPECT_EQ(
      in_child([]() -> std::string {
        ManyMappings many;
        many.fill(plenty);
        if (!many.full()) return "vm.max_map_count is too high to be reached";
        for (uint64_t left : {0u, 2u, 4u, 8u, 16u, 30u, 60u}) {
          for (bool before : {false, true}) {
            const Limit limit{.before_assembly = before,
                              .reach =
                                  [&] {
                                    many.take_rest();
                                    many.give_back(left);
                                  },
                              .lift = [&] { many.give_back(plenty); }};
            const std::string wrong = verdict_of(
                run_at_a_limit(spec_of(named()), history_of_every_operation(), limit, forbidden()));
            if (wrong.empty()) continue;
            return fmt::format("{} mappings left{}: {}", left, before ? ", no lab yet" : "", wrong);
          }
        }
        return {};
      }),
      "");
}

TEST_P(AtTheLimit, OfFileDescriptors) {
  if (sanitized) GTEST_SKIP() << "a sanitizer looks at memory through a pipe";
  for (rlim_t left = 0; left < 8; ++left) {
    SCOPED_TRACE(left);
    EXPECT_EQ(in_child([&]() -> std::string {
                rlimit before{};
                getrlimit(RLIMIT_NOFILE, &before);
                const int next = dup(0);  // the lowest number that is free
                close(next);
                const Limit limit{
                    .before_assembly = true,
                    .reach =
                        [&] {
                          const rlimit low{static_cast<rlim_t>(next) + left, before.rlim_max};
                          setrlimit(RLIMIT_NOFILE, &low);
                        },
                    .lift = [&] { setrlimit(RLIMIT_NOFILE, &before); }};
                return verdict_of(
                    run_at_a_limit(spec_, history_of_every_operation(), limit, forbidden()));
              }),
              "");
  }
}

uint64_t address_space_bytes() {
  uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * page_bytes;
}

TEST_P(AtTheLimit, OfAddressSpace) {
  if (sanitized) GTEST_SKIP() << "a sanitizer's shadow takes all address space";
  for (uint64_t left_kib : {0u, 64u, 512u, 4096u, 16384u, 65536u}) {
    for (bool before : {false, true}) {
      SCOPED_TRACE(fmt::format("{} KiB left{}", left_kib, before ? ", no lab yet" : ""));
      EXPECT_EQ(
          in_child([&]() -> std::string {
            rlimit unlimited{};
            getrlimit(RLIMIT_AS, &unlimited);
            const Limit limit{
                .before_assembly = before,
                .reach =
                    [&] {
                      const rlimit low{address_space_bytes() + left_kib * 1024, unlimited.rlim_max};
                      setrlimit(RLIMIT_AS, &low);
                    },
                .lift = [&] { setrlimit(RLIMIT_AS, &unlimited); }};
            return verdict_of(
                run_at_a_limit(spec_, history_of_every_operation(), limit, forbidden()));
          }),
          "");
    }
  }
}

std::string name_of_limit_case(const testing::TestParamInfo<AtTheLimit::ParamType>& info) {
  return test_name({std::get<0>(info.param), 0}) +
         (std::get<1>(info.param) ? "_without_userfaultfd" : "");
}

INSTANTIATE_TEST_SUITE_P(Strategies, AtTheLimit,
                         testing::Combine(testing::Values("page_zero", "global_zero",
                                                          "global_zero:zero_page=own",
                                                          "native_zero", "alloc_on_read"),
                                          testing::Bool()),
                         name_of_limit_case);

// A file in few kernel mappings of which every other page is punched needs two for each hole: more
// than there are.
TEST(KernelMappings, PunchingEveryOtherPageOfALargeMappingGoesOn) {
  constexpr uint64_t pages = 72'000;
  auto lab = make_lab({.fault = "global_zero", .region_bytes = (pages + 4000) * block_bytes});
  auto file = lab->files().create("file").take();
  ASSERT_TRUE(file->preallocate({0, pages * page_bytes}).ok());
  auto view = file->map({0, pages}).take();
  ASSERT_TRUE(view->prefault({0, pages * page_bytes}, true).ok());
  for (uint64_t page = 0; page < pages; page += 16) view->store(page * page_bytes, page + 1);
  ASSERT_LT(lab->counters().level(Peak::kernel_mappings), 100);
  for (uint64_t page = 1; page < pages; page += 2) {
    const Status status = file->punch({page * page_bytes, page_bytes});
    ASSERT_TRUE(status.ok()) << "page " << page << ": " << describe(status.code());
  }
  EXPECT_EQ(lab->failure(), std::nullopt) << *lab->failure();
  for (uint64_t page = 0; page < 2000; page += 16) {
    ASSERT_EQ(view->try_load(page * page_bytes).value(), page + 1);
    ASSERT_EQ(view->try_load((page + 1) * page_bytes).value(), 0u);
  }
  uint64_t word = 0;
  for (uint64_t page = 0; page < pages; page += 16) {
    ASSERT_TRUE(file->read(page * page_bytes, std::as_writable_bytes(std::span(&word, 1))).ok());
    ASSERT_EQ(word, page + 1);
  }
}

// More extents than there are kernel mappings: a load of what is there is never refused.
TEST(KernelMappingsLimit, EveryPageOfAScatteredFileIsLoaded) {
  constexpr uint64_t pages = 72'000;
  for (const char* fault : {"page_zero", "native_zero"}) {
    SCOPED_TRACE(fault);
    auto lab = make_lab({.fault = fault, .region_bytes = (2 * pages + 4000) * block_bytes});
    auto file = lab->files().create("file").take();
    auto other = lab->files().create("other").take();
    for (uint64_t page = 0; page < pages; ++page) {
      for (File* one : {file.get(), other.get()}) {
        const auto written = one->write(page * page_bytes, std::as_bytes(std::span(&page, 1)));
        ASSERT_TRUE(written.ok());
      }
    }
    ASSERT_GT(file->extents().take().size(), pages - 1000);
    auto view = file->map({0, pages}).take();
    for (uint64_t page = 0; page < pages; ++page) {
      const auto seen = view->try_load(page * page_bytes);
      ASSERT_TRUE(seen.ok()) << "page " << page << ": " << describe(seen.code());
      ASSERT_EQ(seen.value(), page);
    }
    EXPECT_TRUE(file->map({0, pages}).ok());
  }
}

// The program has all kernel mappings but those of one file, which go on being used for others.
TEST(KernelMappingsLimit, ThePagesOfAFileMakeRoomForEachOther) {
  if (sanitized) GTEST_SKIP() << "a sanitizer's own memory needs kernel mappings";
  EXPECT_EQ(in_child([]() -> std::string {
              constexpr uint64_t pages = 4000;
              auto lab = make_lab({.fault = "global_zero", .region_bytes = uint64_t{64} << 20});
              auto file = lab->files().create("file").take();
              auto other = lab->files().create("other").take();
              for (uint64_t page = 0; page < pages; ++page) {
                for (File* one : {file.get(), other.get()}) {
                  (void)one->write(page * page_bytes, std::as_bytes(std::span(&page, 1)));
                }
              }
              auto view = file->map({0, pages}).take();
              auto second = other->map({0, pages}).take();
              for (uint64_t page = 0; page < pages; ++page) (void)view->load(page * page_bytes);
              ManyMappings many;
              many.fill(0);
              if (!many.full()) return "vm.max_map_count is too high to be reached";
              for (uint64_t step = 0; step < 3 * pages; ++step) {
                const uint64_t page = step * 7 % pages;
                for (View* one : {view.get(), second.get()}) {
                  const auto seen = one->try_load(page * page_bytes);
                  if (!seen.ok() || seen.value() != page)
                    return "a load of page " + std::to_string(page);
                  if (!one->try_store(page * page_bytes + 8, step).ok()) return "a store";
                }
              }
              many.free();
              return lab->failure().value_or("");
            }),
            "");
}

// Each needs more of the kernel than the one mapping that a page of a file is counted as.
TEST(KernelMappings, ManySmallMappingsLeaveRoomForOthers) {
  if (sanitized) GTEST_SKIP() << "a sanitizer's own memory needs kernel mappings";
  const auto in_use = [] {
    std::ifstream maps("/proc/self/maps");
    uint64_t count = 0;
    for (std::string line; std::getline(maps, line);) ++count;
    return count;
  };
  uint64_t most = 0;
  std::ifstream("/proc/sys/vm/max_map_count") >> most;
  if (most > 100'000) GTEST_SKIP() << "vm.max_map_count is too high to be reached";
  for (const char* fault : {"page_zero", "global_zero", "native_zero"}) {
    SCOPED_TRACE(fault);
    auto lab = make_lab({.fault = fault, .region_bytes = uint64_t{1} << 20});
    auto file = lab->files().create("file").take();
    ASSERT_TRUE(file->truncate(page_bytes).ok());
    std::vector<std::unique_ptr<View>> views;
    views.reserve(most);
    ErrorCode refused = ErrorCode::ok;
    while (refused == ErrorCode::ok && views.size() < most) {
      auto view = file->map({0, 1});
      refused = view.code();
      if (view.ok()) views.push_back(view.take());
    }
    EXPECT_EQ(refused, ErrorCode::no_mappings) << describe(refused);
    EXPECT_LT(in_use(), most - most / 32) << views.size() << " mappings";
    EXPECT_EQ(views.back()->try_load(0).value(), 0u);
    views.clear();
    EXPECT_TRUE(file->map({0, 1}).ok());
  }
}

}  // namespace
}  // namespace daxlab
