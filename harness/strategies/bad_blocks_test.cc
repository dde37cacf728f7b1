// A region with bad blocks: only what touches one is refused, with a typed error, on both engines.
#include <gtest/gtest.h>
#include <setjmp.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <span>
#include <tuple>
#include <vector>

#include "harness/strategies/cells_test.h"

namespace daxlab {
namespace {

sigjmp_buf bus_error_escape_point;
volatile int seen_code = 0;
void* seen_address = nullptr;

void note_bus_error(int, siginfo_t* info, void*) {
  seen_code = info->si_code;
  seen_address = info->si_addr;
  siglongjmp(bus_error_escape_point, 1);
}

class RegionWithBadBlocks : public testing::TestWithParam<CellNames> {
 protected:
  static constexpr uint64_t pages = 6, bad_page = 2;
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) /
                                     ("daxlab-bad-" + std::to_string(getpid()) + ".region");
  const std::filesystem::path list_path = path.string() + ".badblocks";
  CallLog calls;
  Bytes contents;
  uint64_t bad_block = 0, bad_free_block = 0;
  std::unique_ptr<Lab> lab;
  std::unique_ptr<File> file, other;

  static std::string write_strategy() { return std::get<2>(GetParam()); }
  LabSpec spec(CreateRegion create) {
    const auto& [engine, fault, write] = GetParam();
    return spec_of({.engine = engine,
                    .fault = fault,
                    .write = write,
                    .region_bytes = uint64_t{1} << 20,
                    .region_path = path,
                    .create = create});
  }
  // Files "file" and "other" of the same contents; a page of the first is bad, and a free block.
  void SetUp() override {
    contents.resize(pages * page_bytes);
    for (uint64_t i = 0; i < contents.size(); ++i) {
      contents[i] = static_cast<std::byte>((i * 7 + i / 4096) | 1);
    }
    {
      auto first = Lab::assemble(spec(CreateRegion::always), calls);
      ASSERT_TRUE(first.ok()) << first.error().message;
      for (const char* name : {"file", "other"}) {
        auto made = first.value()->files().create(name).take();
        ASSERT_EQ(made->write(0, contents).value(), contents.size());
        if (bad_block == 0) {
          for (const FileExtent& extent : made->extents().take()) {
            if (bad_page >= extent.pgoff && bad_page < extent.pgoff + extent.pages) {
              bad_block = extent.block + (bad_page - extent.pgoff);
            }
          }
        }
      }
    }
    ASSERT_NE(bad_block, 0u);
    bad_free_block = 200;
    open();
  }
  void open() {
    LabSpec again = spec(CreateRegion::never);
    again.faults.poisoned_blocks = {bad_free_block, bad_block};
    auto made = Lab::assemble(again, calls);
    ASSERT_TRUE(made.ok()) << made.error().message;
    lab = made.take();
    file = lab->files().open("file").take();
    other = lab->files().open("other").take();
  }
  void TearDown() override {
    if (lab != nullptr) {
      EXPECT_EQ(lab->failure(), std::nullopt) << *lab->failure();
      expect_sum();
    }
    file.reset();
    other.reset();
    lab.reset();
    std::filesystem::remove(path);
    std::filesystem::remove(list_path);
  }
  void expect_sum() {
    const SpaceUse use = lab->files().space_use();
    EXPECT_EQ(use.used_blocks + use.free_blocks + use.bad_blocks, use.total_blocks);
  }
  ErrorCode read(File& from, uint64_t pgoff, uint64_t count) {
    Bytes seen(count * page_bytes);
    const auto done = from.read(pgoff * page_bytes, seen);
    if (!done.ok()) return done.code();
    EXPECT_EQ(done.value(), seen.size());
    const auto start = contents.begin() + static_cast<std::ptrdiff_t>(pgoff * page_bytes);
    EXPECT_TRUE(std::equal(seen.begin(), seen.end(), start));
    return ErrorCode::ok;
  }
  uint64_t word(uint64_t offset) const {
    uint64_t value = 0;
    std::memcpy(&value, contents.data() + offset, sizeof value);
    return value;
  }
  void expect_lost(Status status) { EXPECT_STREQ(describe(status.code()), "input/output error"); }
  // All but the bad page, of both files.
  void expect_the_rest_as_it_was() {
    EXPECT_EQ(read(*file, 0, bad_page), ErrorCode::ok);
    EXPECT_EQ(read(*file, bad_page + 1, pages - bad_page - 1), ErrorCode::ok);
    EXPECT_EQ(read(*other, 0, pages), ErrorCode::ok);
  }
};

TEST_P(RegionWithBadBlocks, OpensAndCountsThem) {
  EXPECT_EQ(lab->files().space_use().bad_blocks, 1u) << "the other one is a file's";
}

TEST_P(RegionWithBadBlocks, ReadsWhatIsGood) {
  expect_lost(read(*file, bad_page, 1));
  expect_lost(read(*file, 0, pages));
  expect_the_rest_as_it_was();
}

TEST_P(RegionWithBadBlocks, TellsWhoeverTouchesOneThroughAMapping) {
  auto view = file->map({0, pages}).take();
  for (int round = 0; round < 2; ++round) {
    for (uint64_t pgoff = 0; pgoff < pages; ++pgoff) {
      const uint64_t offset = pgoff * page_bytes + 64;
      const auto loaded = view->try_load(offset);
      if (pgoff == bad_page) {
        expect_lost(loaded.status());
        expect_lost(view->try_store(offset, 1));
        expect_lost(view->prefault({offset, 8}, round == 0));
      } else {
        ASSERT_TRUE(loaded.ok());
        EXPECT_EQ(loaded.value(), word(offset));
        EXPECT_TRUE(view->try_store(offset, word(offset)).ok());
      }
    }
  }
  EXPECT_TRUE(file->sync().ok());
  expect_the_rest_as_it_was();
}

// Every read fault of this one comes as SIGSEGV, so the program's handler hears of it from ours.
class BadBlocksByTheKernel : public RegionWithBadBlocks {};

TEST_P(BadBlocksByTheKernel, TellAHandlerOfTheProgramThatMemoryIsLost) {
  auto view = file->map({0, pages}).take();
  struct sigaction before {
  }, mine{};
  mine.sa_sigaction = note_bus_error;
  mine.sa_flags = SA_SIGINFO | SA_NODEFER;
  ASSERT_EQ(sigaction(SIGBUS, &mine, &before), 0);
  volatile bool loaded = false;
  if (sigsetjmp(bus_error_escape_point, 1) == 0) {
    (void)*static_cast<volatile std::byte*>(view->raw() + bad_page * page_bytes + 24);
    loaded = true;
  }
  ASSERT_EQ(sigaction(SIGBUS, &before, nullptr), 0);
  EXPECT_FALSE(loaded);
  EXPECT_EQ(seen_code, BUS_MCEERR_AR);
  EXPECT_EQ(seen_address, view->raw() + bad_page * page_bytes + 24);
}

TEST_P(RegionWithBadBlocks, WritesNothingOverAPart) {
  const std::span<const std::byte> some = std::span(contents).first(100);
  expect_lost(file->write(bad_page * page_bytes + 8, some).status());
  expect_the_rest_as_it_was();
  expect_lost(read(*file, bad_page, 1));
}

TEST_P(RegionWithBadBlocks, MovesOffOneWithACopyOnWrite) {
  auto view = file->map({0, pages}).take();
  const auto page = std::span(contents).subspan(bad_page * page_bytes, page_bytes);
  const auto written = file->write(bad_page * page_bytes, page);
  if (write_strategy() != "atomic") return expect_lost(written.status());
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(read(*file, 0, pages), ErrorCode::ok);
  EXPECT_EQ(view->try_load(bad_page * page_bytes).value(), word(bad_page * page_bytes));
  EXPECT_EQ(lab->files().space_use().bad_blocks, 2u);
}

TEST_P(RegionWithBadBlocks, WritesBeforeAndAfterOne) {
  const auto written = file->write(0, contents);
  if (write_strategy() == "partial") {
    ASSERT_TRUE(written.ok());
    EXPECT_EQ(written.value(), bad_page * page_bytes);
  } else if (write_strategy() == "all_or_nothing") {
    expect_lost(written.status());
  } else {
    EXPECT_TRUE(written.ok());
  }
  expect_the_rest_as_it_was();
}

TEST_P(RegionWithBadBlocks, CutsAndPunchesOnlyWholePages) {
  expect_lost(file->truncate(bad_page * page_bytes + 8));
  EXPECT_EQ(file->size_bytes(), contents.size());
  expect_lost(file->punch({bad_page * page_bytes + 8, 16}));
  expect_lost(file->punch({8, bad_page * page_bytes}));
  expect_the_rest_as_it_was();
  auto view = file->map({0, pages}).take();
  ASSERT_TRUE(file->punch({bad_page * page_bytes, page_bytes}).ok());
  std::fill_n(contents.begin() + static_cast<std::ptrdiff_t>(bad_page * page_bytes), page_bytes,
              std::byte{});
  EXPECT_EQ(read(*file, 0, pages), ErrorCode::ok);
  EXPECT_EQ(view->try_load(bad_page * page_bytes).value(), 0u);
  EXPECT_EQ(lab->files().space_use().bad_blocks, 2u);
  expect_sum();
}

TEST_P(RegionWithBadBlocks, NeverHandsThemOut) {
  file.reset();
  ASSERT_TRUE(lab->files().unlink("file").ok());
  file = lab->files().create("more").take();
  uint64_t written = 0;
  for (;; written += page_bytes) {
    const auto page = std::span(contents).first(page_bytes);
    if (!file->write(written, page).ok()) break;
  }
  EXPECT_GT(written, 100 * page_bytes);
  for (const FileExtent& extent : file->extents().take()) {
    for (uint64_t bad : {bad_block, bad_free_block}) {
      EXPECT_FALSE(bad >= extent.block && bad < extent.block + extent.pages) << bad;
    }
  }
  EXPECT_EQ(lab->files().space_use().bad_blocks, 2u);
}

INSTANTIATE_TEST_SUITE_P(All, RegionWithBadBlocks,
                         testing::Combine(testing::Values(EngineKind::simulator, EngineKind::mmu),
                                          testing::ValuesIn(fault_variants()),
                                          testing::ValuesIn(write_variants())),
                         name_of_cell);

INSTANTIATE_TEST_SUITE_P(All, BadBlocksByTheKernel,
                         testing::Combine(testing::Values(EngineKind::mmu),
                                          testing::Values("native_zero"),
                                          testing::ValuesIn(write_variants())),
                         name_of_cell);

}  // namespace
}  // namespace daxlab
