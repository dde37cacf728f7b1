// file: {size, holes: {length, every}, align, offset}, and what is wrong with it.
#include "harness/config/nested_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/config/bad_config_test.h"
#include "harness/config/cell_config.h"
#include "harness/config/config_loader.h"
#include "harness/config/fixture_test.h"
#include "harness/workloads/workload.h"

namespace daxlab {
namespace {

using testing::ElementsAre;

const std::string rest = "/mmu/memfd/global_zero/partial/first_fit/threads:1";

std::vector<std::string> names_of_file(const std::string& options,
                                       const std::vector<std::string>& overrides = {}) {
  return cell_names("workloads: [{name: sparse, " + options + "}]\n", overrides);
}

TEST(FileOptions, AreOneMap) {
  EXPECT_THAT(names_of_file("file: {size: 32MiB, holes: {length: 8KiB, every: 64KiB}, align: 2MiB, "
                            "offset: 1MiB}"),
              ElementsAre("sparse:size=32MiB,holes.length=8KiB,holes.every=64KiB,align=2MiB,"
                          "offset=1MiB" +
                          rest));
  EXPECT_THAT(names_of_file("file: {offset: 4KiB, holes: {every: 64KiB}}"),
              ElementsAre("sparse:holes.every=64KiB,offset=4KiB" + rest));
  EXPECT_THAT(names_of_file("file: {}"), ElementsAre("sparse" + rest));
  EXPECT_THAT(names_of_file("file: {holes: {}}"), ElementsAre("sparse" + rest));
}

TEST(FileOptions, SizeMayStandAlone) {
  EXPECT_THAT(names_of_file("size: 8MiB, file: {align: 4KiB}"),
              ElementsAre("sparse:size=8MiB,align=4KiB" + rest));
}

TEST(FileOptions, ListsAreAxes) {
  EXPECT_THAT(names_of_file("file: {align: [0, 2MiB], holes: {every: [64KiB, 1MiB]}}"),
              ElementsAre("sparse:holes.every=64KiB" + rest, "sparse:holes.every=1MiB" + rest,
                          "sparse:holes.every=64KiB,align=2MiB" + rest,
                          "sparse:holes.every=1MiB,align=2MiB" + rest));
}

TEST(FileOptions, ComeFromOverridesToo) {
  EXPECT_THAT(names_of_file("threads: 1", {"workloads.0.file.holes.every=64KiB",
                                           "workloads.0.file.align=[64KiB, 2MiB]"}),
              ElementsAre("sparse:holes.every=64KiB,align=64KiB" + rest,
                          "sparse:holes.every=64KiB,align=2MiB" + rest));
}

TEST(FileOptions, AreInTheConfigOfACell) {
  const auto config =
      resolve_good("workloads: [{name: sparse, size: 8MiB, file: {holes: {every: 64KiB}}}]\n");
  ASSERT_TRUE(config.ok()) << config.error().message;
  const Cell& cell = config.value().cells.at(0);
  const Json json = cell_config(config.value(), cell, test_workloads());
  EXPECT_EQ(json["workloads"][0]["file"].dump(),
            R"({"size":"8MiB","holes":{"length":"4KiB","every":"64KiB"},"align":0,"offset":0})");
  const auto again = resolve(cell_config_text(config.value(), cell, test_workloads()));
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again.value().cells.at(0), cell);
}

// The shipped workloads that start from a file have one.
TEST(FileOptions, OfTheShippedWorkloads) {
  std::map<std::string, std::vector<std::string>> below_file;
  for (const WorkloadDescription* workload : all_workloads()) {
    const auto options = describe_options(workload->options);
    below_file[workload->name] = keys_below("file.", options);
  }
  const std::vector<std::string> all = {"size", "holes", "align", "offset"};
  const std::vector<std::string> of_holes = {"size", "align", "offset"};
  for (const char* name : {"mapped_read", "second_touch", "many_mappings", "mixed"}) {
    EXPECT_THAT(below_file[name], testing::UnorderedElementsAreArray(all)) << name;
  }
  for (const char* name : {"hole_read", "mkwrite", "mapped_write", "write_after_hole_read",
                           "truncate_regrow", "punch_storm"}) {
    EXPECT_EQ(below_file[name], of_holes) << name;
  }
  EXPECT_THAT(below_file["read"], ElementsAre("size", "holes"));
  EXPECT_THAT(below_file["write"], ElementsAre("size", "holes"));
}

BadConfig bad(const std::string& options, const std::string& message,
              const char* excuse = nullptr) {
  return {"workloads: [{name: sparse, " + options + "}]\n", "t.yaml:1:" + message, {}, excuse};
}

INSTANTIATE_TEST_SUITE_P(
    FileOptions, BadConfigTest,
    testing::Values(
        bad("file: {sice: 1MiB}",
            "35: unknown key of file of sparse 'sice', expected one of size, holes, align, offset; "
            "did you mean 'size'?"),
        bad("file: {holes: {lenght: 4KiB, every: 8KiB}}",
            "43: unknown key of file.holes of sparse 'lenght', expected one of length, every; did "
            "you mean 'length'?"),
        bad("fiel: {size: 1MiB}",
            "28: unknown key of sparse 'fiel', expected one of name, threads, runtime, ramp, axes, "
            "file, size; did you mean 'file'?"),
        bad("file.size: 1MiB",
            "28: unknown key of sparse 'file.size', expected one of name, threads, runtime, ramp, "
            "axes, file, size"),
        bad("align: 2MiB",
            "28: unknown key of sparse 'align', expected one of name, threads, runtime, ramp, "
            "axes, "
            "file, size"),
        bad("file: 1MiB",
            "34: file of sparse: expected a map such as file: {size, holes, align, offset}, found "
            "'1MiB'"),
        bad("file: [{size: 1MiB}]",
            "34: file of sparse: expected a map such as file: {size, holes, align, offset}, found "
            "a "
            "list"),
        bad("file: {holes: 64KiB}",
            "42: file.holes of sparse: expected a map such as holes: {length, every}, found "
            "'64KiB'"),
        bad("size: 1MiB, file: {size: 2MiB}",
            "47: size of sparse is given twice, first at 1:28; keep one of them", several_keys),
        bad("file: {size: 1MiB, size: 2MiB}",
            "47: duplicate key of file of sparse 'size', first at 1:35; keep one of them",
            two_equal_keys),
        bad("file: {size: 1KiB}",
            "41: size of sparse: 1KiB is out of range, expected 4KiB to 1TiB"),
        bad("file: {holes: {every: 5000}}",
            "50: holes.every of sparse: 5000B is not a multiple of 4KiB", multiples),
        bad("file: {offset: [0, 4KiB, 100]}",
            "53: offset of sparse: 100B is not a multiple of 4KiB", multiples),
        bad("file: {align: 12KiB}",
            "42: align of sparse: 12KiB is not a power of two from 4KiB to 2MiB", multiples),
        bad("file: {align: 4MiB}", "42: align of sparse: 4MiB is out of range, expected 0 to 2MiB"),
        bad("file: {holes: {length: 128KiB, every: 64KiB}}",
            "51: holes.length of sparse: 128KiB is more than holes.every, which is 64KiB",
            several_keys),
        bad("file: {holes: {length: 8KiB}}",
            "51: holes.length of sparse: 8KiB, but holes.every is 0, and so nothing is hole; set "
            "it, too",
            several_keys)));

// Of a wrong one and right ones the message is about the wrong one, wherever it stands.
INSTANTIATE_TEST_SUITE_P(
    FileOptionsWrongBesideRight, BadConfigTest,
    testing::Values(
        bad("file: {size: 1MiB, holes: {length: 4KiB, every: 64KiB}, align: x, offset: 4KiB}",
            "91: align of sparse: expected a size such as 64MiB, found 'x'"),
        bad("file: {align: [4KiB, 2MiB, 3MiB], holes: {every: 64KiB}}",
            "55: align of sparse: 3MiB is out of range, expected 0 to 2MiB"),
        bad("file: {align: [4KiB, 12KiB], holes: {every: 64KiB}}",
            "49: align of sparse: 12KiB is not a power of two from 4KiB to 2MiB", multiples),
        bad("file: {holes: {every: [64KiB, 64KiB]}, align: 2MiB}",
            "58: duplicate value 64KiB in holes.every of sparse, first at 1:51; change or remove "
            "one of them")));

TEST(TimesOfWorkloads, ListsOfThemAreAxes) {
  EXPECT_THAT(cell_names("engine: baseline\npath: /tmp\n"
                         "workloads: [{name: write, runtime: [1s, 2s], ramp: [0ms, 100ms]}]\n"),
              ElementsAre("write:runtime=1s/baseline/-/-/-/-/threads:1",
                          "write:runtime=1s,ramp=100ms/baseline/-/-/-/-/threads:1",
                          "write:runtime=2s/baseline/-/-/-/-/threads:1",
                          "write:runtime=2s,ramp=100ms/baseline/-/-/-/-/threads:1"));
}

INSTANTIATE_TEST_SUITE_P(
    TimesOfWorkloads, BadConfigTest,
    testing::Values(
        BadConfig{"workloads: [{name: write, runtime: [1s, 1x]}]\n",
                  "t.yaml:1:41: runtime of write: expected a time such as 20s, found '1x' (units "
                  "are ns, us, ms, s, min, h)"},
        BadConfig{"workloads: [{name: write, runtime: [1s, 2min]}]\n",
                  "t.yaml:1:41: runtime of write: 2min is not below the time_limit of 1min; set a "
                  "longer time_limit",
                  {},
                  several_keys},
        BadConfig{"workloads: [{name: write, runtime: [1s, 1000ms]}]\n",
                  "t.yaml:1:41: duplicate value 1000ms in runtime of write, first at 1:37; change "
                  "or remove one of them",
                  {},
                  equal_in_other_words},
        BadConfig{"workloads: [{name: hole_read, runtime: [1s, 2s]}]\n",
                  "t.yaml:1:31: runtime of hole_read: it does a fixed amount of work; remove the "
                  "key. Workloads with a runtime: write, sparse"},
        BadConfig{
            "workloads: [write]\nmatrix: {include: [{workload: {name: write, runtime: [1s]}}]}\n",
            "t.yaml:2:54: runtime of write: expected one value here, found a list"}));

TEST(PathOverride, OfAListIsAList) {
  EXPECT_THAT(
      cell_names("engine: baseline\nworkloads: [write]\n", {"path=[/tmp, /dev/shm]"}),
      ElementsAre("write/baseline/tmp/-/-/-/threads:1", "write/baseline/dev-shm/-/-/-/threads:1"));
  EXPECT_THAT(cell_names("engine: baseline\nworkloads: [write]\n", {"path=/tmp"}),
              ElementsAre("write/baseline/-/-/-/-/threads:1"));
  const auto literal = resolve("engine: baseline\nworkloads: [write]\n", {"path=[\"[a, b]\"]"});
  ASSERT_FALSE(literal.ok());
  EXPECT_THAT(literal.error().message, testing::HasSubstr("'[a, b]' is no folder"));
}

}  // namespace
}  // namespace daxlab
