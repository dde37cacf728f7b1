#include "harness/workloads/laid_out_files.h"

#include <algorithm>
#include <utility>

#include "harness/workloads/checks.h"

namespace daxlab {
namespace {

// Of what is a multiple of it and no more, up to what anybody maps as one.
uint64_t alignment_of(uint64_t address) {
  return std::min(address & (~address + 1), largest_alignment_bytes);
}

// 0 is no alignment yet.
uint64_t lower(uint64_t known, uint64_t next) { return known == 0 ? next : std::min(known, next); }

}  // namespace

class LaidOutFiles::LaidOutFile final : public File {
 public:
  LaidOutFile(LaidOutFiles& all, std::unique_ptr<File> file)
      : all_(all), file_(std::move(file)), offset_bytes_(all.layout_.offset_bytes) {}

  Result<uint64_t> read(uint64_t offset_bytes, std::span<std::byte> into) override {
    return file_->read(offset_bytes_ + offset_bytes, into);
  }
  Result<uint64_t> write(uint64_t offset_bytes, std::span<const std::byte> from) override {
    return file_->write(offset_bytes_ + offset_bytes, from);
  }
  uint64_t max_write_bytes() const override { return file_->max_write_bytes(); }
  Status truncate(uint64_t size_bytes) override {
    return file_->truncate(offset_bytes_ + size_bytes);
  }
  Status punch(ByteRange range) override { return file_->punch(moved(range)); }
  Status preallocate(ByteRange range) override { return file_->preallocate(moved(range)); }
  Status sync() override { return file_->sync(); }
  uint64_t size_bytes() const override {
    return std::max(file_->size_bytes(), offset_bytes_) - offset_bytes_;
  }
  Result<std::vector<FileExtent>> extents() override {
    auto extents = file_->extents();
    if (!extents.ok()) return extents;
    std::vector<FileExtent> own;
    for (FileExtent extent : extents.value()) {
      if (extent.pgoff < first_page()) continue;  // verify() says that it should not be there
      extent.pgoff -= first_page();
      own.push_back(extent);
    }
    return own;
  }
  Result<std::unique_ptr<View>> map(PageRange range) override {
    range.pgoff += first_page();
    const uint64_t align_bytes = all_.layout_.align_bytes;
    auto view = align_bytes == 0 ? file_->map(range) : file_->map_aligned(range, align_bytes);
    if (view.ok()) all_.note_address(*view.value());
    return view;
  }

 private:
  uint64_t first_page() const { return offset_bytes_ / page_bytes; }
  ByteRange moved(ByteRange range) const {
    return {offset_bytes_ + range.offset_bytes, range.length_bytes};
  }

  LaidOutFiles& all_;
  const std::unique_ptr<File> file_;
  const uint64_t offset_bytes_;
};

std::unique_ptr<File> LaidOutFiles::lay_out(std::unique_ptr<File> file) {
  if (layout_.align_bytes != 0) {
    file->align_blocks(layout_.offset_bytes / page_bytes, layout_.align_bytes);
  }
  return std::make_unique<LaidOutFile>(*this, std::move(file));
}

Result<std::unique_ptr<File>> LaidOutFiles::create(std::string_view name) {
  auto file = files_.create(name);
  if (!file.ok()) return file;
  {
    const std::lock_guard guard(mutex_);
    names_.emplace(name);
  }
  return lay_out(file.take());
}

Result<std::unique_ptr<File>> LaidOutFiles::open(std::string_view name) {
  auto file = files_.open(name);
  if (!file.ok()) return file;
  return lay_out(file.take());
}

Status LaidOutFiles::unlink(std::string_view name) {
  const std::lock_guard guard(mutex_);
  if (const auto known = names_.find(name); known != names_.end()) names_.erase(known);
  return files_.unlink(name);
}

void LaidOutFiles::note_address(const View& view) {
  if (view.raw() == nullptr) return;
  const uint64_t next = alignment_of(reinterpret_cast<uint64_t>(view.raw()));
  uint64_t known = address_alignment_bytes_.load();
  while (!address_alignment_bytes_.compare_exchange_weak(known, lower(known, next))) {
  }
}

std::optional<Failure> LaidOutFiles::verify(const char* workload) {
  const Content zeros = [](uint64_t, std::span<std::byte> into) {
    std::ranges::fill(into, std::byte{0});
  };
  const uint64_t first_page = layout_.offset_bytes / page_bytes;
  for (const std::string& name : names_) {
    const Place place{workload, name};
    auto opened = files_.open(name);
    if (!opened.ok()) return failed_call(place, "open", opened.status());
    File& file = *opened.value();
    const uint64_t before_bytes = std::min(layout_.offset_bytes, file.size_bytes());
    if (auto wrong = verify_read(file, place, {0, before_bytes}, zeros)) return wrong;
    const auto extents = file.extents();
    if (extents.ok() && !extents.value().empty() && extents.value()[0].pgoff < first_page) {
      return failure_at(place, "a block lies before offset, where nobody has stored");
    }
  }
  return std::nullopt;
}

void LaidOutFiles::report(WorkloadRun& run) {
  if (layout_.align_bytes == 0) return;
  const uint64_t first_page = layout_.offset_bytes / page_bytes;
  uint64_t block_alignment_bytes = 0;
  for (const std::string& name : names_) {
    auto opened = files_.open(name);
    if (!opened.ok()) continue;  // verify() tells
    const auto extents = opened.value()->extents();
    if (!extents.ok()) continue;
    for (const FileExtent& extent : extents.value()) {
      if (extent.pgoff > first_page || first_page >= extent.pgoff + extent.pages) continue;
      const uint64_t block = extent.block + (first_page - extent.pgoff);
      block_alignment_bytes = lower(block_alignment_bytes, alignment_of(block * block_bytes));
    }
  }
  const auto put = [&](const char* name, uint64_t bytes) {
    if (bytes != 0) run.extra.emplace_back(name, static_cast<double>(bytes));
  };
  put("address_alignment_bytes", address_alignment_bytes_.load());
  put("block_alignment_bytes", block_alignment_bytes);
}

}  // namespace daxlab
