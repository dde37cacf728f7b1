#include "core/lab/lab.h"

#include <fmt/format.h>

#include <filesystem>
#include <new>
#include <system_error>

#include "core/engine/baseline/baseline_file_system.h"
#include "core/engine/mmu/hole_trap.h"
#include "core/lab/dax_lab.h"
#include "core/region/superblock.h"

namespace daxlab {
namespace {

class BaselineLab final : public Lab {
 public:
  explicit BaselineLab(std::unique_ptr<BaselineFileSystem> files) : files_(std::move(files)) {
    facts_ = {.medium = files_->type_name(),
              .persistence_domain = "the kernel's",
              .flush_instruction = "the kernel's",
              .fault_delivery = "the kernel's"};
  }

  FileSystem& files() override { return *files_; }
  ErrorOr<std::vector<std::string>> file_names() override {
    std::vector<std::string> names;
    std::error_code error;
    std::filesystem::directory_iterator entry(files_->folder(), error);
    for (; !error && entry != std::filesystem::end(entry); entry.increment(error)) {
      names.push_back(entry->path().filename().string());
    }
    if (error) return Error{files_->folder() + ": " + error.message()};
    return names;
  }
  Counters& counters() override { return counters_; }
  const EffectiveFacts& facts() const override { return facts_; }
  std::optional<std::string> failure() const override { return std::nullopt; }
  std::vector<CachedPage> cached_pages() override { return {}; }
  std::vector<MappedRange> mapped_ranges() override { return files_->mapped_ranges(); }
  std::span<std::byte> region_bytes() override { return {}; }

 private:
  std::unique_ptr<BaselineFileSystem> files_;
  Counters counters_;
  EffectiveFacts facts_;
};

// Whether the caller's memory can be the region that the rest of the specification speaks of.
std::optional<Error> check_memory(const LabSpec& spec) {
  if (spec.memory.empty()) {
    if (!spec.keep_memory) return std::nullopt;
    return Error{"keep_memory: there is no memory to keep; give `memory`, or leave it out"};
  }
  if (spec.engine != EngineKind::simulator) {
    return Error{
        "memory of the caller can be a region of the simulator only: other engines map blocks "
        "again elsewhere, or keep files elsewhere; take engine simulator, or leave `memory` out"};
  }
  if (spec.medium != MediumKind::memfd || !spec.region_path.empty()) {
    return Error{
        "memory of the caller and a region's file exclude each other; leave one of them out"};
  }
  const auto address = reinterpret_cast<uintptr_t>(spec.memory.data());
  if (address % page_bytes != 0) {
    return Error{
        fmt::format("memory of the caller at {:#x} is not aligned to a page of {} bytes; align it",
                    address, page_bytes)};
  }
  if (spec.region_bytes != 0 && spec.region_bytes != spec.memory.size()) {
    return Error{fmt::format(
        "region size of {} bytes, but memory of the caller of {}; give the same, or a size of 0",
        spec.region_bytes, spec.memory.size())};
  }
  return check_region_size(spec.memory.size());
}

}  // namespace

ErrorOr<std::unique_ptr<Lab>> Lab::assemble(const LabSpec& spec, CallLog& log) try {
  if (auto error = check_memory(spec)) return *error;
  if (spec.engine != EngineKind::baseline) return assemble_dax_lab(spec, log);
  auto files = BaselineFileSystem::make(
      spec.directory, {.direct_io = spec.direct_io, .space_bytes = spec.space_bytes});
  if (!files.ok()) return files.error();
  return std::unique_ptr<Lab>(new BaselineLab(files.take()));
} catch (const std::bad_alloc&) {
  return Error{"out of memory"};  // short enough to need none
}

std::string fault_delivery_here() {
  const auto trap = HoleTrap::open();
  return trap.ok() ? trap.value()->delivery() : "none: " + trap.error().message;
}

}  // namespace daxlab
