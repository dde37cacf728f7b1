#include "harness/compare/expected_counters.h"

#include <gmock/gmock.h>

namespace daxlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string cell_name = "hole_read:size=1MiB/mmu/memfd/page_zero/partial/first_fit/threads:1";

ResultRecord a_run(double faults, double flushes) {
  ResultRecord record;
  record.name = cell_name;
  record.counters = {{"faults_read", faults},   {"flushes", flushes},
                     {"strategy_ns", 812.5},    {"timed_faults", 7},
                     {"bytes_persisted", 4096}, {"involuntary_switches", 0}};
  return record;
}

TEST(ExpectedCounters, AreThoseThatAllRunsHaveAlike) {
  const std::string text = ExpectedCounters::of({a_run(256, 10), a_run(256, 11)}).text();
  EXPECT_THAT(text,
              HasSubstr("\"" + cell_name + "\":\n  bytes_persisted: 4096\n  faults_read: 256\n"));
  EXPECT_THAT(text, Not(HasSubstr("flushes")));
  EXPECT_THAT(text, Not(HasSubstr("strategy_ns")));
  EXPECT_THAT(text, Not(HasSubstr("timed_faults")));
  EXPECT_THAT(text, Not(HasSubstr("involuntary")));
}

TEST(ExpectedCounters, WhatIsWrittenIsReadBack) {
  const ExpectedCounters made = ExpectedCounters::of({a_run(256, 10)});
  const auto read = ExpectedCounters::read("e.yaml", made.text());
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value().text(), made.text());
  EXPECT_THAT(read.value().deviations({a_run(256, 10)}), IsEmpty());
}

TEST(ExpectedCounters, OneThatIsOffByOneIsNamed) {
  const ExpectedCounters expected = ExpectedCounters::of({a_run(256, 10)});
  EXPECT_THAT(expected.deviations({a_run(256, 10), a_run(257, 10), a_run(258, 10)}),
              ElementsAre(cell_name + ": faults_read 257, expected 256"));
}

TEST(ExpectedCounters, CellsThatFailOrAreMissingOrNewAreNamed) {
  const ExpectedCounters expected = ExpectedCounters::of({a_run(256, 10)});
  ResultRecord failed = a_run(256, 10);
  failed.failure = "bus error";
  EXPECT_THAT(expected.deviations({failed}), ElementsAre(cell_name + ": has failed"));
  EXPECT_THAT(expected.deviations({}), ElementsAre(cell_name + ": is expected, and was not run"));
  ResultRecord other = a_run(1, 1);
  other.name = "other";
  EXPECT_THAT(expected.deviations({a_run(256, 10), other}),
              ElementsAre("other: nothing is expected of it; --update adds it"));
  EXPECT_THAT(ExpectedCounters::of({failed}).text(), Not(HasSubstr(cell_name)));
}

TEST(ExpectedCounters, AFileThatIsNoneIsRefusedWithItsPlace) {
  const auto error = [](const char* text) {
    const auto read = ExpectedCounters::read("e.yaml", text);
    return read.ok() ? std::string() : read.error().message;
  };
  EXPECT_THAT(error("[a]"), HasSubstr("e.yaml:1:1: the file: expected a map"));
  EXPECT_THAT(error("a: 1"), HasSubstr("e.yaml:1:4: a: expected counters"));
  EXPECT_THAT(error("a:\n  faults: 1"), HasSubstr("e.yaml:2:3: no counter is called 'faults'"));
  EXPECT_THAT(error("a:\n  flushes: many"), HasSubstr("e.yaml:2:12: flushes of a: expected a"));
}

}  // namespace
}  // namespace daxlab
