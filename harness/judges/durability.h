// What was synced before a crash is there after it; `atomic` is never torn. harness/crash looks for
// it; a run without a crash cannot show the lack of a flush, so here is only who it belongs to.
#pragma once

#include "harness/crash/crash_verdict.h"
#include "harness/judges/judge.h"

namespace daxlab {

// Accounting and isolation have their own judges after a crash, too; all else is durability.
JudgeName judge_of(Promise promise);
Verdict verdict_of(const CrashFinding& finding);

}  // namespace daxlab
