// The words of a case file for our enumerators.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/check/case.h"

namespace daxlab {

template <class Value>
class CaseWords {
 public:
  struct Word {
    std::string name;
    Value value;
  };
  explicit CaseWords(std::vector<Word> words) : words_(std::move(words)) {
    for (const Word& word : words_) names_.push_back(word.name);
  }

  const std::vector<std::string>& names() const { return names_; }
  const std::string& name_of(Value value) const {
    for (const Word& word : words_) {
      if (word.value == value) return word.name;
    }
    assert(false);
    return words_.front().name;
  }
  std::optional<Value> named(std::string_view name) const {
    for (const Word& word : words_) {
      if (word.name == name) return word.value;
    }
    return std::nullopt;
  }

 private:
  std::vector<Word> words_;
  std::vector<std::string> names_;
};

const CaseWords<JudgeName>& judge_words();
const CaseWords<OpKind>& op_words();
const CaseWords<SharedOpKind>& shared_op_words();
const CaseWords<StepKind>& step_words();
const CaseWords<CoreMutation::How>& mutation_words();

}  // namespace daxlab
