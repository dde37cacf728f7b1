// The options of workloads that start from a file: what there is in it, and how it lies. In a
// config they are one map, file: {size, holes: {length, every}, align, offset}.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/sizes.h"
#include "daxlab/options.h"
#include "daxlab/types.h"
#include "harness/workloads/workload.h"

namespace daxlab {

inline constexpr std::string_view file_prefix = "file.";
inline constexpr uint64_t largest_alignment_bytes = max_fault_pages * page_bytes;

// "holes.every" of "file.holes.every": in names of cells, and in messages.
constexpr std::string_view option_label(std::string_view name) {
  return name.starts_with(file_prefix) ? name.substr(file_prefix.size()) : name;
}

constexpr Option file_size_option(uint64_t default_bytes, uint64_t most_bytes = uint64_t{1} << 40,
                                  const char* help = "bytes of file, rounded up to whole pages") {
  return integer_option("file.size", OptionUnit::bytes, default_bytes, page_bytes, most_bytes,
                        help);
}
constexpr Option holes_length_option =
    integer_option("file.holes.length", OptionUnit::bytes, page_bytes, 0, uint64_t{1} << 40,
                   "bytes of each hole of the file that it begins with; whole pages");
// `every_by_default` page_bytes: all hole; 0: no hole.
constexpr Option holes_every_option(uint64_t every_by_default) {
  return integer_option(
      "file.holes.every", OptionUnit::bytes, every_by_default, 0, uint64_t{1} << 40,
      "bytes from one hole to the next, whole pages; as many as their length: all "
      "is hole, 0: nothing is");
}
constexpr Option align_option =
    integer_option("file.align", OptionUnit::bytes, 0, 0, largest_alignment_bytes,
                   "address of the mapping, and block behind its first page: a multiple of this "
                   "power of two, 4KiB to 2MiB, and below 2MiB of no larger one; 0: as the offset "
                   "in the file is");
constexpr Option offset_option =
    integer_option("file.offset", OptionUnit::bytes, 0, 0, uint64_t{1} << 30,
                   "bytes of hole in the file before what is mapped and worked on; whole pages");

// An option that does not go with what it is, or with another one.
struct WrongOption {
  std::string name;  // as in the table
  std::string why;   // "5000B is not a multiple of 4KiB"
};
// Of a workload's options of these names, the first that is wrong.
std::optional<WrongOption> find_wrong_option(const OptionTable& table, const OptionValues& values);

// How the workload's files are to lie; 0: as they do.
struct FileLayout {
  uint64_t align_bytes = 0, offset_bytes = 0;
  static FileLayout of(const OptionTable& table, const OptionValues& values);
  bool is_usual() const { return align_bytes == 0 && offset_bytes == 0; }
};

}  // namespace daxlab
