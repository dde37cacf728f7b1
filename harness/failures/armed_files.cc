#include "harness/failures/armed_files.h"

#include "harness/failures/kernel_calls.h"

namespace daxlab {
namespace {

// Its result is made while armed; what the caller does with it is not.
template <class Call>
auto armed(const Call& call) {
  Armed now;
  return call();
}

template <class Thing>
void let_go(std::unique_ptr<Thing>& thing) {
  Armed now;
  thing.reset();
}

class ArmedView final : public View {
 public:
  explicit ArmedView(std::unique_ptr<View> view)
      : View(view->raw(), view->length_bytes()), view_(std::move(view)) {}
  ~ArmedView() override { let_go(view_); }

  Result<uint64_t> try_load(uint64_t offset_bytes) const override {
    return armed([&] { return view_->try_load(offset_bytes); });
  }
  Status try_store(uint64_t offset_bytes, uint64_t value) override {
    return armed([&] { return view_->try_store(offset_bytes, value); });
  }
  Status prefault(ByteRange range, bool write) override {
    return armed([&] { return view_->prefault(range, write); });
  }
  Status sync(ByteRange range) override {
    return armed([&] { return view_->sync(range); });
  }

 protected:
  uint64_t load_by_call(uint64_t offset_bytes) const override { return view_->load(offset_bytes); }
  void store_by_call(uint64_t offset_bytes, uint64_t value) override {
    view_->store(offset_bytes, value);
  }

 private:
  std::unique_ptr<View> view_;
};

class ArmedFile final : public File {
 public:
  explicit ArmedFile(std::unique_ptr<File> file) : file_(std::move(file)) {}
  ~ArmedFile() override { let_go(file_); }

  Result<uint64_t> read(uint64_t offset_bytes, std::span<std::byte> into) override {
    return armed([&] { return file_->read(offset_bytes, into); });
  }
  Result<uint64_t> write(uint64_t offset_bytes, std::span<const std::byte> from) override {
    return armed([&] { return file_->write(offset_bytes, from); });
  }
  uint64_t max_write_bytes() const override { return file_->max_write_bytes(); }
  Status truncate(uint64_t size_bytes) override {
    return armed([&] { return file_->truncate(size_bytes); });
  }
  Status punch(ByteRange range) override {
    return armed([&] { return file_->punch(range); });
  }
  Status preallocate(ByteRange range) override {
    return armed([&] { return file_->preallocate(range); });
  }
  Status sync() override {
    return armed([&] { return file_->sync(); });
  }
  uint64_t size_bytes() const override { return file_->size_bytes(); }
  Result<std::vector<FileExtent>> extents() override { return file_->extents(); }
  Result<std::unique_ptr<View>> map(PageRange range) override {
    auto view = armed([&] { return file_->map(range); });
    if (!view.ok()) return view.code();
    return std::unique_ptr<View>(new ArmedView(view.take()));
  }

 private:
  std::unique_ptr<File> file_;
};

Result<std::unique_ptr<File>> wrapped(Result<std::unique_ptr<File>> file) {
  if (!file.ok()) return file.code();
  return std::unique_ptr<File>(new ArmedFile(file.take()));
}

}  // namespace

Result<std::unique_ptr<File>> ArmedFileSystem::create(std::string_view name) {
  return wrapped(armed([&] { return files_.create(name); }));
}
Result<std::unique_ptr<File>> ArmedFileSystem::open(std::string_view name) {
  return wrapped(armed([&] { return files_.open(name); }));
}
Status ArmedFileSystem::unlink(std::string_view name) {
  return armed([&] { return files_.unlink(name); });
}

}  // namespace daxlab
