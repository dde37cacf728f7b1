#include "harness/workloads/hole_loop.h"

#include <sys/mman.h>

#include <algorithm>
#include <vector>

#include "core/base/bus_error.h"
#include "core/base/errno_status.h"
#include "harness/workloads/checks.h"
#include "harness/workloads/workers.h"

namespace daxlab {
namespace {

constexpr uint64_t huge_pages_of = 512;  // pages in one huge page
constexpr uint64_t turns = 16;
// Enough to time; more would only take longer with strategies that are slow.
constexpr uint64_t most_pages = (uint64_t{256} << 20) / page_bytes;

// Never written, so the kernel maps zero pages: huge ones, as it is aligned.
class ZeroMemory {
 public:
  explicit ZeroMemory(uint64_t length_bytes)
      : length_bytes_(length_bytes + huge_pages_of * page_bytes),
        mapped_(::mmap(nullptr, length_bytes_, PROT_READ,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {
    if (ok()) ::madvise(mapped_, length_bytes_, MADV_HUGEPAGE);  // 4 KiB zero pages if it cannot
  }
  ~ZeroMemory() {
    if (ok()) ::munmap(mapped_, length_bytes_);
  }
  ZeroMemory(const ZeroMemory&) = delete;
  ZeroMemory& operator=(const ZeroMemory&) = delete;
  bool ok() const { return mapped_ != MAP_FAILED; }
  const std::byte* data() const {
    constexpr uintptr_t alignment = huge_pages_of * page_bytes;
    const auto address = reinterpret_cast<uintptr_t>(mapped_);
    return static_cast<const std::byte*>(mapped_) + (alignment - address % alignment) % alignment;
  }

 private:
  uint64_t length_bytes_;
  void* mapped_;
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

struct TimedLoop {
  const std::byte* memory;
  std::vector<double> ns_per_page;
  NonzeroWord wrong;
  bool bus_error = false;

  void turn(uint64_t first_page, uint64_t pages) {
    NonzeroWord found;
    const uint64_t begin_ns = now_ns();
    const bool survived =
        survives_bus_error([&] { found = find_nonzero(memory + first_page * page_bytes, pages); });
    ns_per_page.push_back(static_cast<double>(now_ns() - begin_ns) / static_cast<double>(pages));
    if (!survived) bus_error = true;
    if (found.seen != 0) wrong = {first_page + found.page, found.seen};
  }
};

}  // namespace

[[gnu::noinline]] NonzeroWord find_nonzero(const std::byte* at, uint64_t pages) {
  for (uint64_t page = 0; page < pages; ++page) {
    const uint64_t word = __atomic_load_n(reinterpret_cast<const uint64_t*>(at + page * page_bytes),
                                          __ATOMIC_RELAXED);
    if (word != 0) [[unlikely]]
      return {page, word};
  }
  return {};
}

std::optional<Failure> compare_with_huge_zero_page(WorkloadRun& run, const char* workload,
                                                   uint64_t pages) {
  pages = std::min(pages, most_pages);
  // Whole huge pages in a turn, or their first touch would be paid by one side only.
  const uint64_t in_turn =
      std::max(pages / turns / huge_pages_of * huge_pages_of, std::min(pages, huge_pages_of));
  MappedFile holes{{workload, "reference"}};
  if (auto failure = holes.create(run.files, pages, 1)) return failure;
  if (holes.views[0]->raw() != nullptr) {
    const ZeroMemory zeros(pages * page_bytes);
    if (!zeros.ok())
      return failed_call(holes.place, "mmap of anonymous memory", ErrorCode::no_memory,
                         (pages + huge_pages_of) * page_bytes);
    TimedLoop file{holes.views[0]->raw(), {}, {}}, reference{zeros.data(), {}, {}};
    for (uint64_t first = 0, turn = 0; first + in_turn <= pages; first += in_turn, ++turn) {
      (turn % 2 == 0 ? file : reference).turn(first, in_turn);
      (turn % 2 == 0 ? reference : file).turn(first, in_turn);
    }
    if (file.bus_error) {
      return bus_error_at(holes.place);
    }
    if (file.wrong.seen != 0)
      return wrong_word(holes.place, file.wrong.page * page_bytes, 0, file.wrong.seen,
                        through_mapping(0));
    const double loop_ns = median(file.ns_per_page), reference_ns = median(reference.ns_per_page);
    run.extra.emplace_back("loop_ns_per_page", loop_ns);
    run.extra.emplace_back("reference_ns_per_page", reference_ns);
    run.extra.emplace_back("over_reference", loop_ns / reference_ns);
  }
  holes.views.clear();
  holes.file.reset();
  if (const Status status = run.files.get().unlink("reference"); !status.ok())
    return failed_call(holes.place, "unlink", status);
  return std::nullopt;
}

}  // namespace daxlab
