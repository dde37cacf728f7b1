#include "harness/histories/name_order.h"

#include <gtest/gtest.h>

namespace daxlab {
namespace {

constexpr uint64_t first_value = 0x100, second_value = 0x200;

Event on_name(SharedOpKind kind, uint32_t thread, uint64_t invoked, uint64_t answered) {
  Event made;
  made.thread = thread;
  made.op.kind = kind;
  made.invoked = invoked;
  made.answered = answered;
  return made;
}
Event refused(Event event, ErrorCode code) {
  event.code = code;
  event.entered = false;
  event.count_bytes = 0;
  return event;
}
Event make(uint32_t thread, uint64_t value, uint64_t invoked, uint64_t answered) {
  Event made = on_name(SharedOpKind::make, thread, invoked, answered);
  made.op.value = value;
  made.entered = true;
  made.count_bytes = 8;
  made.words[0] = value;
  return made;
}
Event visit(uint32_t thread, uint64_t seen, uint64_t invoked, uint64_t answered) {
  Event made = on_name(SharedOpKind::visit, thread, invoked, answered);
  made.entered = true;
  made.count_bytes = seen == 0 ? 0 : 8;
  made.words[0] = seen;
  return made;
}
Event unlink(uint32_t thread, uint64_t invoked, uint64_t answered) {
  return on_name(SharedOpKind::unlink, thread, invoked, answered);
}
Event nothing(Event event) { return refused(event, ErrorCode::not_found); }

bool is_right(const std::vector<Event>& events) { return !judge_names(events); }

TEST(JudgeNames, AMadeNameIsFoundWithWhatWasWritten) {
  EXPECT_TRUE(is_right({make(0, first_value, 1, 2), visit(1, first_value, 3, 4)}));
  EXPECT_FALSE(is_right({make(0, first_value, 1, 2), nothing(visit(1, 0, 3, 4))}));
  EXPECT_FALSE(is_right({make(0, first_value, 1, 2), visit(1, 0, 3, 4)}));
  EXPECT_FALSE(is_right({make(0, first_value, 1, 2), visit(1, second_value, 3, 4)}));
}

TEST(JudgeNames, OneThatIsJustMadeMayBeEmptyOrNotThereYet) {
  const Event makes = make(0, first_value, 1, 6);
  EXPECT_TRUE(is_right({makes, visit(1, 0, 2, 3), visit(1, first_value, 4, 5)}));
  EXPECT_TRUE(is_right({makes, nothing(visit(1, 0, 2, 3))}));
  EXPECT_FALSE(is_right({makes, visit(1, 0, 2, 3), nothing(visit(1, 0, 4, 5))}));
}

TEST(JudgeNames, AnUnlinkedNameIsGone) {
  const Event made = make(0, first_value, 1, 2), gone = unlink(0, 3, 4);
  EXPECT_TRUE(is_right({made, gone, nothing(visit(1, 0, 5, 6))}));
  EXPECT_TRUE(is_right({made, gone, nothing(unlink(1, 5, 6))}));
  EXPECT_FALSE(is_right({made, gone, visit(1, first_value, 5, 6)}));
  EXPECT_FALSE(is_right({made, gone, unlink(1, 5, 6)}));
  EXPECT_FALSE(is_right({unlink(0, 1, 2)}));
}

TEST(JudgeNames, ANameIsMadeOnceUntilItIsUnlinked) {
  const Event made = make(0, first_value, 1, 2);
  const Event again = make(1, second_value, 3, 4);
  EXPECT_TRUE(is_right({made, refused(again, ErrorCode::exists)}));
  EXPECT_FALSE(is_right({made, again}));
  EXPECT_TRUE(is_right({made, make(1, second_value, 3, 6), unlink(0, 4, 5)}));
  EXPECT_FALSE(is_right({refused(made, ErrorCode::exists)}));
}

TEST(JudgeNames, TheSecondFileOfANameIsNotTheFirst) {
  const std::vector<Event> both{make(0, first_value, 1, 2), unlink(0, 3, 4),
                                make(0, second_value, 5, 6)};
  std::vector<Event> right = both, wrong = both;
  right.push_back(visit(1, second_value, 7, 8));
  wrong.push_back(visit(1, first_value, 7, 8));
  EXPECT_TRUE(is_right(right));
  EXPECT_FALSE(is_right(wrong));
}

// Whatever happens to its name meanwhile.
TEST(JudgeNames, WhoMakesAFileReadsWhatItWroteThere) {
  Event makes = make(0, first_value, 1, 4);
  EXPECT_TRUE(is_right({makes, unlink(1, 2, 3)}));
  makes.words[0] = 0;
  EXPECT_FALSE(is_right({makes, unlink(1, 2, 3)}));
  makes.count_bytes = 0;
  EXPECT_FALSE(is_right({makes, unlink(1, 2, 3)}));
}

TEST(JudgeNames, WithoutSpaceTheNameMayBeThereAndEmpty) {
  Event makes = make(0, first_value, 1, 2);
  makes.code = ErrorCode::no_space;
  makes.count_bytes = 0;
  EXPECT_TRUE(is_right({makes, visit(1, 0, 3, 4)}));
  makes.entered = false;
  EXPECT_TRUE(is_right({makes, nothing(visit(1, 0, 3, 4))}));
  EXPECT_FALSE(is_right({makes, visit(1, 0, 3, 4)}));
}

TEST(JudgeNames, AnyOtherErrorIsAFailure) {
  EXPECT_FALSE(is_right({refused(make(0, first_value, 1, 2), ErrorCode::io_error)}));
  EXPECT_FALSE(is_right({refused(visit(0, 0, 1, 2), ErrorCode::exists)}));
}

}  // namespace
}  // namespace daxlab
