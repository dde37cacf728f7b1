// A read() or write() beside a cut within a page, in every order of their steps: what the cut
// leaves behind the new end, or the write stores there, is nothing of the file.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <set>
#include <span>
#include <string>

#include "core/engine/simulator/fiber_scheduler.h"
#include "core/engine/simulator/simulated_address_space.h"
#include "core/lab/bare_lab.h"

namespace daxlab {
namespace {

constexpr uint64_t first_word = 0x11, appended = 0x22;
constexpr uint64_t word_at = 64, cut_at = 32;

class BesideCut : public testing::Test {
 protected:
  BesideCut() {
    lab.writing.script = [](ByteRange range, WriteOps& ops) -> Result<uint64_t> {
      if (ops.reserve(range, Staging::in_place) < range.length_bytes) return ErrorCode::no_space;
      if (Status status = ops.copy(range); !status.ok()) return status;
      if (Status status = ops.publish(range); !status.ok()) return status;
      return range.length_bytes;
    };
  }

  // What the read answers, over all schedules with so many preemptions.
  std::set<std::string> answers_beside(uint32_t preemptions, const std::function<void()>& other) {
    std::set<std::string> answers;
    ExhaustivePolicy policy(preemptions);
    FiberScheduler scheduler;
    do {
      EXPECT_TRUE(file->truncate(0).ok());
      write_word(*file, word_at, first_word);
      uint64_t word = 0;
      Result<uint64_t> got = ErrorCode::io_error;
      const SimulatedThread reader{
          [&] { got = file->read(word_at, std::as_writable_bytes(std::span(&word, 1))); }};
      const ScheduledRun run = scheduler.run(std::array{reader, SimulatedThread{other}}, policy);
      EXPECT_EQ(run.end, RunEnd::completed) << run.text;
      if (run.end != RunEnd::completed || !got.ok()) break;
      answers.insert(got.value() == 0
                         ? "behind the end"
                         : std::to_string(got.value()) + " bytes: " + std::to_string(word));
      ++runs;
    } while (policy.next());
    RecordProperty("runs", std::to_string(runs));
    return answers;
  }
  void cut() { EXPECT_TRUE(file->truncate(cut_at).ok()); }

  const std::string old_word = "8 bytes: " + std::to_string(first_word);
  const std::string new_word = "8 bytes: " + std::to_string(appended);
  BareLab lab;
  SimulatedAddressSpace addresses{*lab.region};
  std::unique_ptr<DaxFileSystem> files = lab.files_on(addresses);
  std::unique_ptr<File> file = files->create("file").take();
  uint64_t runs = 0;
};

TEST_F(BesideCut, AReadAnswersWhatWasThereOrThatNothingIs) {
  EXPECT_EQ(answers_beside(2, [&] { cut(); }), (std::set{old_word, std::string("behind the end")}));
}

// The size covers the word again when the read looks at it after copying: zeros, all the same, that
// neither the cut nor the append put there for a reader.
TEST_F(BesideCut, AReadDoesNotTakeItsZerosForThoseOfAnAppend) {
  EXPECT_EQ(answers_beside(3,
                           [&] {
                             cut();
                             write_word(*file, word_at, appended);
                           }),
            (std::set{old_word, new_word, std::string("behind the end")}));
}

// Growing by truncate shows zeros that are the file's.
TEST_F(BesideCut, AReadMayAnswerTheZerosThatTheFileGrewBy) {
  EXPECT_EQ(answers_beside(2,
                           [&] {
                             cut();
                             EXPECT_TRUE(file->truncate(page_bytes).ok());
                           }),
            (std::set{old_word, std::string("8 bytes: 0"), std::string("behind the end")}));
}

// A write that was inside, then a cut, then an append over the same word. The write may come last,
// but then whoever looks after it sees no end before its word.
TEST_F(BesideCut, AWriteThatWasInsideDoesNotComeBackAfterTheEndWasSeen) {
  constexpr uint64_t inside = 0x33;
  ExhaustivePolicy policy(3);
  FiberScheduler scheduler;
  std::set<std::string> ends;
  do {
    ASSERT_TRUE(file->truncate(0).ok());
    write_word(*file, word_at, first_word);
    uint64_t seen_bytes = 0;
    const SimulatedThread writer{[&] {
      write_word(*file, word_at, inside);
      uint64_t word = 0;
      seen_bytes = file->read(word_at, std::as_writable_bytes(std::span(&word, 1))).value();
    }};
    const SimulatedThread cutter{[&] {
      cut();
      write_word(*file, word_at, appended);
    }};
    const ScheduledRun run = scheduler.run(std::array{writer, cutter}, policy);
    ASSERT_EQ(run.end, RunEnd::completed) << run.text;
    ends.insert((seen_bytes == 0 ? "end seen, then " : "") +
                std::to_string(read_word(*file, word_at)));
    ++runs;
  } while (policy.next());
  RecordProperty("runs", std::to_string(runs));
  EXPECT_EQ(ends, (std::set{std::to_string(inside), std::to_string(appended),
                            "end seen, then " + std::to_string(appended)}));
}

}  // namespace
}  // namespace daxlab
