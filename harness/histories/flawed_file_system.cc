#include "harness/histories/flawed_file_system.h"

#include <algorithm>
#include <set>
#include <thread>
#include <utility>

namespace daxlab {
namespace {

class FlawedView final : public View {
 public:
  FlawedView(std::shared_ptr<FlawedState> state, std::shared_ptr<FlawedInode> inode,
             PageRange range)
      : View(nullptr, range.pages * page_bytes),
        state_(std::move(state)),
        inode_(std::move(inode)),
        offset_bytes_(range.pgoff * page_bytes) {
    const std::scoped_lock lock(state_->mutex);
    is_later_ = std::exchange(inode_->has_been_mapped, true);
  }

  Result<uint64_t> try_load(uint64_t offset_bytes) const override {
    const std::scoped_lock lock(state_->mutex);
    const uint64_t in_file = offset_bytes_ + offset_bytes;
    const uint64_t pgoff = in_file / page_bytes;
    if (inode_->file.is_beyond_end(pgoff)) {
      if (state_->flaw == Flaw::ignores_end) return uint64_t{0};
      return ErrorCode::beyond_end;
    }
    if (state_->flaw == Flaw::keeps_zero_pages) {
      const auto page = inode_->file.read(pgoff * page_bytes, page_bytes);
      const bool is_zero = std::all_of(page.begin(), page.end(),
                                       [](std::byte byte) { return byte == std::byte{0}; });
      if (is_zero) zero_pages_.insert(pgoff);
      if (zero_pages_.contains(pgoff)) return uint64_t{0};
    }
    if (state_->flaw == Flaw::blinds_later_views && is_later_) return uint64_t{0};
    const bool of_neighbour = state_->flaw == Flaw::shows_neighbours && pgoff % 7 == 3;
    return inode_->file.word(of_neighbour ? in_file - page_bytes : in_file);
  }

  Status try_store(uint64_t offset_bytes, uint64_t value) override {
    const std::scoped_lock lock(state_->mutex);
    const uint64_t in_file = offset_bytes_ + offset_bytes;
    if (inode_->file.is_beyond_end(in_file / page_bytes)) return ErrorCode::beyond_end;
    zero_pages_.erase(in_file / page_bytes);
    const bool drop = state_->flaw == Flaw::drops_stores && ++state_->stores % 7 == 0;
    if (!drop) inode_->file.set_word(in_file, value);
    return {};
  }

  Status prefault(ByteRange range, bool) override {
    const std::scoped_lock lock(state_->mutex);
    const uint64_t last = (offset_bytes_ + range.end() - 1) / page_bytes;
    return inode_->file.is_beyond_end(last) ? Status(ErrorCode::beyond_end) : Status();
  }

  Status sync(ByteRange) override { return {}; }

 protected:
  uint64_t load_by_call(uint64_t offset_bytes) const override {
    return try_load(offset_bytes).value();
  }
  void store_by_call(uint64_t offset_bytes, uint64_t value) override {
    if (!try_store(offset_bytes, value).ok()) std::terminate();
  }

 private:
  std::shared_ptr<FlawedState> state_;
  std::shared_ptr<FlawedInode> inode_;
  uint64_t offset_bytes_;
  bool is_later_ = false;
  mutable std::set<uint64_t> zero_pages_;
};

class FlawedFile final : public File {
 public:
  FlawedFile(std::shared_ptr<FlawedState> state, std::shared_ptr<FlawedInode> inode)
      : state_(std::move(state)), inode_(std::move(inode)) {}

  Result<uint64_t> read(uint64_t offset_bytes, std::span<std::byte> into) override {
    std::this_thread::yield();  // lets calls of several threads overlap, on a busy machine too
    const std::scoped_lock lock(state_->mutex);
    const auto bytes = inode_->file.read(offset_bytes, into.size());
    const bool forgets = state_->flaw == Flaw::forgets_reads && ++state_->reads % 7 == 0;
    if (forgets) return uint64_t{bytes.size()};
    std::copy(bytes.begin(), bytes.end(), into.begin());
    return uint64_t{bytes.size()};
  }

  Result<uint64_t> write(uint64_t offset_bytes, std::span<const std::byte> from) override {
    std::this_thread::yield();
    if (state_->flaw == Flaw::copies_pages) return write_by_copy(offset_bytes, from);
    if (state_->flaw == Flaw::writes_short && from.size() > page_bytes) {
      from = from.first(from.size() / 2);
    }
    const std::scoped_lock lock(state_->mutex);
    inode_->file.write(offset_bytes, from);
    return uint64_t{from.size()};
  }

  uint64_t max_write_bytes() const override { return UINT64_MAX; }

  Status truncate(uint64_t size_bytes) override {
    const std::scoped_lock lock(state_->mutex);
    const uint64_t before = inode_->file.size_bytes();
    if (size_bytes < before) inode_->cut = inode_->file.bytes();
    inode_->file.truncate(size_bytes);
    if (state_->flaw == Flaw::keeps_cut_bytes && size_bytes > before) {
      const uint64_t end = std::min<uint64_t>(size_bytes, inode_->cut.size());
      if (end > before)
        inode_->file.write(before, std::span(inode_->cut).first(end).subspan(before));
    }
    return {};
  }

  Status punch(ByteRange range) override {
    const std::scoped_lock lock(state_->mutex);
    if (state_->flaw == Flaw::punches_pages) {
      const uint64_t first = range.offset_bytes / page_bytes * page_bytes;
      range = {first, (range.end() + page_bytes - 1) / page_bytes * page_bytes - first};
    }
    inode_->file.punch(range);
    return {};
  }

  Status preallocate(ByteRange range) override {
    const std::scoped_lock lock(state_->mutex);
    inode_->file.preallocate(range);
    return {};
  }

  Status sync() override { return {}; }

  uint64_t size_bytes() const override {
    const std::scoped_lock lock(state_->mutex);
    return inode_->file.size_bytes();
  }

  Result<std::vector<FileExtent>> extents() override { return ErrorCode::unsupported; }

  Result<std::unique_ptr<View>> map(PageRange range) override {
    if (range.pages == 0) return ErrorCode::invalid_argument;
    return std::unique_ptr<View>(std::make_unique<FlawedView>(state_, inode_, range));
  }

 private:
  Result<uint64_t> write_by_copy(uint64_t offset_bytes, std::span<const std::byte> from) {
    const uint64_t first = offset_bytes / page_bytes * page_bytes;
    const uint64_t last = offset_bytes + from.size();
    std::vector<std::byte> copy;
    {
      const std::scoped_lock lock(state_->mutex);
      copy = inode_->file.read(first, (last - first + page_bytes - 1) / page_bytes * page_bytes);
    }
    if (copy.size() < last - first) copy.resize(last - first);
    std::copy(from.begin(), from.end(),
              copy.begin() + static_cast<ptrdiff_t>(offset_bytes - first));
    std::this_thread::yield();
    const std::scoped_lock lock(state_->mutex);
    inode_->file.write(first, copy);
    return uint64_t{from.size()};
  }

  std::shared_ptr<FlawedState> state_;
  std::shared_ptr<FlawedInode> inode_;
};

}  // namespace

Result<std::unique_ptr<File>> FlawedFileSystem::create(std::string_view name) {
  if (names_.contains(name)) return ErrorCode::exists;
  names_.emplace(name, std::make_shared<FlawedInode>());
  return open(name);
}

Result<std::unique_ptr<File>> FlawedFileSystem::open(std::string_view name) {
  const auto found = names_.find(name);
  if (found == names_.end()) return ErrorCode::not_found;
  return std::unique_ptr<File>(std::make_unique<FlawedFile>(state_, found->second));
}

Status FlawedFileSystem::unlink(std::string_view name) {
  const auto found = names_.find(name);
  if (found == names_.end()) return ErrorCode::not_found;
  if (state_->flaw == Flaw::forgets_unlinked) {
    found->second->file.punch({0, found->second->file.size_bytes()});
  }
  names_.erase(found);
  return {};
}

}  // namespace daxlab
