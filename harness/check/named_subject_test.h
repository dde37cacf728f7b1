// Combinations of shipped strategies and hazards, for the tests of this folder.
#pragma once

#include <string>

#include "harness/check/check.h"
#include "harness/check/write_promises.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {

inline CheckSubject subject_named(const std::string& fault, const std::string& write,
                                  const std::string& alloc) {
  const LabSpec spec = spec_of({.fault = fault, .write = write, .alloc = alloc});
  CheckSubject subject;
  subject.name = fault + "/" + write + "/" + alloc;
  subject.fault = spec.fault;
  subject.write = spec.write;
  subject.alloc = spec.alloc;
  const WritePromises promises = promises_of(write);
  subject.all_or_nothing = promises.all_or_nothing;
  subject.atomic = promises.atomic;
  return subject;
}

}  // namespace daxlab
