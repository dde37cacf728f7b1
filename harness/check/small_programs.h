// Programs for simulated threads: few operations on few pages, so that a schedule decides much and
// a finding can be read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/histories/concurrent.h"

namespace daxlab {

// The same for the same seed, everywhere. Two threads, sometimes three, with one to four operations
// each on one file or two of two pages, which in every other program one thread has used before.
ConcurrentProgram small_program(uint64_t seed);

// The same of calls only, on a file of up to two pages whose end lies anywhere between words:
// threads that append, cut and read there, and take the pages beside it; in every other program
// also store there, behind the end, too, through mappings of their own. What a mapping shows behind
// the end of a file is nobody's promise, so nobody looks there through one.
ConcurrentProgram small_program_of_calls(uint64_t seed);

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

// "load f0 page 0 word 1 through view 2", with its answer when it has one.
std::string to_text(const SharedOp& op);
std::string to_text(const Event& event);

}  // namespace daxlab
