// All images that a crash may leave at one moment, numbered; without those in which nobody could
// see a difference.
//
// Each word of metadata that is not certain has its values, and every combination of them is an
// image. Words of files are not combined:
//   - Recovery does not read them, so what it does and what it stores is the same for all of them.
//   - The judge compares each such word with what is legal for it alone, given what recovery came
//     to. So with each combination of metadata every value of every such word has to be judged
//     once, no matter beside which others: image k of a few shows each word in its k-th value.
//   - Only a write that promises to be there as a whole is judged by several words together, and
//     then by whether one is not old and one is not new: for that there is one image in which
//     every other word is new. With all of them old, and all of them new, it shows every pair.
// Words that nobody reads stay as they were.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/crash/crash_image.h"
#include "harness/crash/word_uses.h"

namespace daxlab {

class ImageChoices {
 public:
  // Unpruned: every word counts as metadata; for tests of the above.
  explicit ImageChoices(bool prunes = true) : prunes_(prunes) {}

  // Images as they stand between two events.
  void find(const CrashImages& images);

  // Lines of metadata that are not certain.
  uint64_t open_lines() const { return open_lines_; }
  // Images are numbered from 0 (nothing that is open was kept); UINT64_MAX: that many or more.
  // `mixed`: with those in which words of files are partly new.
  uint64_t count(bool mixed) const;

  // Of all that is open, and what is certain: equal for equal moments of two runs that began alike.
  uint64_t fingerprint(const CrashImages& images) const;

  // The image of that number, into `images`; of any number below count(true).
  void put(uint64_t number, CrashImages& images) const;
  // Any other one, by a seed: all of it kept, all but one line, one line alone, or any mixture.
  void put_sample(uint64_t seed, CrashImages& images) const;
  // Of an image put: each line of which not all was kept, and who had stored it. The first few.
  std::vector<std::string> taken(const CrashImages& images) const;

 private:
  enum class Kind : uint8_t { one_of, first_so_many };
  // A digit of an image's number: none for 0; the d-th of these stores, or the first d of them.
  struct Dimension {
    Kind kind;
    size_t first;   // in picks_
    size_t stores;  // one less than it has values
    uint64_t line;  // no_line: several
  };
  void add_words();
  void add_buffered();
  void add_dimension(Kind kind, size_t first);
  void find_layers();
  uint64_t data_digits(bool mixed) const {
    return 1 + layers_ + (mixed && data_words_ > 1 ? 1 : 0);
  }
  uint64_t newest_digit(const Dimension& dimension, const CrashImages& images) const;
  void choose(const Dimension& dimension, uint64_t digit) const;
  void choose_data(uint64_t digit) const;
  void put_chosen(CrashImages& images) const;

  static constexpr uint64_t no_line = UINT64_MAX;
  bool prunes_;
  bool in_order_ = false;  // eADR: what is put later lies over what is put earlier
  WordUses uses_;
  std::vector<OpenStore> open_;
  std::vector<size_t> picks_;  // of open_: metadata, by dimension
  std::vector<Dimension> dimensions_;
  std::vector<size_t> data_;  // of open_: words of files, by word and then in their order
  uint64_t data_words_ = 0;
  uint64_t layers_ = 0;  // most values of one of them
  uint64_t open_lines_ = 0;
  mutable std::vector<size_t> chosen_;  // of open_; kept for its memory
};

}  // namespace daxlab
