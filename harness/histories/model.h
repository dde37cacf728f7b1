// What must happen: files as byte arrays in memory, with as much space as anyone asks for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "daxlab/status.h"
#include "daxlab/types.h"
#include "harness/histories/history.h"

namespace daxlab {

// What one operation gave. Fields that its kind does not speak of stay as they are here.
struct Outcome {
  ErrorCode code = ErrorCode::ok;
  uint64_t count_bytes = 0;      // read, write
  uint64_t size_bytes = 0;       // of the file, after any operation on an open file
  uint64_t word = 0;             // load
  std::vector<std::byte> bytes;  // read
};

// The bytes of one file. One thread at a time.
class ModelFile {
 public:
  uint64_t size_bytes() const { return bytes_.size(); }
  const std::vector<std::byte>& bytes() const { return bytes_; }

  std::vector<std::byte> read(uint64_t offset_bytes, uint64_t length_bytes) const;
  void write(uint64_t offset_bytes, std::span<const std::byte> from);
  void truncate(uint64_t size_bytes);
  void punch(ByteRange range);
  void preallocate(ByteRange range);

  // A page that holds no byte of the file: touching it is a bus error.
  bool is_beyond_end(uint64_t pgoff) const { return pgoff * page_bytes >= bytes_.size(); }
  // What a mapping shows at a multiple of 8; zeros where the last page goes on past the end.
  uint64_t word(uint64_t offset_bytes) const;
  // offset_bytes + 8 <= size_bytes()
  void set_word(uint64_t offset_bytes, uint64_t value);

  // The memory under a page is lost, until the page is cut off, punched or written as a whole.
  void lose(uint64_t pgoff) { lost_.insert(pgoff); }
  bool is_lost(uint64_t pgoff) const { return lost_.contains(pgoff); }
  bool has_lost(PageRange pages) const;
  bool has_lost() const { return !lost_.empty(); }

 private:
  std::vector<std::byte> bytes_;
  std::set<uint64_t> lost_;
};

// A file that is there before the first operation, and that nobody has open.
struct FileBefore {
  uint32_t file = 0;
  uint64_t value = 0;  // whose written_bytes() it holds
  uint64_t pages = 0;
  std::vector<uint64_t> lost_pages = {};
};

// Runs histories. An operation on a place that holds no open file or view does nothing and is ok;
// the replay on a real file system agrees.
class Model {
 public:
  struct ModelView {
    std::shared_ptr<ModelFile> file;  // null: nothing mapped
    PageRange range;
  };

  Model() = default;
  explicit Model(const std::optional<FileBefore>& before);

  Outcome apply(const Op& op);
  // Whether the operation comes to a lost page: where it need not fail, it may.
  bool meets_lost_page(const Op& op) const;
  // False for what POSIX leaves open (a store past the end, in the last page; a buffer that is what
  // is read or written) and for what the interface forbids (outside the view): such an operation
  // must not be applied.
  bool is_defined(const Op& op) const;

  // Null: no open file. The name may be gone.
  const std::shared_ptr<ModelFile>& file(uint32_t file) const { return open_[file]; }
  // Null: no such name.
  const std::shared_ptr<ModelFile>& named(uint32_t file) const { return named_[file]; }
  bool has_name(uint32_t file) const { return named_[file] != nullptr; }
  const ModelView& view(uint32_t view) const { return views_[view]; }

 private:
  Outcome apply_to_names(const Op& op);
  Outcome apply_to_file(const Op& op);
  bool is_defined_by_view(const Op& op) const;
  Outcome apply_by_view(const Op& op);
  Outcome apply_to_view(const Op& op);

  std::array<std::shared_ptr<ModelFile>, history_files> named_;
  std::array<std::shared_ptr<ModelFile>, history_files> open_;
  std::array<ModelView, history_views> views_;
};

}  // namespace daxlab
