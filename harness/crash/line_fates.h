// What a crash does to lines that are not certain, by chance. Mistakes hide in few lines: besides
// any mixture, all lines but one are kept, or one alone, or all.
#pragma once

#include <cstdint>

#include "harness/histories/random.h"

namespace daxlab {

enum class LineFate : uint32_t { lost, kept, torn };

class LineFates {
 public:
  // So many lines. `random` outlives it, and others may draw from it between two lines.
  LineFates(Random& random, uint64_t lines)
      : random_(random),
        one_(lines == 0 ? 0 : random.below(lines)),
        choice_(static_cast<Choice>(random.below(4))) {}

  // Of one line after the other.
  LineFate next() {
    const auto fate = static_cast<LineFate>(random_.below(3));
    const bool is_one = next_++ == one_;
    switch (choice_) {
      case Choice::all:
        return LineFate::kept;
      case Choice::all_but_one:
        if (!is_one) return LineFate::kept;
        return fate == LineFate::kept ? LineFate::lost : fate;
      case Choice::one_alone:
        if (!is_one) return LineFate::lost;
        return fate == LineFate::lost ? LineFate::kept : fate;
      case Choice::any_mixture:
        break;
    }
    return fate;
  }

 private:
  enum class Choice : uint32_t { all, all_but_one, one_alone, any_mixture };
  Random& random_;
  const uint64_t one_;
  const Choice choice_;
  uint64_t next_ = 0;
};

}  // namespace daxlab
