// Files that begin somewhere in a file, and where their mappings and blocks lie.
#include "harness/workloads/laid_out_files.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "harness/workloads/lie_cases_test.h"

namespace daxlab {
namespace {

std::array<std::byte, 8> word_of(uint64_t value) {
  std::array<std::byte, 8> bytes;
  std::memcpy(bytes.data(), &value, bytes.size());
  return bytes;
}

uint64_t read_word(File& file, uint64_t offset_bytes) {
  std::array<std::byte, 8> bytes{};
  EXPECT_EQ(file.read(offset_bytes, bytes).value(), 8u);
  uint64_t word = 0;
  std::memcpy(&word, bytes.data(), bytes.size());
  return word;
}

TEST(LaidOutFiles, OffsetsAndSizesAreFromTheOffsetOn) {
  const auto files = baseline_in_memory();
  LaidOutFiles laid_out(*files, {0, 3 * page_bytes});
  const auto file = laid_out.create("data").take();
  EXPECT_EQ(file->size_bytes(), 0u);
  ASSERT_TRUE(file->truncate(2 * page_bytes).ok());
  EXPECT_EQ(file->size_bytes(), 2 * page_bytes);
  const auto whole = files->open("data").take();
  EXPECT_EQ(whole->size_bytes(), 5 * page_bytes);
  ASSERT_TRUE(file->write(8, word_of(7)).ok());
  EXPECT_EQ(read_word(*whole, 3 * page_bytes + 8), 7u);
  EXPECT_EQ(read_word(*file, 8), 7u);
  const auto view = file->map({1, 1}).take();
  view->store(0, 9);
  EXPECT_EQ(read_word(*whole, 4 * page_bytes), 9u);
  ASSERT_TRUE(file->punch({0, page_bytes}).ok());
  EXPECT_EQ(read_word(*whole, 3 * page_bytes + 8), 0u);
  EXPECT_EQ(laid_out.open("data").take()->size_bytes(), 2 * page_bytes);
  EXPECT_FALSE(laid_out.verify("test").has_value());
  EXPECT_TRUE(laid_out.unlink("data").ok());
  EXPECT_FALSE(laid_out.verify("test").has_value()) << "nothing is there to look at";
}

TEST(LaidOutFiles, WhatLiesBeforeThemMustStayAHole) {
  const auto files = baseline_in_memory();
  LaidOutFiles laid_out(*files, {0, 3 * page_bytes});
  const auto file = laid_out.create("data").take();
  ASSERT_TRUE(file->truncate(page_bytes).ok());
  ASSERT_TRUE(files->open("data").take()->write(2 * page_bytes + 16, word_of(5)).ok());
  const auto wrong = laid_out.verify("mixed");
  ASSERT_TRUE(wrong.has_value());
  EXPECT_EQ(wrong->message,
            "mixed: file 'data' offset 8208: expected 0x0, seen 0x5 (through read)");
}

// A page that is off by the offset is what a wrong file system would show.
TEST(LaidOutFiles, AreVerifiedAsEver) {
  const Options moved{{"size", 16 * page_bytes}, {"offset", 2 * page_bytes}, {"holes.every", 0}};
  const auto one_page_off = [](const View& view, uint64_t, uint64_t at) {
    return view.load(at == 3 * page_bytes ? at - page_bytes : at);
  };
  const auto from_the_start = [](File& file, uint64_t at, std::span<std::byte> into) {
    return file.read(at == 4 * page_bytes ? 0 : at, into);
  };
  // The first byte of the file, which a store of nobody's reaches when the first page is written.
  const auto too_much = [](File& file, uint64_t at, std::span<const std::byte> from) {
    if (at == 2 * page_bytes) (void)file.write(16, word_of(3));
    return file.write(at, from);
  };
  expect_found({
      {"a page beside it",
       "mapped_read",
       moved,
       {.load = one_page_off},
       {"offset 12288: expected"}},
      {"the same, twice",
       "second_touch",
       moved,
       {.load = one_page_off},
       {"offset 12288: expected"}},
      {"bytes of the hole before it",
       "mixed",
       moved,
       {.read = from_the_start},
       {"mixed: file 'data' offset 8192: expected version "}},
      {"a store before it",
       "mapped_read",
       moved,
       {.write = too_much},
       {"mapped_read: file 'data' offset 16: expected 0x0, seen 0x3 (through read)"}},
  });
}

TEST(LaidOutFiles, TellWhereMappingsLie) {
  const auto files = baseline_in_memory();
  const TestRun run = run_workload(*files, "many_mappings",
                                   {{"size", 8 * page_bytes}, {"align", 65536}, {"mappings", 5}});
  EXPECT_FALSE(run.failure) << message_of(run);
  EXPECT_EQ(run.extra.at("address_alignment_bytes"), 65536);
  EXPECT_EQ(run.extra.count("block_alignment_bytes"), 0u) << "tmpfs tells nobody";
  const auto more_files = baseline_in_memory();
  const TestRun other = run_workload(*more_files, "many_mappings", {{"size", 8 * page_bytes}});
  EXPECT_EQ(other.extra.count("address_alignment_bytes"), 0u) << "nobody asked";
}

TEST(FileOptions, ThatAreWrongAreRefused) {
  const auto files = baseline_in_memory();
  const auto message = [&](const Options& options) {
    return message_of(run_workload(*files, "mapped_read", options));
  };
  EXPECT_EQ(message({{"align", 12288}}),
            "align of mapped_read: 12KiB is not a power of two from 4KiB to 2MiB");
  EXPECT_EQ(message({{"align", 1024}}),
            "align of mapped_read: 1KiB is not a power of two from 4KiB to 2MiB");
  EXPECT_EQ(message({{"offset", 100}}), "offset of mapped_read: 100B is not a multiple of 4KiB");
  EXPECT_EQ(message({{"holes.length", 8192}}),
            "holes.length of mapped_read: 8KiB, but holes.every is 0, and so nothing is hole; set "
            "it, too");
}

}  // namespace
}  // namespace daxlab
