// Every workload finds out a file system that lies.
#include "harness/workloads/lie_cases_test.h"

namespace daxlab {
namespace {

std::vector<LieCase> lie_cases() {
  const auto stale_second_mapping = [](const View& view, uint64_t mapping, uint64_t at) {
    return mapping == 2 && at >= 4 * page_bytes ? uint64_t{0} : view.load(at);
  };
  const auto nth_write = [](uint64_t n, auto lie) {
    return [n, lie, count = uint64_t{0}](File& file, uint64_t at,
                                         std::span<const std::byte> from) mutable {
      return ++count == n ? lie(file, at, from) : file.write(at, from);
    };
  };
  const auto dropped = [](File&, uint64_t, std::span<const std::byte> from) {
    return Result<uint64_t>(from.size());
  };
  const auto page_too_far = [](File& file, uint64_t at, std::span<const std::byte> from) {
    return file.write(at + page_bytes, from);
  };
  const auto half = [](File& file, uint64_t at, std::span<const std::byte> from) {
    return file.write(at, from.first(from.size() / 2));
  };
  const auto refused_write = [](File&, uint64_t, std::span<const std::byte>) {
    return Result<uint64_t>(ErrorCode::io_error);
  };
  const auto off_by_one_page = [](View& view, uint64_t, uint64_t at, uint64_t value) {
    const uint64_t wrong = at / page_bytes == 6 ? at + page_bytes : at;
    view.store(wrong, value);
  };
  const auto drops_last_words = [](View& view, uint64_t, uint64_t at, uint64_t value) {
    if (at != 7 * page_bytes - 8) view.store(at, value);
  };
  const auto also_elsewhere = [](View& view, uint64_t, uint64_t at, uint64_t value) {
    view.store(at, value);
    if (at == 3 * page_bytes) view.store(at + 64, value);  // a word that nobody stores
  };
  const auto bad_read = [](File&, uint64_t at, std::span<std::byte> bytes) {
    const uint64_t wrong = 5 * page_bytes + 16;
    if (at <= wrong && wrong < at + bytes.size()) bytes[wrong - at] ^= std::byte{1};
  };
  const auto bad_read_everywhere = [](File&, uint64_t, std::span<std::byte> bytes) {
    if (bytes.size() > 16) bytes[16] ^= std::byte{1};
  };
  const std::map<std::string, uint64_t> size{{"size", 16 * page_bytes}};
  const std::map<std::string, uint64_t> two{{"size", 16 * page_bytes}, {"mappings", 2}};
  const std::map<std::string, uint64_t> append{{"size", 16 * page_bytes}, {"mode", 1}};
  const std::map<std::string, uint64_t> random{{"size", 16 * page_bytes}, {"pattern", 1}};
  return {
      {"a hole that is not zero",
       "hole_read",
       size,
       {.load = ghost},
       {"hole_read: file 'data' offset 36864: expected 0x0, seen 0x77 (through mapping 1)"}},
      {"a hole that is not zero",
       "hole_read",
       random,
       {.load = ghost},
       {"hole_read: file 'data' offset 36864: expected 0x0, seen 0x77 (through mapping 1)"}},
      {"read of holes",
       "hole_read",
       size,
       {.after_read = bad_read_everywhere},
       {"hole_read: file 'data' offset ", "expected 0x0, seen 0x1 (through read)"}},
      {"hole before the store",
       "mkwrite",
       size,
       {.load = ghost},
       {"mkwrite: file 'data' offset 36864: expected 0x0, seen 0x77 (through mapping 1)"}},
      {"stale zeros in the other mapping",
       "mkwrite",
       two,
       {.load = stale_second_mapping},
       {"mkwrite: file 'data' offset 16384: expected 0x", "seen 0x0 (through mapping 2)"}},
      {"store into the next page",
       "mkwrite",
       size,
       {.store = off_by_one_page},
       {"mkwrite: file 'data' offset 24576: expected 0x", "seen 0x0 (through mapping 1)"}},
      {"store beside the word",
       "mkwrite",
       size,
       {.store = also_elsewhere},
       {"mkwrite: file 'data' offset 12352: expected 0x0, seen 0x", "(through read)"}},
      {"read of stores",
       "mkwrite",
       size,
       {.after_read = bad_read},
       {"mkwrite: file 'data' offset 20496: expected 0x0, seen 0x1 (through read)"}},
      {"lost store",
       "mapped_write",
       size,
       {.store = drops_last_words},
       {"mapped_write: file 'data' offset 28664: expected 0x", "seen 0x0 (through mapping 1)"}},
      {"store into the next page",
       "mapped_write",
       random,
       {.store = off_by_one_page},
       {"mapped_write: file 'data' offset ", "(through mapping 1)"}},
      {"read of stores",
       "mapped_write",
       size,
       {.after_read = bad_read},
       {"mapped_write: file 'data' offset 20496: ", "(through read)"}},
      {"dropped overwrite",
       "write",
       size,
       {.write = nth_write(16 + 5, dropped)},
       {"write: file 'data0' offset 16384: expected 0x", "(through read)"}},
      {"append a page too far",
       "write",
       append,
       {.write = nth_write(16, page_too_far)},
       {"write: file 'data0': size: expected 65536, seen 69632"}},
      {"short write",
       "write",
       append,
       {.write = nth_write(5, half)},
       {"write: file 'data0': write of 4096 bytes at offset 16384 was short: 2048"}},
      {"failed write",
       "write",
       size,
       {.write = nth_write(20, refused_write)},
       {"write: file 'data0': write of 4096 bytes at offset 12288: input/output error"}},
      {"mapping made later",
       "write",
       append,
       {.load = ghost},
       {"write: file 'data0' offset 36864: expected 0x", "seen 0x77 (through mapping 1)"}},
      {"stale zeros after write()",
       "write_after_hole_read",
       size,
       {.load = stale_second_mapping},
       {"write_after_hole_read: file 'data' offset 16384: expected 0x",
        "seen 0x0 (through mapping 2)"}},
      {"dropped write",
       "write_after_hole_read",
       size,
       {.write = nth_write(5, dropped)},
       {"write_after_hole_read: file 'data' offset 16384: expected 0x",
        "seen 0x0 (through mapping 1)"}},
      {"read of writes",
       "write_after_hole_read",
       size,
       {.after_read = bad_read},
       {"write_after_hole_read: file 'data' offset 20496: ", "(through read)"}},
  };
}

TEST(LyingFileSystem, IsFoundOutByEveryWorkload) { expect_found(lie_cases()); }

TEST(LyingFileSystem, IsFoundOutByAnyOfSeveralThreads) {
  const auto files = baseline_in_memory();
  Lies lies;
  lies.load = [](const View& view, uint64_t, uint64_t at) {
    return at == 40 * page_bytes ? uint64_t{0x77} : view.load(at);
  };
  LyingFileSystem lying(*files, lies);
  const TestRun run = run_workload(lying, "hole_read", {{"size", size_of_test}}, 4);
  EXPECT_EQ(message_of(run),
            "hole_read: file 'data' offset 163840: expected 0x0, seen 0x77 (through mapping 1)");
  EXPECT_EQ(run.stops, 1);
}

}  // namespace
}  // namespace daxlab
