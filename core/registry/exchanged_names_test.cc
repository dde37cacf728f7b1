// Two names that somebody exchanges, over and over, while daxlab looks, describes and loads: the
// code of another user must never run. A few tries here; DAXLAB_EXCHANGES=10000 makes more
// (harness/soak --exchanges).
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "core/base/other_user_test.h"
#include "core/registry/child_process.h"
#include "core/registry/loaded_plugin.h"
#include "core/registry/plugin_workshop.h"
#include "core/registry/registry.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

int tries() {
  const char* const wanted = std::getenv("DAXLAB_EXCHANGES");
  return wanted != nullptr ? std::atoi(wanted) : 50;
}

// Exchanges them as fast as it can, for as long as it lives.
class Exchange {
 public:
  Exchange(const fs::path& one, const fs::path& other) : child_(fork()) {
    if (child_ != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0) {
    }
    _exit(1);
  }
  // It has to have worked until now.
  ~Exchange() {
    EXPECT_EQ(waitpid(child_, nullptr, WNOHANG), 0);
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

 private:
  pid_t child_;
};

struct Outcomes {
  int loaded = 0;
  int refused = 0;
};

class ExchangedNames : public testing::Test {
 protected:
  ExchangedNames() {
    workshop_.build("fault/good.so", PluginWorkshop::source_of(PluginKind::fault, "good"));
    workshop_.build("foreign/good.so", PluginWorkshop::source_of(PluginKind::fault, "good",
                                                                 PluginWorkshop::with_marker()));
    if (geteuid() == 0) {
      give_to(stranger, workshop_.folder() / "foreign/good.so");
      give_to(stranger, workshop_.folder() / "foreign");
    }
  }

  // Returns as soon as the own file has the name: the look that follows is likely to believe it,
  // and what comes after the look to meet the other one.
  void wait_for_own() const {
    const fs::path name = workshop_.folder() / "fault/good.so";
    struct stat status {};
    for (int looks = 0; looks < 100'000'000; ++looks) {
      if (stat(name.c_str(), &status) == 0 && status.st_uid == geteuid()) return;
    }
    FAIL() << name << " is never the own file: nothing is exchanged";
  }

  // Found, described and loaded, as `daxlab run` does it: by a process of the one cell.
  void attempt(bool allow_writable, Outcomes& outcomes) const {
    Registry plugins(SearchPath{{workshop_.folder()}, allow_writable});
    const auto found = plugins.find(PluginKind::fault, "good");
    if (!found.ok()) {
      ++outcomes.refused;
      return;
    }
    const auto cell = run_in_child(
        [&](int) {
          CallLog log;
          _exit(LoadedPlugin::load(found.value(), log).ok() ? 10 : 11);
        },
        seconds(60));
    ASSERT_TRUE(cell.ok()) << cell.error().message;
    ASSERT_TRUE(cell.value().exit_status == 10 || cell.value().exit_status == 11)
        << cell.value().describe_end();
    ++(cell.value().exit_status == 10 ? outcomes.loaded : outcomes.refused);
  }

  void no_foreign_code_runs() const {
    Outcomes outcomes;
    const int wanted = tries();
    ASSERT_GT(wanted, 0) << "DAXLAB_EXCHANGES is no number of tries";
    for (int i = 0; i < wanted || outcomes.loaded == 0 || outcomes.refused == 0; ++i) {
      ASSERT_NO_FATAL_FAILURE(wait_for_own());
      ASSERT_NO_FATAL_FAILURE(attempt(false, outcomes));
      ASSERT_FALSE(workshop_.code_has_run()) << "foreign code ran in try " << i + 1;
      ASSERT_LT(i, 1000 + wanted) << outcomes.loaded << " loaded, " << outcomes.refused
                                  << " refused: the exchange shows nothing";
    }
    RecordProperty("loaded", outcomes.loaded);
    RecordProperty("refused", outcomes.refused);
    std::printf("%d tries: %d loaded, %d refused, no foreign code\n",
                outcomes.loaded + outcomes.refused, outcomes.loaded, outcomes.refused);
  }

  // The same without judging: then it does run, so that these tests can fail.
  void foreign_code_runs_where_it_is_allowed() const {
    Outcomes outcomes;
    for (int i = 0; i < 1000 && !workshop_.code_has_run(); ++i) {
      ASSERT_NO_FATAL_FAILURE(attempt(true, outcomes));
    }
    EXPECT_TRUE(workshop_.code_has_run());
    workshop_.forget_marker();
  }

  PluginWorkshop workshop_;
};

TEST_F(ExchangedNames, OfTwoFiles) {
  SKIP_UNLESS_ROOT();
  const fs::path own = workshop_.folder() / "fault/good.so";
  const fs::path foreign = workshop_.folder() / "fault/other.so";
  fs::rename(workshop_.folder() / "foreign/good.so", foreign);
  const Exchange exchange(own, foreign);
  foreign_code_runs_where_it_is_allowed();
  no_foreign_code_runs();
}

TEST_F(ExchangedNames, OfTwoFolders) {
  SKIP_UNLESS_ROOT();
  const Exchange exchange(workshop_.folder() / "fault", workshop_.folder() / "foreign");
  foreign_code_runs_where_it_is_allowed();
  no_foreign_code_runs();
}

// Both of this user: one leads to the own file, the other one to the foreign one.
TEST_F(ExchangedNames, OfTwoLinks) {
  SKIP_UNLESS_ROOT();
  fs::rename(workshop_.folder() / "fault", workshop_.folder() / "own");
  fs::create_directory(workshop_.folder() / "fault");
  const fs::path to_own = workshop_.folder() / "fault/good.so";
  const fs::path to_foreign = workshop_.folder() / "fault/other.so";
  fs::create_symlink("../own/good.so", to_own);
  fs::create_symlink("../foreign/good.so", to_foreign);
  const Exchange exchange(to_own, to_foreign);
  foreign_code_runs_where_it_is_allowed();
  no_foreign_code_runs();
}

}  // namespace
}  // namespace daxlab
