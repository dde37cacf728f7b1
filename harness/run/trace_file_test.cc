#include "harness/run/trace_file.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "daxlab/status.h"
#include "harness/run/cell_trace.h"
#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

class TraceFileTest : public testing::Test {
 protected:
  TraceFileTest()
      : folder_(ScratchFolder::make(testing::TempDir()).take()), cell_(CellTrace::make().take()) {}

  Trace& trace() { return cell_->trace(); }
  std::vector<TraceEvent> events() const {
    std::vector<TraceEvent> found;
    std::as_const(*cell_).trace().for_each(
        [&](const TraceEvent& event) { found.push_back(event); });
    return found;
  }
  std::filesystem::path path() const { return folder_.path() / "trace.json"; }
  Json written() const {
    std::ifstream file(path());
    return json_or_null(std::string{std::istreambuf_iterator<char>(file), {}});
  }

  ScratchFolder folder_;
  std::unique_ptr<CellTrace> cell_;
};

TEST_F(TraceFileTest, OnlyWhatIsBetweenBeginAndEndIsKept) {
  trace().add({.address = 1});
  trace().begin();
  trace().add({.address = 2});
  trace().end();
  trace().add({.address = 3});
  ASSERT_EQ(events().size(), 1u);
  EXPECT_EQ(events()[0].address, 2u);
  EXPECT_EQ(events()[0].thread, static_cast<uint32_t>(gettid()));
}

TEST_F(TraceFileTest, TheFirstEventsOfEachThreadStayAndOthersAreCounted) {
  trace().begin();
  const auto add_some = [&](uint64_t events) {
    for (uint64_t i = 0; i < events; ++i) trace().add({.address = i});
  };
  add_some(Trace::events_of_thread + 3);
  EXPECT_EQ(trace().dropped(), 3u);
  std::thread(add_some, 10).join();
  EXPECT_EQ(trace().dropped(), 3u);
  ASSERT_EQ(events().size(), Trace::events_of_thread + 10);
  auto file = TraceFile::prepare(path());
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(file.value().gaps_text(), "");
  ASSERT_FALSE(file.value().add({1, "cell"}, trace()));
  EXPECT_EQ(file.value().gaps_text(),
            "; 3 events of 1 runs did not fit: of each thread the first 65536 are kept");
}

TEST_F(TraceFileTest, AFaultIsALine) {
  TraceEvent fault{.kind = TraceKind::mkwrite,
                   .result = static_cast<uint32_t>(ErrorCode::no_space),
                   .begin_ns = 12'345'678'901,
                   .took_ns = 2'034,
                   .address = 0x7f0000003000,
                   .offset_bytes = 3 * page_bytes,
                   .length_bytes = page_bytes,
                   .thread = 5};
  fault.part_ns[static_cast<size_t>(TimePart::find)] = 31;
  EXPECT_EQ(trace_line(4, fault),
            R"({"name":"mkwrite","cat":"fault","ph":"X","ts":12345678.901,"dur":2.034,"pid":4,)"
            R"("tid":5,"args":{"address":"0x7f0000003000","pgoff":3,)"
            R"("result":"no space left in the region","find_ns":31}})");
}

TEST_F(TraceFileTest, FaultsOfTheKernelSayWhatTheKernelSays) {
  const TraceEvent fault{.kind = TraceKind::kernel_huge_fault,
                         .begin_ns = 1000,
                         .address = 0x200000,
                         .answer = 0x800,
                         .thread = 5,
                         .is_store = 1};
  EXPECT_EQ(trace_line(4, fault),
            R"({"name":"kernel fault 2 MiB","cat":"kernel","ph":"X","ts":1.000,"dur":0.000,)"
            R"("pid":4,"tid":1073741829,"args":{"address":"0x200000","pgoff":0,"thread":5,)"
            R"("access":"write",)"
            R"("result":"FALLBACK"}})");
}

TEST_F(TraceFileTest, RunsStandApartAndAFileAppearsWhole) {
  auto file = TraceFile::prepare(path());
  ASSERT_TRUE(file.ok()) << file.error().message;
  trace().begin();
  trace().add({.kind = TraceKind::punch, .begin_ns = 1, .took_ns = 2, .length_bytes = 7});
  trace().add({.kind = TraceKind::count});  // a process may have written anything
  ASSERT_FALSE(file.value().add({10, "a \"cell\""}, trace()));
  ASSERT_FALSE(file.value().add({11, "another"}, trace()));
  EXPECT_FALSE(std::filesystem::exists(path()));
  ASSERT_FALSE(file.value().commit());
  const Json events = written();
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(events[0]["args"]["name"].text(), "a \"cell\"");
  EXPECT_EQ(events[1]["pid"].as_unsigned(), 10u);
  EXPECT_EQ(events[1]["args"]["bytes"].as_unsigned(), 7u);
  EXPECT_EQ(events[3]["pid"].as_unsigned(), 11u);
}

TEST_F(TraceFileTest, ATrackOfTheKernelHasANameOnce) {
  auto file = TraceFile::prepare(path());
  ASSERT_TRUE(file.ok()) << file.error().message;
  trace().begin();
  for (const uint64_t begin_ns : {1, 2}) {
    trace().add({.kind = TraceKind::kernel_small_fault, .begin_ns = begin_ns, .thread = 5});
  }
  ASSERT_FALSE(file.value().add({10, "cell"}, trace()));
  ASSERT_FALSE(file.value().commit());
  const Json events = written();
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(events[1]["name"].text(), "thread_name");
  EXPECT_EQ(events[1]["args"]["name"].text(), "kernel, thread 5");
  EXPECT_EQ(events[1]["tid"], events[2]["tid"]);
}

TEST_F(TraceFileTest, WhyFaultsOfTheKernelAreMissingIsSaid) {
  auto file = TraceFile::prepare(path());
  ASSERT_TRUE(file.ok()) << file.error().message;
  trace().lacks_kernel_faults("/sys/kernel/tracing/x: Permission denied (13)");
  ASSERT_FALSE(file.value().add({10, "cell"}, trace()));
  EXPECT_TRUE(file.value().gaps_text().starts_with(
      "; 1 runs on the kernel's DAX lack its faults: /sys/kernel/tracing/x: Permission denied"))
      << file.value().gaps_text();
  trace().lacks_kernel_faults(std::string(1000, 'x'));
  EXPECT_EQ(trace().why_no_kernel_faults(), std::string(200, 'x'));
}

TEST_F(TraceFileTest, WithoutARunItIsAnEmptyList) {
  auto file = TraceFile::prepare(path());
  ASSERT_TRUE(file.ok()) << file.error().message;
  ASSERT_FALSE(file.value().commit());
  EXPECT_TRUE(written().is_list());
  EXPECT_TRUE(written().empty());
}

TEST_F(TraceFileTest, AProcessThatCrashesHasLeftWhatItTraced) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    trace().begin();
    trace().add({.address = 42});
    _exit(1);
  }
  ASSERT_FALSE(cell_->is_of(child));
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(events().size(), 1u);
  EXPECT_EQ(events()[0].address, 42u);
  EXPECT_EQ(events()[0].thread, static_cast<uint32_t>(child));
}

}  // namespace
}  // namespace daxlab
