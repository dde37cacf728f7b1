#include "harness/config/keys.h"

#include <algorithm>

namespace daxlab {
namespace {

constexpr const char* engine_help =
    "Who takes the faults: mmu (the processor), simulator (a page table in software), or baseline "
    "(no strategy: plain files of the kernel's own file system).";
constexpr const char* medium_help =
    "What stands behind the region: memfd (memory, fresh for each cell), file (region.path), fsdax "
    "(the same on a file system with DAX) or devdax (a device of persistent memory).";
constexpr const char* fault_help = "What to do when a mapped page is touched that is not there.";
constexpr const char* write_help =
    "How write() puts bytes into blocks, and what it does at ENOSPC.";
constexpr const char* alloc_help = "Which free blocks are handed out.";
constexpr const char* path_help =
    "The folder for the files of engine baseline: /dev/shm by default.";
constexpr const char* io_help =
    "How baseline reads and writes: buffered, or direct (O_DIRECT, past the page cache).";

constexpr KeyDescription top_table[] = {
    {"seed", "Where all randomness begins: the data, the places, and the order of runs."},
    {"region", "How large the region is, and what stands behind it."},
    {"engine", engine_help, true},
    {"path", path_help, true},
    {"io", io_help},
    {"fault", fault_help},
    {"write", write_help},
    {"alloc", alloc_help},
    {"matrix", "Lists of values, of which every combination is run; with include and exclude."},
    {"repetitions", "How often each cell is run, each time in a process of its own."},
    {"order",
     "The order of runs: random, so that drift of the machine hits all cells alike, or "
     "listed, as the cells stand in the config.",
     true},
    {"time_limit", "How long one run of a cell may take before it is ended and has failed."},
    {"cpus", "CPU numbers to run on: thread i runs on the i-th, and again from the first."},
    {"userfaultfd",
     "Whether cells of engine mmu may use it: allowed (where the kernel has it), or forbidden, "
     "as in many a container; then SIGSEGV alone delivers faults.",
     true},
    {"workloads", "What is run: a list, or all."},
};

constexpr KeyDescription region_table[] = {
    {"medium", medium_help, true},
    {"size", "How large the region is, a multiple of 4KiB."},
    {"path", "The region's file or device, for every medium but memfd.", true},
    {"create",
     "For every medium but memfd: never (it is there), if_missing (also on a device of zeros), or "
     "always (made anew by every cell).",
     true},
};

constexpr KeyDescription matrix_table[] = {
    {"engine", engine_help},
    {"medium", medium_help},
    {"fault", fault_help},
    {"write", write_help},
    {"alloc", alloc_help},
    {"include", "Whole cells besides those of the lists."},
    {"exclude", "Combinations of the lists that are left out."},
};

constexpr const char* include_workload_help =
    "The workload of this one cell; without it the cell is run with each of workloads.";

constexpr KeyDescription include_table[] = {
    {"engine", engine_help, true}, {"medium", medium_help, true},
    {"fault", fault_help},         {"write", write_help},
    {"alloc", alloc_help},         {"workload", include_workload_help},
};

constexpr KeyDescription baseline_include_table[] = {
    {"engine", engine_help, true},
    {"path", path_help, true},
    {"io", io_help},
    {"workload", include_workload_help},
};

constexpr KeyDescription exclude_table[] = {
    {"engine", engine_help},
    {"medium", medium_help},
    {"fault", fault_help},
    {"write", write_help},
    {"alloc", alloc_help},
    {"workload", "A workload by name, whatever its options, or exactly one."},
};

constexpr KeyDescription workload_table[] = {
    {"threads", "How many threads do the work."},
    {"axes",
     "The lists of matrix with whose values it is run, instead of those that it says "
     "itself: of fault, write, alloc."},
    {"runtime", "Goes on for this long instead of doing its own amount of work."},
    {"ramp", "Runs for this long before the runtime begins to count."},
};

}  // namespace

KeyTable top_keys() { return top_table; }
KeyTable region_keys() { return region_table; }
KeyTable matrix_keys() { return matrix_table; }
KeyTable include_keys() { return include_table; }
KeyTable baseline_include_keys() { return baseline_include_table; }
KeyTable exclude_keys() { return exclude_table; }
KeyTable workload_keys() { return workload_table; }

std::vector<std::string> names_of(KeyTable table) {
  std::vector<std::string> names;
  for (const KeyDescription& key : table) names.emplace_back(key.name);
  return names;
}

bool is_text_key(std::span<const std::string_view> path) {
  const auto is_text_of = [&](KeyTable table) {
    return std::ranges::any_of(
        table, [&](const KeyDescription& key) { return key.is_text && path.back() == key.name; });
  };
  if (path.size() == 1) return is_text_of(top_table);
  if (path.size() == 2 && path[0] == "region") return is_text_of(region_table);
  return path.size() == 4 && path[0] == "matrix" && path[1] == "include" &&
         (is_text_of(include_table) || is_text_of(baseline_include_table));
}

const std::vector<std::string>& order_words() {
  static const std::vector<std::string> words = {"random", "listed"};
  return words;
}

const std::vector<std::string>& userfaultfd_words() {
  static const std::vector<std::string> words = {"allowed", "forbidden"};
  return words;
}

const std::vector<std::string>& axis_words() {
  static const std::vector<std::string> words = {"fault", "write", "alloc"};
  return words;
}

}  // namespace daxlab
