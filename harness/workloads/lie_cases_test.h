// A lie of a file system, and what a workload has to say about it.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "harness/workloads/lying_file_system.h"
#include "harness/workloads/workload_test_run.h"

namespace daxlab {

using Options = std::map<std::string, uint64_t>;

struct LieCase {
  const char* what;
  const char* workload;
  Options options;
  Lies lies;
  std::vector<const char*> says;
  uint64_t threads = 1;
};

inline void expect_found(const std::vector<LieCase>& cases) {
  for (const LieCase& test : cases) {
    SCOPED_TRACE(std::string(test.workload) + ": " + test.what);
    const auto run_once = [&] {
      const auto files = baseline_in_memory();
      LyingFileSystem lying(*files, test.lies);
      return run_workload(lying, test.workload, test.options, test.threads);
    };
    TestRun run = run_once();
    // What one thread sees of another depends on how they meet; on a busy machine they may not.
    for (int more = 0; !run.failure && test.threads > 1 && more < 50; ++more) run = run_once();
    ASSERT_TRUE(run.failure);
    for (const char* part : test.says)
      EXPECT_NE(message_of(run).find(part), std::string::npos) << message_of(run);
  }
}

inline Status refused() { return ErrorCode::io_error; }

// A word of one page is not what anybody stored there.
inline uint64_t ghost(const View& view, uint64_t, uint64_t at) {
  return at == 9 * page_bytes ? uint64_t{0x77} : view.load(at);
}

}  // namespace daxlab
