// Checks that fault and write strategies share: a lab with them is a file system, and must be
// right.
#pragma once

#include <optional>

#include "harness/conformance/finding.h"
#include "harness/conformance/subject.h"

namespace daxlab {

// Random histories of one thread give the model's answers.
std::optional<Finding> answers_like_the_model_on_the_mmu(const Subject& subject);
std::optional<Finding> answers_like_the_model_on_the_simulator(const Subject& subject);
// Some order explains, per word, what several threads saw; on the mmu.
std::optional<Finding> some_order_explains_threads(const Subject& subject);
// Labs come and go without leaving anything in the process.
std::optional<Finding> labs_give_everything_back(const Subject& subject);

}  // namespace daxlab
