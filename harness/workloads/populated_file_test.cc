// Files of data and holes, and what the workloads that begin with one notice.
#include "harness/workloads/populated_file.h"

#include <gmock/gmock.h>

#include <vector>

#include "core/base/sizes.h"
#include "harness/workloads/lie_cases_test.h"

namespace daxlab {
namespace {

std::vector<uint64_t> first_data_of_pages(Holes holes, uint64_t pages) {
  std::vector<uint64_t> data;
  for (uint64_t page = 0; page < pages; ++page) {
    if (holes.next_data(page * page_bytes) == page * page_bytes) data.push_back(page);
  }
  return data;
}

TEST(Holes, AreAtTheBeginningOfEveryPart) {
  using testing::ElementsAre;
  EXPECT_THAT(first_data_of_pages({page_bytes, 4 * page_bytes}, 7), ElementsAre(1, 2, 3, 5, 6));
  EXPECT_THAT(first_data_of_pages({2 * page_bytes, 3 * page_bytes}, 7), ElementsAre(2, 5));
  EXPECT_THAT(first_data_of_pages({page_bytes, page_bytes}, 7), ElementsAre());
  EXPECT_THAT(first_data_of_pages({page_bytes, 0}, 3), ElementsAre(0, 1, 2));
  EXPECT_THAT(first_data_of_pages({0, 2 * page_bytes}, 3), ElementsAre(0, 1, 2));
}

// Blocks are there where data is, and nowhere else.
TEST(Populate, LeavesHolesThatHaveNoBlocks) {
  const auto files = baseline_in_memory();
  MappedFile data{{"test", "data"}};
  constexpr uint64_t length_bytes = 100 * page_bytes;
  ASSERT_FALSE(data.create(*files, 100, 0).has_value());
  std::vector<ByteRange> written;
  const Content ones = [](uint64_t, std::span<std::byte> into) {
    std::ranges::fill(into, std::byte{1});
  };
  const auto failure = populate(data, length_bytes, {page_bytes, 40 * page_bytes}, ones,
                                [&](ByteRange range) { written.push_back(range); });
  EXPECT_FALSE(failure.has_value());
  uint64_t written_bytes = 0, at = 0;
  for (const ByteRange& range : written) {
    EXPECT_GE(range.offset_bytes, at);
    EXPECT_LE(range.length_bytes, 64 * KiB);
    at = range.end();
    written_bytes += range.length_bytes;
  }
  EXPECT_EQ(at, length_bytes);
  EXPECT_EQ(written_bytes, 97 * page_bytes);
  EXPECT_EQ(files->space_use().used_blocks, 97u);
  const auto byte_at = [&](uint64_t offset_bytes) {
    std::byte seen{9};
    EXPECT_EQ(data.file->read(offset_bytes, {&seen, 1}).value(), 1u);
    return seen;
  };
  EXPECT_EQ(byte_at(0), std::byte{0});
  EXPECT_EQ(byte_at(page_bytes), std::byte{1});
  EXPECT_EQ(byte_at(40 * page_bytes), std::byte{0});
  EXPECT_EQ(byte_at(40 * page_bytes - 1), std::byte{1});
}

TEST(PopulatedFiles, RefuseHolesThatAreNoPages) {
  const auto files = baseline_in_memory();
  for (const std::string name :
       {"read", "write", "mapped_read", "second_touch", "many_mappings", "mixed"}) {
    EXPECT_EQ(message_of(run_workload(*files, name, {{"holes.every", 5000}})),
              "holes.every of " + name + ": 5000B is not a multiple of 4KiB");
    const Options longer{{"holes.every", 4096}, {"holes.length", 8192}};
    EXPECT_EQ(message_of(run_workload(*files, name, longer)),
              "holes.length of " + name + ": 8KiB is more than holes.every, which is 4KiB");
  }
  EXPECT_EQ(message_of(run_workload(*files, "mapped_read", {{"stride", 12}})),
            "mapped_read: stride 12 is not a multiple of 8");
}

TEST(PopulatedFiles, AreVerified) {
  const Options size{{"size", 16 * page_bytes}};
  Options sparse = size, few = size;
  sparse["holes.every"] = 3 * page_bytes;
  few["mappings"] = 3;
  // In the second mapping only: page 5 holds nothing, though it is data or was a hole all the time.
  const auto stale = [](const View& view, uint64_t mapping, uint64_t at) {
    return mapping == 2 && at == 5 * page_bytes ? uint64_t{0x55} : view.load(at);
  };
  const auto hole_of_data = [](const View& view, uint64_t, uint64_t at) {
    return at == 4 * page_bytes ? uint64_t{0} : view.load(at);
  };
  const auto bit = [](File&, uint64_t at, std::span<std::byte> bytes) {
    if (at == 5 * page_bytes) bytes[100] ^= std::byte{1};
  };
  const auto short_read = [](File& file, uint64_t at, std::span<std::byte> into) {
    return file.read(at, into.first(into.size() / 2));
  };
  const auto half = [](File& file, uint64_t at, std::span<const std::byte> from) {
    return file.write(at, from.first(from.size() / 2));
  };
  const auto one_too_early = [](const View& view, uint64_t, uint64_t at) {
    return view.load(at == 7 * page_bytes ? at - page_bytes : at);
  };
  expect_found({
      {"a bit that read() turned",
       "read",
       size,
       {.after_read = bit},
       {"read: file 'data' offset 20576: expected ", "(through read)"}},
      {"a short read", "read", size, {.read = short_read}, {"read of 4096 bytes at offset 0"}},
      {"a short write of set-up", "read", size, {.write = half}, {" was short: 32768"}},
      {"data that a mapping shows as a hole",
       "mapped_read",
       sparse,
       {.load = hole_of_data},
       {"mapped_read: file 'data' offset 16384: expected 0x", "seen 0x0 (through mapping 1)"}},
      {"the page before",
       "mapped_read",
       size,
       {.load = one_too_early},
       {"mapped_read: file 'data' offset 28672: expected "}},
      {"data that was never written, of mixed",
       "mixed",
       {{"size", 16 * page_bytes}, {"holes.every", 3 * page_bytes}, {"read_share", 100}},
       {.load = hole_of_data},
       {"mixed: file 'data' offset 16384: expected version ", "seen 0x0"}},
      {"a word of nobody in a hole",
       "second_touch",
       size,
       {.load = stale},
       {"second_touch: file 'data' offset 20480: expected 0x0, seen 0x55 (through mapping 2)"}},
      {"a word of nobody in data",
       "second_touch",
       sparse,
       {.load = stale},
       {"offset 20480: expected 0x", "seen 0x55 (through mapping 2)"}},
      {"a hole of set-up that is none, of write",
       "write",
       {{"size", 16 * page_bytes},
        {"holes.every", 4 * page_bytes},
        {"pattern", 2},
        {"block_size", 2 * page_bytes}},
       {.after_read =
            [](File&, uint64_t, std::span<std::byte> bytes) {
              for (uint64_t at = 0; at < bytes.size(); at += 4 * page_bytes) {
                bytes[at] ^= std::byte{1};
              }
            }},
       {"write: file 'data0' offset ", "(through read)"}},
      {"a first mapping that is wrong",
       "second_touch",
       size,
       {.load = ghost},
       {"offset 36864: expected 0x0, seen 0x77 (through mapping 1)"}},
      {"one mapping of three",
       "many_mappings",
       few,
       {.load = stale},
       {"many_mappings: file 'data' offset 20480: expected 0x0, seen 0x55 (through mapping 2)"}},
      {"all, with threads", "many_mappings", few, {.load = ghost}, {"offset 36864: "}, 3},
  });
}

}  // namespace
}  // namespace daxlab
