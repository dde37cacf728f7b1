// The files of a workload, which know nothing of it, as file.align and file.offset want them: moved
// in the file behind a hole, and mapped and placed where they are to be.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "core/file/file_system.h"
#include "harness/workloads/file_options.h"

namespace daxlab {

// Offsets of its files, and sizes, are from layout.offset_bytes on. `files` outlives it, and it
// what is opened here.
class LaidOutFiles final : public FileSystem {
 public:
  LaidOutFiles(FileSystem& files, FileLayout layout) : files_(files), layout_(layout) {}

  Result<std::unique_ptr<File>> create(std::string_view name) override;
  Result<std::unique_ptr<File>> open(std::string_view name) override;
  Status unlink(std::string_view name) override;
  SpaceUse space_use() override { return files_.space_use(); }

  // Of files that are still there: that what lies before them is a hole yet.
  std::optional<Failure> verify(const char* workload);
  // With file.align, what became of that wish: counters of the lowest alignment of a mapping, and
  // of a block behind a first page; none where nobody can know it.
  void report(WorkloadRun& run);

 private:
  class LaidOutFile;
  std::unique_ptr<File> lay_out(std::unique_ptr<File> file);
  void note_address(const View& view);

  FileSystem& files_;
  const FileLayout layout_;
  std::atomic<uint64_t> address_alignment_bytes_{0};  // 0: of none
  std::mutex mutex_;
  std::set<std::string, std::less<>> names_;  // of what was made here and is there
};

}  // namespace daxlab
