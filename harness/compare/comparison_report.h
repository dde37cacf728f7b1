// A comparison as a person, or a program, reads it.
#pragma once

#include <string>

#include "core/base/json.h"
#include "harness/compare/comparison.h"
#include "harness/compare/false_alarms.h"
#include "harness/report/metric.h"

namespace daxlab {

const char* name_of(Difference difference);

// A row for each cell in which a difference was found, or for `all`, and what was found in one
// line.
std::string as_text(const Comparison& comparison, const Metric& metric, bool all);
Json as_json(const Comparison& comparison, const Metric& metric);

std::string as_text(const SelfTest& result, const ComparisonSettings& settings);

}  // namespace daxlab
