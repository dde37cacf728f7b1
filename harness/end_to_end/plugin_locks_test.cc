// Plugins that block with the C++ library's own locks, checked like all others.
#include <gmock/gmock.h>

#include "core/base/json.h"
#include "harness/end_to_end/experiment.h"

namespace daxlab {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

// A thread sanitizer's own functions stand where ours would:
// core/engine/simulator/pthread_locks.cc.
#if !defined(__SANITIZE_THREAD__)

class PluginLocks : public Experiment {
 protected:
  ProcessOutcome check(const std::string& allocator, const std::vector<std::string>& more) {
    std::vector<std::string> words = {
        "check",
        write("config.yaml", "alloc: " + allocator + "\nworkloads: [hole_read]\n").string(),
        "--save",
        folder_.string(),
        "--plugin-path",
        DAXLAB_TEST_PLUGIN_FOLDER,
        "--allow-writable-plugins"};
    words.insert(words.end(), more.begin(), more.end());
    return run_daxlab(words);
  }
};

TEST_F(PluginLocks, ThatAreRightPassUnderEverySchedule) {
  struct Way {
    std::vector<std::string> words;
    uint64_t least_interleavings;
  };
  for (const Way& way : std::vector<Way>{{{"--seeds", "100", "--policy", "random,pct"}, 500},
                                         {{"--time", "1s", "--policy", "exhaustive"}, 1}}) {
    std::vector<std::string> words = way.words;
    words.push_back("--json");
    const ProcessOutcome outcome = check("waits_its_turn", words);
    EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
    const Json document = json_or_null(outcome.out);
    ASSERT_TRUE(document.is_map()) << outcome.out;
    EXPECT_EQ(document["passed"], 1);
    EXPECT_GE(document["explored"]["interleavings"].as_unsigned(), way.least_interleavings)
        << way.words.back();
  }
}

TEST_F(PluginLocks, TakenInTwoOrdersAreToldWithWhoHoldsWhat) {
  const ProcessOutcome outcome = check("first_fit_locks_in_two_orders", {"--time", "60s"});
  EXPECT_EQ(outcome.exit_status, 1) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("\n  judge:     progress: "));
  EXPECT_THAT(outcome.out, HasSubstr("deadlock: nobody can go on\n"));
  const std::string place = "plugins/hazards/first_fit_locks_in_two_orders\\.so\\+0x[0-9a-f]+";
  for (const char* thread : {"0", "1"}) {
    const std::string other = *thread == '0' ? "1" : "0";
    EXPECT_THAT(outcome.out,
                ContainsRegex(std::string("thread ") + thread + " waits at " + place +
                              " \\(lock\\), which thread " + other + " holds since " + place));
  }
}

#endif

}  // namespace
}  // namespace daxlab
