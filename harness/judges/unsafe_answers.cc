#include "harness/judges/unsafe_answers.h"

namespace daxlab {
namespace {

// "alloc plugin 'first_fit' (...): allocate returned blocks 5 to 6, of which block 5 is in use"
// "alloc plugin 'first_fit' (...) wrote behind the end of its arena of 16 bytes ..."
bool is_overrun(const std::string& answer) {
  return answer.find(" behind the end of its arena ") != std::string::npos;
}

bool is_of_allocator(const std::string& answer) { return answer.starts_with("alloc"); }

}  // namespace

std::optional<Verdict> judge_strategy_answers(const LabAtRest& rest, const std::string& where,
                                              std::optional<uint64_t> at) {
  if (!rest.unsafe_answer || is_of_allocator(*rest.unsafe_answer)) return std::nullopt;
  return Verdict{JudgeName::isolation, "answers of a strategy that are safe to follow",
                 *rest.unsafe_answer, where, at};
}

std::optional<Verdict> judge_allocator_answers(const LabAtRest& rest, const std::string& where,
                                               std::optional<uint64_t> at) {
  if (!rest.unsafe_answer || !is_of_allocator(*rest.unsafe_answer)) return std::nullopt;
  return Verdict{JudgeName::accounting,
                 is_overrun(*rest.unsafe_answer) ? "an allocator that stays inside its arenas"
                                                 : "blocks that are free, from an allocator",
                 *rest.unsafe_answer, where, at};
}

}  // namespace daxlab
