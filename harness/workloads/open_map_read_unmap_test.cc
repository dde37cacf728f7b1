#include "harness/workloads/lie_cases_test.h"

namespace daxlab {
namespace {

TEST(OpenMapReadUnmap, NoticesWrongFilesAndWrongWords) {
  const Options files{{"files", 8}, {"operations", 32}};
  const Options equal{{"files", 8}, {"operations", 32}, {"sizes", 1}, {"size", 5001}};
  const auto neighbour = [](FileSystem& all, std::string_view name) {
    return all.open(name == "f3" ? "f2" : name);
  };
  const auto gone = [](FileSystem& all, std::string_view name) {
    if (name == "f5") return Result<std::unique_ptr<File>>(ErrorCode::not_found);
    return all.open(name);
  };
  const auto behind_the_end = [](const View& view, uint64_t, uint64_t at) {
    return at == 5008 ? uint64_t{0x77} : view.load(at);
  };
  const auto bad_read = [](File&, uint64_t, std::span<std::byte> bytes) {
    if (bytes.size() > 16) bytes[16] ^= std::byte{1};
  };
  expect_found({
      {"another file",
       "open_map_read_unmap",
       equal,
       {.open = neighbour},
       {"open_map_read_unmap: file 'f3' offset 0: expected 0x", "(through mapping 1)"}},
      {"a file of another size",
       "open_map_read_unmap",
       files,
       {.open = neighbour},
       {"open_map_read_unmap: file 'f3': size: expected "}},
      {"no file",
       "open_map_read_unmap",
       files,
       {.open = gone},
       {"open_map_read_unmap: file 'f5': open: "}},
      {"bytes behind the end",
       "open_map_read_unmap",
       equal,
       {.load = behind_the_end},
       {"offset 5008: expected 0x0, seen 0x77 (through mapping 1)"}},
      {"read() of it",
       "open_map_read_unmap",
       equal,
       {.after_read = bad_read},
       {"open_map_read_unmap: file 'f0' offset 16: ", "(through read)"}},
      {"another file, for many threads",
       "open_map_read_unmap",
       equal,
       {.open = neighbour},
       {"open_map_read_unmap: file 'f3' offset 0: expected 0x"},
       3},
  });
}

}  // namespace
}  // namespace daxlab
