// The programs of a case file.
#pragma once

#include "harness/check/case_file_json.h"
#include "harness/histories/concurrent.h"
#include "harness/histories/history.h"

namespace daxlab {

// Each operation is one that the model defines.
History read_history(const CaseValue& map);
// Each operation touches what is in its file and its view.
ConcurrentProgram read_concurrent_program(const CaseValue& map);

}  // namespace daxlab
