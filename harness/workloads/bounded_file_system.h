// For tests: a file system of a fixed number of blocks over another one, with either answer to a
// full region, and with the faults that accounting must find.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "core/file/file_system.h"

namespace daxlab {

enum class AtFull { partial, all_or_nothing };
enum class Fault {
  none,
  leaks_at_failure,    // a failed write keeps a block
  grows_at_failure,    // a failed write changes the size
  writes_at_failure,   // a failed write changes bytes before the end
  buffers_at_failure,  // a write that finds no space is reported as done
  reports_more,        // a short write reports more than it wrote
  writes_more,         // a short write reports less than it wrote
  keeps_after_unlink,  // blocks of an unlinked file stay taken
  keeps_after_punch,
  punches_one_page_more,
  stays_full,             // once full, no write succeeds again
  stores_at_failure,      // a refused store changes the word
  store_stays_refused,    // a page whose store was refused takes none later
  stores_to_blocks_fail,  // once full, pages that have blocks take no stores either
  never_full_for_stores,  // stores find blocks that are not there
};

struct BlockPool {
  std::mutex mutex;  // guards all below and every page set
  uint64_t total = 0, taken = 0;
  bool was_full = false;
  Fault fault = Fault::none;
  std::set<const std::set<uint64_t>*> page_sets = {};  // of all living inodes
};

// The pages of a file that have blocks; they go back when the last File and View of it is gone.
class BoundedInode {
 public:
  explicit BoundedInode(BlockPool& pool) : pool_(pool) {
    const std::lock_guard guard(pool_.mutex);
    pool_.page_sets.insert(&pages);
  }
  ~BoundedInode() {
    const std::lock_guard guard(pool_.mutex);
    pool_.page_sets.erase(&pages);
    if (pool_.fault != Fault::keeps_after_unlink) pool_.taken -= pages.size();
  }
  BoundedInode(const BoundedInode&) = delete;
  BoundedInode& operator=(const BoundedInode&) = delete;

  // The lock is held for these.
  bool take(uint64_t page) {
    if (pages.contains(page)) return true;
    if (pool_.taken == pool_.total) {
      pool_.was_full = true;
      return false;
    }
    pages.insert(page);
    ++pool_.taken;
    return true;
  }
  void give_back(uint64_t first_page, uint64_t end_page) {
    const auto first = pages.lower_bound(first_page), last = pages.lower_bound(end_page);
    pool_.taken -= static_cast<uint64_t>(std::distance(first, last));
    pages.erase(first, last);
  }
  BlockPool& pool() const { return pool_; }

  std::set<uint64_t> pages;
  std::set<uint64_t> refused;

 private:
  BlockPool& pool_;
};

class BoundedView final : public View {
 public:
  BoundedView(std::unique_ptr<View> inner, std::shared_ptr<BoundedInode> inode)
      : View(nullptr, inner->length_bytes()), inner_(std::move(inner)), inode_(std::move(inode)) {}
  Result<uint64_t> try_load(uint64_t offset_bytes) const override {
    return inner_->try_load(offset_bytes);
  }
  Status try_store(uint64_t offset_bytes, uint64_t value) override {
    BlockPool& pool = inode_->pool();
    const std::lock_guard guard(pool.mutex);
    const uint64_t page = offset_bytes / page_bytes;
    const bool had_block = inode_->pages.contains(page);
    bool taken = inode_->take(page) || pool.fault == Fault::never_full_for_stores;
    if (had_block && pool.was_full && pool.fault == Fault::stores_to_blocks_fail) taken = false;
    if (pool.fault == Fault::store_stays_refused && inode_->refused.contains(page)) taken = false;
    if (!taken) {
      inode_->refused.insert(page);
      if (pool.fault == Fault::stores_at_failure) inner_->store(offset_bytes, value);
      return ErrorCode::no_space;
    }
    return inner_->try_store(offset_bytes, value);
  }
  Status prefault(ByteRange range, bool write) override { return inner_->prefault(range, write); }
  Status sync(ByteRange range) override { return inner_->sync(range); }

 protected:
  uint64_t load_by_call(uint64_t offset_bytes) const override { return inner_->load(offset_bytes); }
  void store_by_call(uint64_t offset_bytes, uint64_t value) override {
    if (!try_store(offset_bytes, value).ok()) std::abort();
  }

 private:
  std::unique_ptr<View> inner_;
  std::shared_ptr<BoundedInode> inode_;
};

class BoundedFile final : public File {
 public:
  BoundedFile(std::unique_ptr<File> inner, std::shared_ptr<BoundedInode> inode, AtFull at_full)
      : inner_(std::move(inner)), inode_(std::move(inode)), at_full_(at_full) {}

  Result<uint64_t> read(uint64_t offset_bytes, std::span<std::byte> into) override {
    return inner_->read(offset_bytes, into);
  }

  Result<uint64_t> write(uint64_t offset_bytes, std::span<const std::byte> from) override {
    BlockPool& pool = inode_->pool();
    const std::lock_guard guard(pool.mutex);
    if (pool.fault == Fault::stays_full && pool.was_full) return ErrorCode::no_space;
    const uint64_t end_bytes = offset_bytes + from.size();
    const std::set<uint64_t> before = inode_->pages;
    uint64_t fits_to_bytes = offset_bytes;
    while (fits_to_bytes < end_bytes && inode_->take(fits_to_bytes / page_bytes))
      fits_to_bytes = std::min(end_bytes, (fits_to_bytes / page_bytes + 1) * page_bytes);
    const uint64_t fits = fits_to_bytes - offset_bytes;
    if (fits == from.size()) return inner_->write(offset_bytes, from);
    if (pool.fault == Fault::buffers_at_failure) return from.size();
    if (fits == 0 || at_full_ == AtFull::all_or_nothing) return fail(offset_bytes, from, before);
    if (pool.fault == Fault::writes_more) {
      (void)inner_->write(offset_bytes, from);
      return fits;
    }
    const auto written = inner_->write(offset_bytes, from.first(fits));
    return pool.fault == Fault::reports_more && written.ok() ? fits + 8 : written;
  }

  uint64_t max_write_bytes() const override { return inner_->max_write_bytes(); }

  Status truncate(uint64_t size_bytes) override {
    const std::lock_guard guard(inode_->pool().mutex);
    inode_->give_back((size_bytes + page_bytes - 1) / page_bytes, UINT64_MAX);
    return inner_->truncate(size_bytes);
  }
  Status punch(ByteRange range) override {
    BlockPool& pool = inode_->pool();
    const std::lock_guard guard(pool.mutex);
    if (pool.fault == Fault::punches_one_page_more) range.length_bytes += page_bytes;
    const uint64_t first_page = (range.offset_bytes + page_bytes - 1) / page_bytes;
    const uint64_t taken = pool.taken;
    inode_->give_back(first_page, std::max(first_page, range.end() / page_bytes));
    if (pool.fault == Fault::keeps_after_punch) pool.taken = taken;
    return inner_->punch(range);
  }
  Status preallocate(ByteRange) override { return ErrorCode::unsupported; }
  Status sync() override { return inner_->sync(); }
  uint64_t size_bytes() const override { return inner_->size_bytes(); }
  Result<std::vector<FileExtent>> extents() override { return inner_->extents(); }
  Result<std::unique_ptr<View>> map(PageRange range) override {
    auto view = inner_->map(range);
    if (!view.ok()) return view.status();
    return std::unique_ptr<View>(std::make_unique<BoundedView>(view.take(), inode_));
  }

 private:
  Status fail(uint64_t offset_bytes, std::span<const std::byte> from,
              const std::set<uint64_t>& before) {
    BlockPool& pool = inode_->pool();
    pool.taken -= inode_->pages.size() - before.size();
    inode_->pages = before;
    if (pool.fault == Fault::leaks_at_failure && pool.taken < pool.total) ++pool.taken;
    if (pool.fault == Fault::grows_at_failure) (void)inner_->truncate(offset_bytes + 8);
    if (pool.fault == Fault::writes_at_failure && offset_bytes >= 8)
      (void)inner_->write(offset_bytes - 8, from.first(8));
    return ErrorCode::no_space;
  }

  std::unique_ptr<File> inner_;
  std::shared_ptr<BoundedInode> inode_;
  AtFull at_full_;
};

// `inner` outlives this, and this what is opened here. No second open of a file.
class BoundedFileSystem final : public FileSystem {
 public:
  BoundedFileSystem(FileSystem& inner, uint64_t blocks, AtFull at_full, Fault fault = Fault::none)
      : inner_(inner), at_full_(at_full) {
    pool_.total = blocks;
    pool_.fault = fault;
  }
  Result<std::unique_ptr<File>> create(std::string_view name) override {
    auto file = inner_.create(name);
    if (!file.ok()) return file.status();
    auto inode = std::make_shared<BoundedInode>(pool_);
    const std::lock_guard guard(names_mutex_);
    names_[std::string(name)] = inode;
    return std::unique_ptr<File>(
        std::make_unique<BoundedFile>(file.take(), std::move(inode), at_full_));
  }
  Result<std::unique_ptr<File>> open(std::string_view) override { return ErrorCode::unsupported; }
  Status unlink(std::string_view name) override {
    const std::lock_guard guard(names_mutex_);
    names_.erase(std::string(name));
    return inner_.unlink(name);
  }
  SpaceUse space_use() override {
    const std::lock_guard guard(pool_.mutex);
    uint64_t used = 0;
    for (const auto* pages : pool_.page_sets) used += pages->size();
    return {pool_.total, used, pool_.total - pool_.taken};
  }

 private:
  FileSystem& inner_;
  const AtFull at_full_;
  BlockPool pool_;
  std::mutex names_mutex_;
  std::map<std::string, std::shared_ptr<BoundedInode>> names_;
};

}  // namespace daxlab
