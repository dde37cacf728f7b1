#include "harness/campaign/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fstream>

#include "core/base/json.h"
#include "core/base/other_user_test.h"
#include "harness/campaign/records_test.h"
#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

using testing::HasSubstr;

class JournalTest : public testing::Test {
 protected:
  std::string text() const { return read_whole_file(path_).take(); }
  void put(const std::string& bytes) const { std::ofstream(path_) << bytes; }
  static std::string error_of(const ErrorOr<Journal>& journal) {
    return journal.ok() ? "no error" : journal.error().message;
  }
  // With a context and two records, as a process that was killed leaves it.
  void leave_two() {
    auto journal = Journal::begin(path_);
    ASSERT_TRUE(journal.ok()) << journal.error().message;
    EXPECT_FALSE(journal.value().add_context({{"date", "today"}}).has_value());
    EXPECT_FALSE(journal.value().add(first_).has_value());
    EXPECT_FALSE(journal.value().add(second_).has_value());
  }

  std::vector<Config> configs_ = {a_config(1, 2)};
  std::vector<SelectedCell> cells_ = select_cells(configs_, {}).take();
  RunRecord first_ = a_record(cells_[0], 0);
  RunRecord second_ = a_record(cells_[0], 1, "died\nof \"something\"");
  ScratchFolder folder_ = ScratchFolder::make(testing::TempDir()).take();
  std::filesystem::path path_ = Journal::path_for(folder_.path() / "out.json");
};

TEST_F(JournalTest, GivesBackWhatItKept) {
  leave_two();
  EXPECT_EQ(path_.filename(), "out.json.partial");
  const auto journal = Journal::go_on(path_);
  ASSERT_TRUE(journal.ok()) << journal.error().message;
  const RecordedRuns& kept = journal.value().kept();
  EXPECT_EQ(kept.contexts, (std::vector<Json>{{{"date", "today"}}}));
  ASSERT_EQ(kept.records.size(), 2u);
  EXPECT_EQ(record_json(kept.records[0]).dump(), record_json(first_).dump());
  EXPECT_EQ(record_json(kept.records[1]).dump(), record_json(second_).dump());
  EXPECT_TRUE(kept.records[1].failed());
  EXPECT_EQ(kept.records[1].repetition(), 1u);
}

// Whatever byte a kill cut it at: whole lines stay, and what comes next is a whole line again.
TEST_F(JournalTest, ATornLastLineIsDroppedWhereverItIsTorn) {
  leave_two();
  const std::string whole = text();
  const size_t first_end = whole.find('\n', whole.find('\n') + 1) + 1;
  for (size_t length = first_end; length < whole.size(); ++length) {
    put(whole.substr(0, length));
    auto journal = Journal::go_on(path_);
    ASSERT_TRUE(journal.ok()) << length << ": " << journal.error().message;
    ASSERT_EQ(journal.value().kept().records.size(), 1u) << length;
    ASSERT_FALSE(journal.value().add(second_).has_value());
    ASSERT_EQ(text(), whole) << length;
  }
}

TEST_F(JournalTest, AnewItRefusesToTakeThePlaceOfFinishedRuns) {
  leave_two();
  const std::string before = text();
  EXPECT_EQ(error_of(Journal::begin(path_)),
            path_.string() +
                ": holds 2 finished runs of an earlier command; go on with it by "
                "--resume, or remove the file to start anew");
  EXPECT_EQ(text(), before);
}

TEST_F(JournalTest, OneWithoutRunsIsInNobodysWay) {
  put("{\"context\":{\"date\":\"yesterday\"}}\n");
  auto journal = Journal::begin(path_);
  ASSERT_TRUE(journal.ok()) << journal.error().message;
  EXPECT_TRUE(journal.value().kept().contexts.empty());
  EXPECT_EQ(text(), "");
}

TEST_F(JournalTest, NothingIsLeftWhenNothingWasKept) {
  { ASSERT_TRUE(Journal::begin(path_).ok()); }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(JournalTest, TwoProcessesDoNotWriteTheSame) {
  auto journal = Journal::begin(path_);
  ASSERT_TRUE(journal.ok());
  EXPECT_THAT(error_of(Journal::go_on(path_)), HasSubstr("another daxlab is writing it"));
}

TEST_F(JournalTest, AFileOfSomethingElseIsNamedAndLeftAsItIs) {
  const std::string line = "{\"context\":{}}\n";
  const std::string foreign[] = {
      "my notes", "my notes\n", line + "{}\n", line + "[1]\n", line + "{\"run\":{}}\n",
      line + "\n"};
  for (const std::string& bytes : foreign) {
    put(bytes);
    for (const auto& journal : {Journal::begin(path_), Journal::go_on(path_)}) {
      EXPECT_THAT(error_of(journal), HasSubstr(path_.string() + ":")) << bytes;
      EXPECT_THAT(error_of(journal), HasSubstr("remove this one")) << bytes;
    }
    EXPECT_EQ(text(), bytes);
  }
  EXPECT_THAT(error_of(Journal::begin("/dev/full")), HasSubstr("/dev/full: is no plain file"));
  EXPECT_THAT(error_of(Journal::begin(folder_.path())), HasSubstr("is no plain file"));
}

// It is written before anybody looks, in a folder that others may write to, perhaps.
TEST_F(JournalTest, NoLinkIsEverFollowed) {
  const auto target = folder_.path() / "target";
  std::filesystem::create_symlink("target", path_);
  for (const bool there : {false, true}) {
    if (there) std::ofstream(target) << "";
    for (const auto& journal : {Journal::begin(path_), Journal::go_on(path_)}) {
      EXPECT_EQ(error_of(journal), path_.string() +
                                       ": is a link, and none is followed here; remove it, or name "
                                       "another file");
    }
    EXPECT_EQ(std::filesystem::exists(target), there);
    EXPECT_TRUE(std::filesystem::is_symlink(path_));
  }
  EXPECT_EQ(std::filesystem::file_size(target), 0u);
}

TEST_F(JournalTest, AFileOfAnotherUserIsNotTouched) {
  SKIP_UNLESS_ROOT();
  leave_two();
  const std::string before = text();
  for (const std::string& bytes : {std::string(), before}) {
    give_to(0, path_);
    put(bytes);
    give_to(stranger, path_);
    ASSERT_EQ(chmod(path_.c_str(), 0666), 0);
    for (const auto& journal : {Journal::begin(path_), Journal::go_on(path_)}) {
      EXPECT_THAT(error_of(journal), HasSubstr(": belongs to user 54321, not to you"));
    }
    EXPECT_EQ(text(), bytes);
  }
  // Nor is one of root a user's.
  give_to(0, path_);
  std::filesystem::permissions(folder_.path(), std::filesystem::perms(01777));
  EXPECT_THAT(as_user(stranger, [&] { return error_of(Journal::go_on(path_)); }),
              HasSubstr(": belongs to user 0, not to you"));
}

TEST_F(JournalTest, AFileWithASecondNameIsNotTouched) {
  const auto other = folder_.path() / "other";
  std::ofstream(other) << "";
  std::filesystem::create_hard_link(other, path_);
  EXPECT_THAT(error_of(Journal::begin(path_)), HasSubstr("has another name, too"));
  EXPECT_TRUE(std::filesystem::exists(path_));
}

// It is the file that was opened that is written, read and taken away.
TEST_F(JournalTest, ANameThatLeadsElsewhereMeanwhileIsLeftAlone) {
  auto journal = Journal::begin(path_);
  ASSERT_TRUE(journal.ok()) << journal.error().message;
  const auto moved = folder_.path() / "moved";
  std::filesystem::rename(path_, moved);
  put("precious");
  EXPECT_FALSE(journal.value().add(first_).has_value());
  journal.value().remove();
  EXPECT_EQ(text(), "precious");
  EXPECT_GT(std::filesystem::file_size(moved), 0u);
}

// One that ended took the file away after this one had opened it: what is written is not lost.
TEST_F(JournalTest, OfTwoThatBeginAndEndNoneWritesIntoAFileThatIsGone) {
  const pid_t other = fork();
  if (other == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) (void)Journal::begin(path_);  // and ends it: nothing was kept
  }
  for (int found = 0; found < 50;) {
    auto journal = Journal::begin(path_);
    if (!journal.ok()) continue;  // the other one has it
    ++found;
    EXPECT_FALSE(journal.value().add_context({{"date", "today"}}).has_value());
    EXPECT_EQ(text(), "{\"context\":{\"date\":\"today\"}}\n") << found;
    journal.value().remove();
  }
  kill(other, SIGKILL);
  waitpid(other, nullptr, 0);
}

TEST_F(JournalTest, AFullDeviceIsToldOfAndLeavesWholeLines) {
  // A limit on file size stands for a device without space: both end a write early.
  auto journal = Journal::begin(path_);
  ASSERT_TRUE(journal.ok());
  ASSERT_FALSE(journal.value().add(first_).has_value());
  const std::string before = text();
  EXPECT_EXIT(
      {
        rlimit limit{};
        limit.rlim_cur = limit.rlim_max = before.size() + 10;
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        const auto error = journal.value().add(second_);
        const bool told =
            error && error->message.starts_with(path_.string() +
                                                ": writing: File too large: RLIMIT_FSIZE = ");
        _exit(told ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
  EXPECT_EQ(text(), before);
}

}  // namespace
}  // namespace daxlab
