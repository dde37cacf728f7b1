#include <gtest/gtest.h>

#include <cstring>

#include "harness/workloads/lying_file_system.h"
#include "harness/workloads/workload_test_run.h"

namespace daxlab {
namespace {

// A region of that many blocks, over a file system that has more.
class SmallRegion final : public FileSystem {
 public:
  SmallRegion(FileSystem& inner, uint64_t blocks) : inner_(inner), blocks_(blocks) {}
  Result<std::unique_ptr<File>> create(std::string_view name) override {
    return inner_.create(name);
  }
  Result<std::unique_ptr<File>> open(std::string_view name) override { return inner_.open(name); }
  Status unlink(std::string_view name) override { return inner_.unlink(name); }
  SpaceUse space_use() override {
    const uint64_t used = inner_.space_use().used_blocks;
    return {.total_blocks = blocks_, .used_blocks = used, .free_blocks = blocks_ - used};
  }

 private:
  FileSystem& inner_;
  const uint64_t blocks_;
};

// What a file of stamps looks like: a page that begins with a zero has no block. One block for
// each.
Result<std::vector<FileExtent>> extents_by_content(File& file) {
  std::vector<FileExtent> extents;
  for (uint64_t page = 0; page * page_bytes < file.size_bytes(); ++page) {
    uint64_t word = 0;
    (void)file.read(page * page_bytes, std::as_writable_bytes(std::span(&word, 1)));
    if (word != 0) append_extent(extents, {page, 1000 + page, 1});
  }
  return extents;
}

TestRun age(Lies lies, std::map<std::string, uint64_t> options = {}, uint64_t threads = 1,
            uint64_t blocks = 16384) {
  const auto files = baseline_in_memory();
  LyingFileSystem lying(*files, std::move(lies));
  SmallRegion region(lying, blocks);
  options.try_emplace("turnover", 1);
  return run_workload(region, "alloc_aging", options, threads);
}

TEST(AllocAging, FillsAndLeavesTheRegionAsItWas) {
  for (const uint64_t threads : {1u, 3u}) {
    const TestRun run = age({.extents = extents_by_content}, {{"turnover", 2}}, threads);
    EXPECT_FALSE(run.failure) << message_of(run);
    EXPECT_GT(run.operations, 500u);
    EXPECT_GE(run.bytes_processed, uint64_t{16384} * block_bytes * 75 / 100);
    EXPECT_GT(run.extra.at("files"), 100);
    EXPECT_NEAR(run.extra.at("utilization_percent"), 72, 6) << "this one has no map nodes";
    EXPECT_EQ(run.extra.at("free_huge_runs"), 0);
    EXPECT_GT(run.extra.at("ideal_huge_runs"), 1);
    EXPECT_GE(run.extra.at("extents_per_file"), 1);
    EXPECT_GE(run.extra.at("kernel_mappings_needed"), run.extra.at("files"));
    EXPECT_GT(run.extra.at("mapped_read_ns_per_page"), 0);
  }
}

TEST(AllocAging, SaysWhatIsMissing) {
  EXPECT_EQ(message_of(age({})).find("alloc_aging: file 'aged0_"), 0u);
  EXPECT_NE(message_of(age({})).find("extents: not supported here"), std::string::npos);
  const std::string small = message_of(age({}, {}, 1, 1024));
  EXPECT_EQ(small.find("alloc_aging: a region of 4 MiB, 0% of it in use: at least 64 MiB"), 0u)
      << small;
}

// Each lie, and what the message has to say about it.
TEST(AllocAging, FindsLiesOut) {
  const auto says = [](Lies lies, const char* what) {
    if (!lies.extents) lies.extents = extents_by_content;
    const std::string message = message_of(age(std::move(lies)));
    EXPECT_NE(message.find(what), std::string::npos) << message;
  };
  says({.write =
            [n = 0](File& file, uint64_t at, std::span<const std::byte> from) mutable {
              return ++n == 50 ? file.write(at, from.first(from.size() / 2)) : file.write(at, from);
            }},
       "was short");
  says({.after_read =
            [](File&, uint64_t at, std::span<std::byte> bytes) {
              if (at == 0 && bytes.size() == 8192) bytes[4100] ^= std::byte{1};
            }},
       "(through read)");
  says({.load = [](const View& view, uint64_t mapping,
                   uint64_t at) { return mapping == 30 ? view.load(at) ^ 1 : view.load(at); }},
       "(through mapping 1)");
  says({.extents =
            [](File& file) {
              auto extents = extents_by_content(file);
              auto changed = extents.take();
              if (changed.size() == 1 && changed[0].pages == 2) changed[0].pages = 1;
              return Result<std::vector<FileExtent>>(changed);
            }},
       "its extents have 1 pages and end at page 1; 2 pages of 2 were written");
}

}  // namespace
}  // namespace daxlab
