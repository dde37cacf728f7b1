#include "harness/check/case_file_words.h"

namespace daxlab {
namespace {

// Enumerators from 0 to `last`, with the names that they have elsewhere.
template <class Value>
CaseWords<Value> words_until(Value last) {
  std::vector<typename CaseWords<Value>::Word> words;
  for (uint32_t i = 0; i <= static_cast<uint32_t>(last); ++i) {
    words.push_back({name_of(static_cast<Value>(i)), static_cast<Value>(i)});
  }
  return CaseWords<Value>(std::move(words));
}

}  // namespace

const CaseWords<JudgeName>& judge_words() {
  static const auto words =
      words_until(static_cast<JudgeName>(static_cast<uint32_t>(JudgeName::count) - 1));
  return words;
}

const CaseWords<OpKind>& op_words() {
  static const auto words = words_until(OpKind::view_sync);
  return words;
}

const CaseWords<StepKind>& step_words() {
  static const auto words = words_until(StepKind::relax);
  return words;
}

const CaseWords<SharedOpKind>& shared_op_words() {
  static const CaseWords<SharedOpKind> words({{"load", SharedOpKind::load},
                                              {"store", SharedOpKind::store},
                                              {"read", SharedOpKind::read},
                                              {"write", SharedOpKind::write},
                                              {"punch", SharedOpKind::punch},
                                              {"truncate", SharedOpKind::truncate},
                                              {"preallocate", SharedOpKind::preallocate},
                                              {"prefault_read", SharedOpKind::prefault_read},
                                              {"prefault_write", SharedOpKind::prefault_write},
                                              {"view_sync", SharedOpKind::view_sync},
                                              {"sync", SharedOpKind::sync},
                                              {"make", SharedOpKind::make},
                                              {"visit", SharedOpKind::visit},
                                              {"unlink", SharedOpKind::unlink}});
  return words;
}

const CaseWords<CoreMutation::How>& mutation_words() {
  static const CaseWords<CoreMutation::How> words({{"drop", CoreMutation::How::drop},
                                                   {"twice", CoreMutation::How::twice},
                                                   {"swap", CoreMutation::How::swap}});
  return words;
}

}  // namespace daxlab
