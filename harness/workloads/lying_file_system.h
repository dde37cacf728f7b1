// For tests: a file system that is right but for one thing, to show that workloads notice it. Loads
// and stores of its views go by call, as under a simulator.
#pragma once

#include <atomic>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "core/file/file_system.h"

namespace daxlab {

// What is done in place of the right thing; empty: the right thing.
struct Lies {
  std::function<Result<uint64_t>(File&, uint64_t offset_bytes, std::span<const std::byte>)> write =
      {};
  std::function<void(File&, uint64_t offset_bytes, std::span<std::byte> read)> after_read = {};
  std::function<Result<uint64_t>(File&, uint64_t offset_bytes, std::span<std::byte>)> read = {};
  // `mapping` counts from 1 in the order of map() calls of all files.
  std::function<uint64_t(const View&, uint64_t mapping, uint64_t offset_bytes)> load = {};
  std::function<void(View&, uint64_t mapping, uint64_t offset_bytes, uint64_t value)> store = {};
  // Empty: as `load`, if there is that.
  std::function<Result<uint64_t>(const View&, uint64_t mapping, uint64_t offset_bytes)> try_load =
      {};
  std::function<Status(File&, uint64_t size_bytes)> truncate = {};
  std::function<Status(File&, ByteRange)> punch = {};
  std::function<Status()> sync = {};  // of a file or a view
  std::function<Result<std::unique_ptr<File>>(FileSystem&, std::string_view name)> open = {};
  uint64_t max_write_bytes = UINT64_MAX;
  std::function<Result<std::vector<FileExtent>>(File&)> extents = {};
};

class LyingView final : public View {
 public:
  LyingView(std::unique_ptr<View> inner, uint64_t mapping, const Lies& lies)
      : View(nullptr, inner->length_bytes()),
        inner_(std::move(inner)),
        mapping_(mapping),
        lies_(lies) {}
  Result<uint64_t> try_load(uint64_t offset_bytes) const override {
    if (lies_.try_load) return lies_.try_load(*inner_, mapping_, offset_bytes);
    if (lies_.load) return lies_.load(*inner_, mapping_, offset_bytes);
    return inner_->try_load(offset_bytes);
  }
  Status try_store(uint64_t offset_bytes, uint64_t value) override {
    store_by_call(offset_bytes, value);
    return {};
  }
  Status prefault(ByteRange range, bool write) override { return inner_->prefault(range, write); }
  Status sync(ByteRange range) override { return lies_.sync ? lies_.sync() : inner_->sync(range); }

 protected:
  uint64_t load_by_call(uint64_t offset_bytes) const override {
    return lies_.load ? lies_.load(*inner_, mapping_, offset_bytes) : inner_->load(offset_bytes);
  }
  void store_by_call(uint64_t offset_bytes, uint64_t value) override {
    lies_.store ? lies_.store(*inner_, mapping_, offset_bytes, value)
                : inner_->store(offset_bytes, value);
  }

 private:
  std::unique_ptr<View> inner_;
  uint64_t mapping_;
  const Lies& lies_;
};

class LyingFile final : public File {
 public:
  LyingFile(std::unique_ptr<File> inner, const Lies& lies, std::atomic<uint64_t>& mappings)
      : inner_(std::move(inner)), lies_(lies), mappings_(mappings) {}
  Result<uint64_t> read(uint64_t offset_bytes, std::span<std::byte> into) override {
    const auto n =
        lies_.read ? lies_.read(*inner_, offset_bytes, into) : inner_->read(offset_bytes, into);
    if (lies_.after_read) lies_.after_read(*inner_, offset_bytes, into);
    return n;
  }
  Result<uint64_t> write(uint64_t offset_bytes, std::span<const std::byte> from) override {
    return lies_.write ? lies_.write(*inner_, offset_bytes, from)
                       : inner_->write(offset_bytes, from);
  }
  uint64_t max_write_bytes() const override { return lies_.max_write_bytes; }
  Status truncate(uint64_t size_bytes) override {
    return lies_.truncate ? lies_.truncate(*inner_, size_bytes) : inner_->truncate(size_bytes);
  }
  Status punch(ByteRange range) override {
    return lies_.punch ? lies_.punch(*inner_, range) : inner_->punch(range);
  }
  Status preallocate(ByteRange range) override { return inner_->preallocate(range); }
  Status sync() override { return lies_.sync ? lies_.sync() : inner_->sync(); }
  uint64_t size_bytes() const override { return inner_->size_bytes(); }
  Result<std::vector<FileExtent>> extents() override {
    return lies_.extents ? lies_.extents(*inner_) : inner_->extents();
  }
  Result<std::unique_ptr<View>> map(PageRange range) override {
    auto view = inner_->map(range);
    if (!view.ok()) return view.status();
    return std::unique_ptr<View>(std::make_unique<LyingView>(view.take(), ++mappings_, lies_));
  }

 private:
  std::unique_ptr<File> inner_;
  const Lies& lies_;
  std::atomic<uint64_t>& mappings_;
};

// `inner` and this outlive what is opened here. Mappings are counted for one thread.
class LyingFileSystem final : public FileSystem {
 public:
  LyingFileSystem(FileSystem& inner, Lies lies) : inner_(inner), lies_(std::move(lies)) {}
  Result<std::unique_ptr<File>> create(std::string_view name) override {
    return wrap(inner_.create(name));
  }
  Result<std::unique_ptr<File>> open(std::string_view name) override {
    return wrap(lies_.open ? lies_.open(inner_, name) : inner_.open(name));
  }
  Status unlink(std::string_view name) override { return inner_.unlink(name); }
  SpaceUse space_use() override { return inner_.space_use(); }

 private:
  Result<std::unique_ptr<File>> wrap(Result<std::unique_ptr<File>> file) {
    if (!file.ok()) return file.status();
    return std::unique_ptr<File>(std::make_unique<LyingFile>(file.take(), lies_, mappings_));
  }

  FileSystem& inner_;
  const Lies lies_;
  std::atomic<uint64_t> mappings_ = 0;
};

}  // namespace daxlab
