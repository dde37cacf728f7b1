// Which pages of a history's files have blocks when it is over, whoever stores them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "harness/histories/history.h"
#include "harness/histories/model.h"

namespace daxlab {

// Of one file, by page.
struct FileBlocks {
  std::set<uint64_t> must;    // written or stored to, or preallocated, and not freed since
  std::set<uint64_t> may;     // those, and what is left to whoever does it
  std::set<uint64_t> loaded;  // touched by a read through a mapping, and not freed since
};

class ExpectedBlocks {
 public:
  // Runs the history on a model.
  explicit ExpectedBlocks(const History& history);

  // Of the file that is open at that place at the end; nullptr: none is.
  const FileBlocks* file(uint32_t file) const;
  // Of all files that still have a name, or are open or mapped: how many pages.
  uint64_t must_pages() const { return sum_of(&FileBlocks::must); }
  // Where pages that were read may have got one, too.
  uint64_t may_pages_with_loaded() const;

 private:
  using Pages = std::set<uint64_t> FileBlocks::*;
  void note(const Op& op, const Outcome& outcome);
  void note_file(const Op& op, const Outcome& outcome);
  void note_view(uint32_t view, ByteRange range, Pages pages);
  void free_pages(FileBlocks& blocks, uint64_t first_page, uint64_t end_page);
  void free_range(FileBlocks& blocks, ByteRange range, uint64_t size_bytes);
  uint64_t sum_of(Pages pages) const;
  std::set<std::shared_ptr<ModelFile>> living() const;
  FileBlocks& of(const std::shared_ptr<ModelFile>& file) { return blocks_[file]; }

  Model model_;
  std::map<std::shared_ptr<ModelFile>, FileBlocks> blocks_;
};

}  // namespace daxlab
