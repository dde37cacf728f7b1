// Engines give the same answers for the same history.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "harness/judges/evidence.h"

namespace daxlab {

struct EngineAnswers {
  std::string engine;
  SequentialEvidence evidence;
};

// The first difference of any engine from the first one: answers, then what files and views show at
// the end. Names must give the same code; of other errors one is as good as another. Space is not
// compared: engines may serve other pages around a fault. For histories in which it does not run
// out.
std::optional<Verdict> judge_parity(std::span<const EngineAnswers> engines);

}  // namespace daxlab
