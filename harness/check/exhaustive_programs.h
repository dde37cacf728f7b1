// All the small programs there are over a few operations, for whoever wants to leave none out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/histories/concurrent.h"

namespace daxlab {

// What exhaustive programs are made of, by name.
struct NamedOp {
  const char* name;  // "store through the other view"
  SharedOp op;
};
const std::vector<NamedOp>& alphabet();

// Every program of two threads with 2 to most_ops operations of the alphabet, at least one each, in
// a fixed order: on a hole that nobody has touched, and on one that both views show. Of programs
// that are the same but for the numbers of threads only one; none in which nothing is changed.
class ExhaustivePrograms {
 public:
  explicit ExhaustivePrograms(uint32_t most_ops);
  uint64_t size() const { return 2 * programs_.size(); }
  ConcurrentProgram program(uint64_t number) const;

 private:
  struct Ops {
    std::vector<size_t> first, second;  // of the alphabet
  };
  std::vector<Ops> programs_;
};

}  // namespace daxlab
