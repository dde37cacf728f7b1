// What happened in a run, line by line, for people.
#pragma once

#include <string>
#include <vector>

#include "harness/check/case.h"
#include "harness/check/trial.h"

namespace daxlab {

// "load f0 page 0 word 1 through view 2", with its answer when it has one.
std::string to_text(const SharedOp& op);
std::string to_text(const Event& event);

// Operations with their answers, in the order in which they began; of several threads also the
// steps between them that others can see. At the end what a crash took.
std::vector<std::string> story_of(const Case& shown, const Trial& trial);

}  // namespace daxlab
