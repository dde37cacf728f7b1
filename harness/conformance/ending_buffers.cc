#include "harness/conformance/ending_buffers.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <vector>

#include "harness/conformance/full_region.h"
#include "harness/conformance/lab_trial.h"
#include "harness/conformance/write_trial.h"

namespace daxlab {
namespace {

using Found = std::optional<Finding>;

// Pages of memory, and one without access behind them.
class EndingBuffer {
 public:
  static constexpr uint64_t length_bytes = 4 * page_bytes;

  EndingBuffer() {
    memory_ = mmap(nullptr, length_bytes + page_bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory_ == MAP_FAILED) return;
    ends_ = mprotect(start() + length_bytes, page_bytes, PROT_NONE) == 0;
    const std::vector<std::byte> bytes = numbered_bytes(length_bytes, 300);
    std::copy(bytes.begin(), bytes.end(), start());
  }
  ~EndingBuffer() {
    if (memory_ != MAP_FAILED) munmap(memory_, length_bytes + page_bytes);
  }
  EndingBuffer(const EndingBuffer&) = delete;
  EndingBuffer& operator=(const EndingBuffer&) = delete;

  bool ends() const { return ends_; }
  std::span<const std::byte> of(uint64_t there_bytes, uint64_t more_bytes) const {
    return {start() + length_bytes - there_bytes, there_bytes + more_bytes};
  }

 private:
  std::byte* start() const { return static_cast<std::byte*>(memory_); }
  void* memory_;
  bool ends_ = false;
};

struct EndingWrite {
  uint64_t offset_bytes, there_bytes, more_bytes;
};
// Over blocks, over a hole, across the end and behind it.
constexpr EndingWrite ending_writes[] = {{0, 0, 8},
                                         {0, 100, 8},
                                         {5, page_bytes, 100},
                                         {page_bytes, 2 * page_bytes, page_bytes},
                                         {3 * page_bytes + 9, 700, 700},
                                         {4 * page_bytes, 3 * page_bytes + 1, 9},
                                         {5 * page_bytes, page_bytes, 1},
                                         {9 * page_bytes + 77, 0, 5},
                                         {9 * page_bytes + 77, 8, 2 * page_bytes}};

Found try_all(Lab& lab, File& file) {
  const EndingBuffer buffer;
  if (!buffer.ends()) return Finding{"a buffer can be had", "no memory", {}};
  Manner shown = Manner::other;
  for (const auto& [offset, there, more] : ending_writes) {
    if (there + more > file.max_write_bytes()) continue;
    Manner manner = Manner::other;
    auto finding =
        try_write(lab, file,
                  {.what = fmt::format("a write of {} bytes at {}, of which {} can be read",
                                       there + more, offset, there),
                   .offset_bytes = offset,
                   .from = buffer.of(there, more),
                   .there_bytes = there,
                   .refusal = ErrorCode::bad_address},
                  manner);
    if (finding) return finding;
    if (there == 0) continue;
    if (shown != Manner::other && manner != shown) {
      const bool refused = manner == Manner::refused;
      return Finding{fmt::format("where the buffer ends, a write is {} as another was",
                                 refused ? "short" : "refused"),
                     refused ? "it was refused" : "it was short",
                     {}};
    }
    shown = manner;
  }
  return std::nullopt;
}

}  // namespace

Found ending_buffers_are_consistent(const Subject& subject) {
  return on_each_lab(subject, [](Lab& lab) -> Found {
    auto created = lab.files().create("data");
    if (!created.ok()) return Finding{"create is ok", describe(created.code()), {}};
    std::unique_ptr<File> file = created.take();
    Found finding;
    for (uint64_t pgoff : {0, 1, 5}) {
      const auto begun = file->write(pgoff * page_bytes, numbered_bytes(page_bytes, pgoff));
      if (!begun.ok()) finding = Finding{"write is ok", describe(begun.code()), {}};
    }
    if (!finding) finding = try_all(lab, *file);
    file.reset();
    static_cast<void>(lab.files().unlink("data"));  // settle() looks whether it went
    return finding;
  });
}

}  // namespace daxlab
