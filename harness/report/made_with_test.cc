#include "harness/report/made_with.h"

#include <gtest/gtest.h>

#include "harness/report/table.h"

namespace daxlab {
namespace {

constexpr const char* of_memfd =
    "medium=memfd persistence_domain=none (volatile memory) flush_instruction=clwb "
    "fault_delivery=userfaultfd + SIGSEGV";
constexpr const char* of_file =
    "medium=file persistence_domain=none (page cache; survives the process, not power loss) "
    "flush_instruction=clwb fault_delivery=userfaultfd + SIGSEGV cpus=0,1";
constexpr const char* of_tmpfs =
    "medium=tmpfs persistence_domain=the kernel's flush_instruction=the kernel's "
    "fault_delivery=the kernel's";

ResultRecord labelled(const std::string& engine, const std::string& label) {
  ResultRecord record;
  record.parts = {"write", engine, "memfd", "page_zero", "partial", "first_fit", 1};
  record.name = "write/" + engine + "/" + label;
  record.label = label;
  record.machine = "Linux 6.1 x86_64, some CPU";
  record.counters = {{"operations", 1}};
  return record;
}

std::string line_of(const std::vector<ResultRecord>& records) {
  return made_with(group_by_workload(summarize(records)).at(0));
}

TEST(ResultRecord, ItsLabelIsFacts) {
  const ResultRecord record = labelled("mmu", of_file);
  EXPECT_EQ(record.fact("medium"), "file");
  EXPECT_EQ(record.fact("persistence_domain"),
            "none (page cache; survives the process, not power loss)");
  EXPECT_EQ(record.fact("fault_delivery"), "userfaultfd + SIGSEGV");
  EXPECT_EQ(record.fact("cpus"), "0,1");
  EXPECT_EQ(record.fact("delivery"), "");
  EXPECT_EQ(ResultRecord().fact("medium"), "");
}

TEST(MadeWith, NamesDeliveryMediumModelAndMachine) {
  EXPECT_EQ(line_of({labelled("mmu", of_memfd), labelled("mmu", of_memfd)}),
            "  made with: faults by userfaultfd + SIGSEGV, medium memfd, model none (volatile "
            "memory), Linux 6.1 x86_64, some CPU\n");
}

TEST(MadeWith, NamesAllOfSeveral) {
  EXPECT_EQ(line_of({labelled("mmu", of_memfd), labelled("mmu", of_file),
                     labelled("baseline", of_tmpfs)}),
            "  made with: faults by userfaultfd + SIGSEGV, medium memfd and file and tmpfs, model "
            "none (volatile memory) and none (page cache; survives the process, not power loss), "
            "Linux 6.1 x86_64, some CPU\n");
}

TEST(MadeWith, ABaselineAloneIsTheKernels) {
  EXPECT_EQ(line_of({labelled("baseline", of_tmpfs)}),
            "  made with: faults by the kernel's, medium tmpfs, model the kernel's, Linux 6.1 "
            "x86_64, some CPU\n");
}

TEST(MadeWith, OfRunsThatNeverBeganIsTheMachine) {
  EXPECT_EQ(line_of({labelled("mmu", "")}), "  made with: Linux 6.1 x86_64, some CPU\n");
}

TEST(MadeWith, NamesEveryMachine) {
  ResultRecord other = labelled("mmu", of_memfd);
  other.machine = "Linux 6.12 x86_64, some CPU";
  EXPECT_NE(line_of({labelled("mmu", of_memfd), other})
                .find(", Linux 6.1 x86_64, some CPU and Linux 6.12 x86_64, some CPU\n"),
            std::string::npos);
}

TEST(MadeWith, IsNothingWhereNothingIsKnown) {
  ResultRecord record = labelled("mmu", "");
  record.machine.clear();
  EXPECT_EQ(line_of({record}), "");
}

TEST(MadeWith, StandsWithEachTable) {
  std::vector<ResultRecord> records = {labelled("mmu", of_memfd), labelled("mmu", of_memfd)};
  records[1].parts.workload = "read";
  records[1].name = "read/mmu";
  records[1].family_index = 1;
  const std::string text = format_tables(records);
  const size_t first = text.find(line_of({records[0]}));
  ASSERT_NE(first, text.npos) << text;
  EXPECT_NE(text.find(line_of({records[1]}), first + 1), text.npos) << text;
}

}  // namespace
}  // namespace daxlab
