#include "harness/report/csv.h"

#include <gtest/gtest.h>

namespace daxlab {
namespace {

// Reads what RFC 4180 describes, and nothing else.
std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
  bool quoted = false;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    std::string& cell = rows.back().back();
    if (quoted && c == '"' && at + 1 < text.size() && text[at + 1] == '"') {
      cell += text[++at];
    } else if (c == '"') {
      EXPECT_TRUE(quoted || cell.empty()) << "a quote inside a plain field, at " << at;
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      rows.back().emplace_back();
    } else if (!quoted && c == '\n') {
      rows.emplace_back(1);
    } else {
      cell += c;
    }
  }
  EXPECT_FALSE(quoted);
  EXPECT_EQ(rows.back(), std::vector<std::string>(1)) << "the last line has no newline";
  rows.pop_back();
  return rows;
}

ResultRecord a_record(uint64_t repetition, std::map<std::string, double> counters) {
  ResultRecord record;
  record.name = "enospc:size=1MiB,on_short=retry/mmu/memfd/page_zero/partial/first_fit/threads:2";
  record.parts = {
      "enospc:size=1MiB,on_short=retry", "mmu", "memfd", "page_zero", "partial", "first_fit", 2};
  record.repetition_index = static_cast<int64_t>(repetition);
  record.repetitions = 3;
  record.real_time_ns = 1234567.25;
  record.cpu_time_ns = 1e15;
  record.label = "medium=memfd";
  record.counters = std::move(counters);
  return record;
}

TEST(Csv, HasARowForEachRunAndAColumnForEveryCounter) {
  ResultRecord failed = a_record(1, {});
  failed.failure = "died, \"badly\"\nit printed: a,b\r\n\x1b[1m";
  const auto rows = parse_csv(format_csv({a_record(0, {{"p50_ns", 0.1}, {"operations", 65536}}),
                                          failed, a_record(2, {{"fences", 3}})}));
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0], (std::vector<std::string>{
                         "name", "workload", "engine", "medium", "fault", "write", "alloc",
                         "threads", "repetition_index", "repetitions", "real_time_ns",
                         "cpu_time_ns", "error", "label", "fences", "operations", "p50_ns"}));
  const std::string name = a_record(0, {}).name;
  EXPECT_EQ(rows[1], (std::vector<std::string>{name, "enospc:size=1MiB,on_short=retry", "mmu",
                                               "memfd", "page_zero", "partial", "first_fit", "2",
                                               "0", "3", "1234567.25", "1000000000000000", "",
                                               "medium=memfd", "", "65536", "0.1"}));
  EXPECT_EQ(rows[2][12], "died, \"badly\"\nit printed: a,b\\x0d\n\\x1b[1m");
  EXPECT_EQ(rows[2][16], "");
  EXPECT_EQ(rows[3][14], "3");
  for (const auto& row : rows) EXPECT_EQ(row.size(), 17u);
}

TEST(Csv, WithoutRunsItHasTheNamesOnly) { EXPECT_EQ(parse_csv(format_csv({})).size(), 1u); }

}  // namespace
}  // namespace daxlab
