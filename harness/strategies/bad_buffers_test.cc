// Buffers that cannot be read or written, in memory that has nothing to do with the lab.
#include <gtest/gtest.h>
#include <setjmp.h>
#include <signal.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/strategies/bad_buffer_test.h"
#include "harness/strategies/refusals_test.h"

namespace daxlab {
namespace {

class BadBuffers : public Refusals {
 protected:
  static constexpr Behind all_behind[] = {Behind::nothing, Behind::no_access, Behind::end_of_file};

  // A file of blocks and, from page 3 to page 5, a hole.
  std::unique_ptr<File> made_file(const std::string& name) {
    auto file = create(name);
    EXPECT_TRUE(file->write(0, pattern(3 * page_bytes, 1)).ok());
    EXPECT_TRUE(file->write(6 * page_bytes, pattern(2 * page_bytes + 77, 2)).ok());
    return file;
  }
  // A write of which the buffer has only so much: that is written and nothing else, or nothing.
  void write_of(File& file, const std::string& name, uint64_t offset,
                std::span<const std::byte> from, uint64_t there) {
    const std::string what = std::to_string(there) + " of " + std::to_string(from.size()) +
                             " bytes there, written at " + std::to_string(offset);
    SCOPED_TRACE(what);
    if (there == 0 || !is_partial()) {
      return expect_refused(ErrorCode::bad_address,
                            [&] { return file.write(offset, from).status(); });
    }
    Everything expected = everything();
    Bytes& bytes = expected.files[name];
    bytes.resize(std::max<size_t>(bytes.size(), offset + there));
    std::copy_n(from.begin(), there, bytes.begin() + static_cast<ptrdiff_t>(offset));
    const auto written = file.write(offset, from);
    ASSERT_TRUE(written.ok()) << describe(written.code());
    ASSERT_EQ(written.value(), there);
    EXPECT_EQ(everything().files, expected.files);
  }
};

TEST_P(BadBuffers, AWriteTakesWhatIsThereOrNothing) {
  auto file = made_file("file");
  for (Behind behind : all_behind) {
    const BadBuffer buffer(behind);
    uint64_t seed = 10;
    for (uint64_t there :
         {uint64_t{0}, uint64_t{1}, uint64_t{100}, page_bytes, page_bytes + 700, 3 * page_bytes}) {
      const uint64_t ends[] = {0,
                               5,
                               2 * page_bytes + 8,
                               4 * page_bytes + 3,
                               file->size_bytes(),
                               file->size_bytes() + page_bytes / 2};
      for (uint64_t offset : ends) {
        write_of(*file, "file", offset, buffer.filled(there + 2 * page_bytes, there, ++seed),
                 there);
        if (HasFatalFailure()) return;
      }
      ASSERT_TRUE(file->truncate(8 * page_bytes + 77).ok());
    }
  }
  // Every lock is free, and every block is somewhere.
  EXPECT_TRUE(file->write(1, pattern(9 * page_bytes, 3)).ok());
  EXPECT_TRUE(file->punch({0, 4 * page_bytes}).ok());
  EXPECT_TRUE(file->truncate(0).ok());
  EXPECT_TRUE(lab->files().unlink("file").ok());
}

TEST_P(BadBuffers, AReadGivesWhatHasRoom) {
  auto file = made_file("file");
  const Bytes contents = everything().files["file"];
  for (Behind behind : all_behind) {
    const BadBuffer buffer(behind);
    for (uint64_t there : {uint64_t{0}, uint64_t{1}, uint64_t{100}, page_bytes, page_bytes + 700}) {
      for (uint64_t offset : {uint64_t{0}, uint64_t{5}, page_bytes + 9, 2 * page_bytes + 8,
                              4 * page_bytes + 3, 5 * page_bytes + 1000}) {
        const std::span<std::byte> into = buffer.of(there + 2 * page_bytes, there);
        std::fill_n(into.begin(), there, std::byte{0xee});
        const auto done = file->read(offset, into);
        if (there == 0) {
          EXPECT_EQ(done.code(), ErrorCode::bad_address) << offset;
          continue;
        }
        ASSERT_TRUE(done.ok()) << describe(done.code());
        ASSERT_EQ(done.value(), there) << "at " << offset;
        EXPECT_TRUE(std::equal(into.begin(), into.begin() + static_cast<ptrdiff_t>(there),
                               contents.begin() + static_cast<ptrdiff_t>(offset)))
            << there << " bytes at " << offset;
      }
    }
    EXPECT_EQ(file->read(file->size_bytes(), buffer.of(100, 0)).value(), 0u) << "nothing to store";
    EXPECT_EQ(file->read(file->size_bytes() - 10, buffer.of(100, 10)).value(), 10u);
  }
  EXPECT_TRUE(file->truncate(0).ok()) << "no pin is left to wait for";
}

TEST_P(BadBuffers, AddressesBeyondAnyMemoryAreRefused) {
  auto file = made_file("file");
  for (uint64_t address : {uint64_t{0}, uint64_t{1} << 63, (uint64_t{1} << 63) - 100,
                           uint64_t{0xffff800000000000}, ~uint64_t{0} - 50}) {
    auto* at = reinterpret_cast<std::byte*>(address);
    expect_refused(ErrorCode::bad_address, [&] { return file->write(0, {at, 5000}).status(); });
    expect_refused(ErrorCode::bad_address, [&] {
      return file->write(file->size_bytes(), {at, 100}).status();
    });
    expect_refused(ErrorCode::bad_address, [&] { return file->read(0, {at, 5000}).status(); });
    expect_refused(ErrorCode::bad_address, [&] {
      return file->read(4 * page_bytes, {at, 100}).status();
    });
    EXPECT_EQ(file->write(0, {at, 0}).value(), 0u);
    EXPECT_EQ(file->read(0, {at, 0}).value(), 0u);
  }
}

TEST_P(BadBuffers, WhatCanOnlyBeReadIsRefusedForReading) {
  auto file = made_file("file");
  void* page = ::mmap(nullptr, page_bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(page, MAP_FAILED);
  const std::span<std::byte> zeros{static_cast<std::byte*>(page), page_bytes};
  EXPECT_EQ(file->read(0, zeros).code(), ErrorCode::bad_address);
  EXPECT_EQ(file->write(0, zeros).value(), page_bytes);
  Bytes seen(page_bytes, std::byte{1});
  EXPECT_EQ(file->read(0, seen).value(), page_bytes);
  EXPECT_EQ(seen, Bytes(page_bytes));
  ::munmap(page, page_bytes);
}

// What is missing is told: a buffer that is whole as far as there is space for it is a matter of
// space.
TEST_P(BadBuffers, WithoutSpaceTooItIsTheFirstOfBoth) {
  auto file = create("file");
  auto filler = create("filler");
  while (filler->write(filler->size_bytes(), pattern(page_bytes, 3)).ok()) {
  }
  const BadBuffer buffer(Behind::no_access);
  expect_refused(ErrorCode::no_space, [&] {
    return file->write(0, buffer.filled(3 * page_bytes, 2 * page_bytes, 4)).status();
  });
  expect_refused(ErrorCode::bad_address, [&] { return file->write(0, buffer.of(9, 0)).status(); });
}

INSTANTIATE_TEST_SUITE_P(All, BadBuffers,
                         testing::Combine(testing::Values(EngineKind::simulator, EngineKind::mmu),
                                          testing::ValuesIn(write_variants())),
                         name_of_case);

// In a process of its own: the program's handlers were there first.
class BadBuffersDeathTest : public testing::TestWithParam<EngineKind> {
 protected:
  BadBuffersDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

sigjmp_buf away;
void jump_away(int) { siglongjmp(away, 1); }

void use_bad_buffers_below_a_handler_that_jumps(EngineKind engine) {
  struct sigaction action {};
  action.sa_handler = jump_away;
  action.sa_flags = SA_NODEFER;
  sigaction(SIGSEGV, &action, nullptr);
  sigaction(SIGBUS, &action, nullptr);
  if (sigsetjmp(away, 1) != 0) _exit(2);
  for (const std::string& write : write_variants()) {
    auto lab = make_lab({.engine = engine, .write = write});
    auto file = lab->files().create("file").take();
    if (!file->write(0, pattern(4 * page_bytes, 1)).ok()) _exit(3);
    for (Behind behind : {Behind::nothing, Behind::no_access, Behind::end_of_file}) {
      const BadBuffer buffer(behind);
      for (uint64_t offset : {uint64_t{0}, 4 * page_bytes}) {
        (void)file->write(offset, buffer.filled(2 * page_bytes, 100, 2));
        if (file->write(offset, buffer.of(100, 0)).code() != ErrorCode::bad_address) _exit(4);
      }
      if (file->read(0, buffer.of(100, 0)).code() != ErrorCode::bad_address) _exit(5);
      if (file->read(0, buffer.of(100, 20)).value() != 20) _exit(6);
    }
    if (!file->truncate(0).ok() || !file->write(0, pattern(100, 1)).ok()) _exit(7);
  }
  _exit(0);
}
TEST_P(BadBuffersDeathTest, NoHandlerOfTheProgramHearsOfThem) {
  EXPECT_EXIT(use_bad_buffers_below_a_handler_that_jumps(GetParam()), testing::ExitedWithCode(0),
              "");
}
INSTANTIATE_TEST_SUITE_P(All, BadBuffersDeathTest,
                         testing::Values(EngineKind::simulator, EngineKind::mmu),
                         [](const auto& tested) {
                           return tested.param == EngineKind::mmu ? "Mmu" : "Simulator";
                         });

}  // namespace
}  // namespace daxlab
