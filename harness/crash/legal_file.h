// What a crash may leave in one file: its last durable words, and whatever was stored to them
// through a mapping since.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "daxlab/types.h"
#include "harness/histories/model.h"

namespace daxlab {

// A value between operations. Words are 8 bytes of the file, numbered.
class LegalFile {
 public:
  uint64_t size_bytes() const { return size_bytes_; }

  // The file after an operation, which changed nothing outside of `changed` but the size. Words of
  // `durable`, and those past the old end, are certain from now on; other words that changed may
  // also be what they were.
  void become(const ModelFile& now, ByteRange changed, ByteRange durable);

  // As it is without a crash; zero past the end.
  uint64_t word(uint64_t number) const;
  // page_bytes of them.
  const uint64_t* words_of_page(uint64_t pgoff) const { return words_of_page(pages_, pgoff); }
  bool is_zero(uint64_t pgoff) const { return pgoff >= pages_.size() || pages_[pgoff] == nullptr; }
  // Of the value, only the bits of `mask` were to be seen.
  bool allows(uint64_t number, uint64_t value, uint64_t mask) const;
  // "0x1", "0x1 or 0x2"
  std::string allowed_text(uint64_t number, uint64_t mask) const;
  // Something that the word, or the size, has been before.
  bool has_been(uint64_t number, uint64_t value, uint64_t mask) const;
  bool had_size(uint64_t size_bytes) const;

 private:
  using Page = std::array<uint64_t, page_bytes / sizeof(uint64_t)>;
  using Pages = std::vector<std::shared_ptr<const Page>>;  // shared by copies; null: zeros
  struct Past {
    Pages pages;
    uint64_t size_bytes;
  };
  std::span<const Past> past() const { return {past_->data(), pasts_}; }

  static const uint64_t* words_of_page(const Pages& pages, uint64_t pgoff);
  void note_unsynced(uint64_t pgoff, const Page& now, ByteRange durable);

  uint64_t size_bytes_ = 0;
  Pages pages_;
  std::unordered_map<uint64_t, std::vector<uint64_t>>
      unsynced_;  // other values that a word may have
  // Shared by copies: as many of them as the copy had are its own.
  std::shared_ptr<std::vector<Past>> past_ = std::make_shared<std::vector<Past>>();
  size_t pasts_ = 0;
};

}  // namespace daxlab
