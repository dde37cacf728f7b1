// A plugin that crashes, hangs or answers nonsense fails its own cell, which names it and says what
// it did; all other cells have their results, and the run ends.
#include <gmock/gmock.h>

#include "harness/end_to_end/experiment.h"

namespace daxlab {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string small_preamble = "seed: 1\nregion: {medium: memfd, size: 16MiB}\n";

std::string quoted(const std::string& kind, const std::string& name) {
  return kind + " plugin '" + name + "' (" DAXLAB_TEST_PLUGIN_FOLDER "/" + kind + "/" + name +
         ".so): ";
}

class Misbehaving : public Experiment {
 protected:
  // Runs `bad` between two cells of right strategies, and expects that only it fails: with a line
  // that names it and says `cause`.
  void expect_found(const std::string& kind, const std::string& bad, const std::string& workload,
                    const std::string& cause, const std::string& time_limit = "60s") {
    const std::string first = kind == "fault"   ? "page_zero"
                              : kind == "write" ? "partial"
                                                : "first_fit";
    const std::string last = kind == "fault"   ? "global_zero"
                             : kind == "write" ? "all_or_nothing"
                                               : "mutex_and_malloc";
    run(small_preamble + "time_limit: " + time_limit + "\nmatrix: {" + kind + ": [" + first + ", " +
        bad + ", " + last + "]}\nworkloads: [{name: " + workload + ", size: 256KiB}]\n");
    EXPECT_EQ(outcome_.exit_status, 1) << outcome_.out << outcome_.error;
    const auto name = [&](const std::string& plugin) {
      return workload + ":size=256KiB/mmu/memfd/" + (kind == "fault" ? plugin : "global_zero") +
             "/" + (kind == "write" ? plugin : "partial") + "/" +
             (kind == "alloc" ? plugin : "first_fit") + "/threads:1";
    };
    passed(name(first));
    passed(name(last));
    const std::string message = failure(name(bad));
    EXPECT_THAT(message.substr(0, message.find('\n')), StartsWith(quoted(kind, bad) + cause));
    EXPECT_THAT(outcome_.out, HasSubstr("2 of 3 cells passed, 1 failed"));
  }
};

TEST_F(Misbehaving, AReserveThatIsLargerThanWhatIsFree) {
  run(small_preamble +
      "time_limit: 60s\nmatrix: {alloc: [keeps_a_reserve, {name: keeps_a_reserve, lie: "
      "more_than_free}]}\nworkloads: [enospc, {name: enospc, threads: 2}, mapped_enospc]\n");
  EXPECT_EQ(outcome_.exit_status, 1) << outcome_.out << outcome_.error;
  EXPECT_THAT(outcome_.out, HasSubstr("3 of 6 cells passed, 3 failed"));
  EXPECT_THAT(outcome_.out, HasSubstr("the allocator says that it reserves"));
}

TEST_F(Misbehaving, AbortInACallback) {
  expect_found("fault", "abort_in_mkwrite", "mkwrite", "killed by SIGABRT in page_mkwrite");
}

TEST_F(Misbehaving, ACallbackThatNeverReturns) {
  expect_found("fault", "endless_fault", "hole_read", "still in fault at the time limit of 2 s",
               "2s");
}

TEST_F(Misbehaving, AStoreThroughANullPointer) {
  expect_found("fault", "null_store", "mkwrite", "killed by SIGSEGV in fault");
}

TEST_F(Misbehaving, AnArenaThatIsTooSmall) {
  run(small_preamble +
      "time_limit: 60s\nalloc: {name: wrong_in_one_way, flaw: small_arena}\n"
      "workloads: [enospc]\n");
  EXPECT_EQ(outcome_.exit_status, 1) << outcome_.out << outcome_.error;
  EXPECT_THAT(outcome_.out, HasSubstr(" wrote behind the end of its arena of "));
  EXPECT_THAT(outcome_.out, HasSubstr("(asked for in init)"));
}

TEST_F(Misbehaving, AnException) {
  expect_found("fault", "throwing_fault", "mkwrite", "killed by SIGABRT in fault");
  EXPECT_THAT(outcome_.out, HasSubstr("no such page"));  // what it threw
}

TEST_F(Misbehaving, AFaultThatNeverMapsAnything) {
  expect_found("fault", "no_page_for_ever", "mkwrite", "fault said ");
}

TEST_F(Misbehaving, BlocksThatItWasNotGiven) {
  expect_found("fault", "foreign_blocks", "mkwrite", "fault inserts blocks ");
}

TEST_F(Misbehaving, APageThatItWasNotGiven) {
  expect_found("fault", "foreign_page", "mkwrite", "fault inserts at file page ");
}

TEST_F(Misbehaving, MoreBytesThanAsked) {
  expect_found("write", "more_than_asked", "write", "write returned 4097 bytes");
}

TEST_F(Misbehaving, ABlockOutsideTheRegionForAWrite) {
  expect_found("alloc", "block_outside", "write", "allocate returned block 4095 ");
}

TEST_F(Misbehaving, ABlockOutsideTheRegionForAFault) {
  expect_found("alloc", "block_outside", "mkwrite", "allocate returned block 4095 ");
}

TEST_F(Misbehaving, ABlockTwiceForAWrite) {
  expect_found("alloc", "same_block_twice", "write", "allocate returned blocks ");
}

TEST_F(Misbehaving, ABlockTwiceForAFault) {
  expect_found("alloc", "same_block_twice", "mkwrite", "allocate returned blocks ");
}

// The probe of the config finds it: a plugin that cannot be loaded is an error like a wrong name.
TEST_F(Misbehaving, AConstructorThatAbortsIsAnErrorOfTheConfig) {
  run("workloads: [hole_read]\nfault: abort_at_load\n");
  EXPECT_EQ(outcome_.exit_status, 2);
  EXPECT_EQ(outcome_.out, "");
  EXPECT_FALSE(has_results());
  EXPECT_THAT(outcome_.error,
              StartsWith("daxlab run: " + (folder_ / "config.yaml").string() +
                         ":2:8: " DAXLAB_TEST_PLUGIN_FOLDER "/fault/abort_at_load.so: "));
  EXPECT_THAT(outcome_.error, HasSubstr("SIGABRT while it was loaded"));
}

TEST_F(Misbehaving, AConstructorThatAbortsOnlyInTheCell) {
  environment_ = {"DAXLAB_TEST_FIRST_LOAD=" + (folder_ / "first_load").string()};
  expect_found("fault", "abort_at_second_load", "mkwrite",
               "killed by SIGABRT in a constructor that runs at load");
}

TEST_F(Misbehaving, AnAllocatorWithMutexAndMallocIsServedByTheReserve) {
  run_all_pass(small_preamble +
               "time_limit: 60s\nalloc: mutex_and_malloc\nmatrix: {write: [partial, "
               "all_or_nothing]}\nworkloads:\n"
               "  - {name: hole_read, size: 1MiB}\n"
               "  - {name: mkwrite, size: 1MiB, threads: 4, mappings: 2}\n"
               "  - {name: mapped_write, size: 1MiB}\n"
               "  - {name: write, size: 1MiB}\n"
               "  - {name: write_after_hole_read, size: 1MiB}\n"
               "  - enospc\n"
               "  - {name: enospc, threads: 4}\n"
               "  - mapped_enospc\n");
  const std::string strategies = "/mmu/memfd/global_zero/partial/mutex_and_malloc/threads:";
  EXPECT_GE(counter("mkwrite:size=1MiB,mappings=2" + strategies + "4", "reserve_blocks"), 256);
  EXPECT_GE(counter("mapped_write:size=1MiB" + strategies + "1", "reserve_blocks"), 1);
  EXPECT_GE(counter("mapped_enospc" + strategies + "1", "reserve_blocks"), 1);
  EXPECT_EQ(counter("write:size=1MiB" + strategies + "1", "reserve_blocks"), 0);
}

}  // namespace
}  // namespace daxlab
