// Where a process has fewer kernel mappings than its files need, everything goes on, more slowly:
// with every fault strategy, on every engine. Limits below vm.max_map_count come from LabSpec; at
// that itself, limits_reached_test.cc.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "core/base/sanitized.h"
#include "harness/histories/concurrent.h"
#include "harness/histories/replay.h"
#include "harness/strategies/cells_test.h"
#include "harness/strategies/each_strategy.h"

namespace daxlab {
namespace {

constexpr uint64_t few = 40;

class FewKernelMappings : public testing::TestWithParam<std::tuple<EngineKind, std::string>> {
 protected:
  static NamedLab names(uint64_t max_kernel_mappings) {
    return {.engine = std::get<0>(GetParam()),
            .fault = std::get<1>(GetParam()),
            .max_kernel_mappings = max_kernel_mappings};
  }
  // The extents of the file are single pages: a second file has every other block.
  void make_crumbs(File& file, File& other, uint64_t pages) {
    for (uint64_t page = 0; page < pages; ++page) {
      write_word(file, page, page + 1);
      write_word(other, page, ~page);
    }
  }
  static void write_word(File& file, uint64_t page, uint64_t value) {
    const auto written = file.write(page * page_bytes, std::as_bytes(std::span(&value, 1)));
    ASSERT_TRUE(written.ok()) << describe(written.code());
  }
};

TEST_P(FewKernelMappings, EveryPageOfAScatteredFileIsLoadedAndStored) {
  constexpr uint64_t pages = 700;
  auto lab = make_lab(names(few));
  auto file = lab->files().create("file").take();
  auto other = lab->files().create("other").take();
  make_crumbs(*file, *other, pages);
  ASSERT_GT(file->extents().take().size(), 4 * few);
  auto view = file->map({0, pages}).take();
  auto second = file->map({0, pages}).take();
  auto of_other = other->map({0, pages}).take();
  for (uint64_t step = 0; step < 3 * pages; ++step) {
    const uint64_t page = step * 37 % pages;
    const uint64_t round = step / pages;
    ASSERT_EQ(view->try_load(page * page_bytes).value(), page + 1 + round) << step;
    ASSERT_TRUE(second->try_store(page * page_bytes, page + 2 + round).ok()) << step;
    ASSERT_EQ(of_other->try_load(page * page_bytes).value(), ~page) << step;
    ASSERT_LE(lab->counters().level(Peak::kernel_mappings), static_cast<int64_t>(few));
  }
  for (uint64_t page = 0; page < pages; page += 2) {
    ASSERT_TRUE(file->punch({page * page_bytes, page_bytes}).ok());
    ASSERT_EQ(view->try_load(page * page_bytes).value(), 0u);
    ASSERT_EQ(view->try_load((page + 1) * page_bytes).value(), page + 5);
  }
  EXPECT_EQ(lab->failure(), std::nullopt) << *lab->failure();
}

// The kernel cannot merge what lies between blocks, but zero pages can be read again.
TEST_P(FewKernelMappings, HolesBetweenBlocksAreRead) {
  constexpr uint64_t pages = 1200;
  auto lab = make_lab(names(few));
  auto file = lab->files().create("file").take();
  ASSERT_TRUE(file->truncate(pages * page_bytes).ok());
  auto view = file->map({0, pages}).take();
  for (uint64_t page = 0; page < pages; page += 3) {
    ASSERT_EQ(view->try_load((page + 1) * page_bytes).value(), 0u);
    ASSERT_TRUE(view->try_store(page * page_bytes, page + 1).ok());
    ASSERT_EQ(view->try_load((page + 2) * page_bytes).value(), 0u);
  }
  for (uint64_t page = 0; page < pages; ++page) {
    ASSERT_EQ(view->try_load(page * page_bytes).value(), page % 3 == 0 ? page + 1 : 0);
  }
  EXPECT_EQ(lab->failure(), std::nullopt) << *lab->failure();
}

// A mapping that needs one more than there are says so, and goes on when another one has gone.
TEST_P(FewKernelMappings, ANewMappingIsRefusedAtLast) {
  auto lab = make_lab(names(few));
  auto file = lab->files().create("file").take();
  ASSERT_TRUE(file->truncate(4 * page_bytes).ok());
  std::vector<std::unique_ptr<View>> views;
  ErrorCode refused = ErrorCode::ok;
  while (refused == ErrorCode::ok && views.size() < 2 * few) {
    auto view = file->map({0, 4});
    refused = view.code();
    if (view.ok()) views.push_back(view.take());
  }
  EXPECT_EQ(refused, ErrorCode::no_mappings) << describe(refused);
  views.erase(views.begin(), views.begin() + 3);
  auto view = file->map({0, 4}).take();
  EXPECT_TRUE(view->try_store(0, 7).ok());
  EXPECT_EQ(views.back()->try_load(0).value(), 7u);
}

TEST_P(FewKernelMappings, RandomHistoriesGiveTheModelsAnswers) {
  for (const std::string& write : write_variants()) {
    NamedLab few_names = names(few);
    few_names.write = write;
    auto lab = make_lab(few_names);
    const auto difference = check_histories(lab->files(), first_seed(), explored_by_each(660, 66));
    EXPECT_EQ(difference, std::nullopt) << write << ": " << *difference;
    EXPECT_EQ(lab->failure(), std::nullopt) << *lab->failure();
  }
}

std::string name_of_few(const testing::TestParamInfo<FewKernelMappings::ParamType>& info) {
  return name_of_cell({{std::get<0>(info.param), std::get<1>(info.param), "few"}, info.index});
}

INSTANTIATE_TEST_SUITE_P(Strategies, FewKernelMappings,
                         testing::Combine(testing::Values(EngineKind::mmu, EngineKind::simulator),
                                          testing::ValuesIn(fault_variants())),
                         name_of_few);

// Threads take each other's pages out, and out of each other's files.
class FewInThreads : public testing::TestWithParam<std::string> {
 protected:
  void store_and_load_in_turns(uint64_t max_kernel_mappings);
};

void FewInThreads::store_and_load_in_turns(uint64_t max_kernel_mappings) {
  constexpr uint64_t pages = 200, threads = 3, rounds = 4;
  auto lab = make_lab({.fault = GetParam(), .max_kernel_mappings = max_kernel_mappings});
  std::vector<std::unique_ptr<File>> files;
  std::vector<std::unique_ptr<View>> views;
  for (uint64_t i = 0; i < threads; ++i) {
    files.push_back(lab->files().create("file" + std::to_string(i)).take());
    ASSERT_TRUE(files[i]->truncate(pages * page_bytes).ok());
    views.push_back(files[i]->map({0, pages}).take());
  }
  std::vector<std::unique_ptr<View>> also;
  for (auto& file : files) also.push_back(file->map({0, pages}).take());
  std::barrier<> together(threads);
  std::atomic<uint64_t> wrong{0};
  const auto run = [&](uint64_t thread) {
    for (uint64_t round = 1; round <= rounds; ++round) {
      for (uint64_t step = 0; step < pages; ++step) {
        const uint64_t page = step * 7 % pages;
        View& view = *views[(thread + page) % threads];
        View& other = *also[(thread + page) % threads];
        const uint64_t at = page * page_bytes + thread * 8;
        if (other.try_load(at).value() != round - 1) ++wrong;
        if (!view.try_store(at, round).ok()) ++wrong;
        if (other.try_load(at).value() != round) ++wrong;
      }
      together.arrive_and_wait();
    }
  };
  {
    std::vector<std::jthread> running;
    for (uint64_t thread = 0; thread < threads; ++thread) running.emplace_back(run, thread);
  }
  EXPECT_EQ(wrong.load(), 0u);
  EXPECT_EQ(lab->failure(), std::nullopt) << *lab->failure();
}

TEST_P(FewInThreads, NobodySeesAnythingOld) { store_and_load_in_turns(few); }

// Each fault needs what the others have just been given: nobody is refused while that can go.
TEST_P(FewInThreads, NobodyIsRefusedWhatOthersCanSpare) { store_and_load_in_turns(18); }

INSTANTIATE_TEST_SUITE_P(Strategies, FewInThreads, testing::ValuesIn(fault_variants()), test_name);

}  // namespace
}  // namespace daxlab
