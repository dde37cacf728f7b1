// Plugins that are wrong in one way each: the check that is for it fails, and the whole suite says
// in its first lines what it was.
#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/end_to_end/conformance_run.h"

namespace daxlab {
namespace {

using testing::HasSubstr;

struct Wrong {
  std::string kind, name, option, check, seen;
};
void PrintTo(const Wrong& wrong, std::ostream* out) {
  *out << wrong.kind << " " << wrong.name << " " << wrong.option << " " << wrong.check;
}
std::string name_of_case(const testing::TestParamInfo<Wrong>& info) {
  const std::string flaw = info.param.option.substr(info.param.option.find('=') + 1);
  return (info.param.option.empty() ? info.param.name : flaw) + "_" + info.param.check;
}

class WrongPlugins : public testing::TestWithParam<Wrong> {};

// The check fails, and says what was seen; `seen` is a part of its report.
TEST_P(WrongPlugins, FailTheCheckThatIsForThem) {
  const Wrong& wrong = GetParam();
  const std::string time_limit = wrong.name == "endless_fault" ? "200ms" : "60s";
  std::vector<std::string> arguments = {wrong.kind,  wrong.name,     "--checks",
                                        wrong.check, "--time-limit", time_limit};
  if (!wrong.option.empty()) arguments.insert(arguments.end(), {"--option", wrong.option});
  const ProcessOutcome outcome = conformance(arguments);
  EXPECT_EQ(outcome.exit_status, 1) << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("\nFAILED  " + wrong.check + ": "));
  EXPECT_THAT(outcome.out, HasSubstr(wrong.seen));
  EXPECT_THAT(outcome.out, HasSubstr("\n  repeat:    " + std::string(DAXLAB_PROGRAM) +
                                     " conformance " + wrong.kind + " " + wrong.name));
  EXPECT_THAT(outcome.out, HasSubstr("0 of 1 checks passed, 1 failed"));
}

constexpr const char* one_way = "wrong_in_one_way";
constexpr const char* reserve = "keeps_a_reserve";

INSTANTIATE_TEST_SUITE_P(
    Allocators, WrongPlugins,
    testing::Values(
        Wrong{"alloc", one_way, "flaw=begins_with_one_less", "begins_all_free",
              "0 free blocks, 0 in a row"},
        Wrong{"alloc", one_way, "flaw=never_hands_out_the_last", "hands_out_every_block",
              "no_space"},
        Wrong{"alloc", one_way, "flaw=more_than_max", "keeps_between_min_and_max",
              "blocks 1 to 2 (2 blocks)"},
        Wrong{"alloc", one_way, "flaw=forgets_marks", "keeps_what_is_marked", "free blocks"},
        Wrong{"alloc", one_way, "flaw=long_runs_are_no_space", "begins_all_free", "no_space"},
        Wrong{"alloc", one_way, "flaw=counts_parts_wrong", "merges_what_is_freed", "free_space"},
        Wrong{"alloc", one_way, "flaw=demands_alignment", "takes_wishes_as_wishes", "no_space"},
        Wrong{"alloc", one_way, "flaw=no_space_for_ever", "recovers_from_exhaustion", "no_space"},
        Wrong{"alloc", one_way, "flaw=no_space_for_ever", "finds_what_is_free", "no_space"},
        Wrong{"alloc", one_way, "flaw=numbers_of_32_bits", "works_beyond_32_bits",
              "an extent inside blocks 4294967196"},
        Wrong{"alloc", one_way, "flaw=loses_the_hundredth", "answers_like_the_model", "steps:"},
        Wrong{"alloc", one_way, "flaw=no_lock", "shares_between_threads", ""},
        Wrong{"alloc", one_way, "flaw=mallocs_when_asked", "calls_nothing_unsafe_in_a_fault",
              "allocate calls malloc"},
        Wrong{"alloc", one_way, "flaw=shares_its_state", "keeps_instances_apart", "free blocks"},
        Wrong{"alloc", one_way, "flaw=keeps_memory", "gives_everything_back", "bytes of heap"},
        Wrong{"alloc", reserve, "lie=more_than_free", "begins_all_free", "says 2 reserved blocks"},
        Wrong{"alloc", reserve, "lie=keeps_all", "begins_all_free", "reserved blocks of 1"},
        Wrong{"alloc", reserve, "lie=refuses_twice_as_many", "hands_out_every_block",
              "free blocks are reserved"},
        Wrong{"alloc", reserve, "lie=refuses_twice_as_many", "shares_between_threads",
              "but 16 reserved ones can be had"},
        Wrong{"alloc", reserve, "lie=never_comes_back", "answers_like_the_model",
              "have not come back"},
        Wrong{"alloc", reserve, "lie=never_comes_back", "shares_between_threads",
              "have not come back"},
        Wrong{"alloc", "block_outside", "", "hands_out_every_block", "an extent inside blocks"},
        Wrong{"alloc", "same_block_twice", "", "hands_out_every_block", "is in use"},
        Wrong{"alloc", "forgets_a_block", "", "merges_what_is_freed", "expected:"}),
    name_of_case);

INSTANTIATE_TEST_SUITE_P(
    Strategies, WrongPlugins,
    testing::Values(
        Wrong{"fault", "wrong_fault", "flaw=bus_error_at_holes", "holes_read_zeros",
              "input/output error"},
        Wrong{"fault", "wrong_fault", "flaw=gives_up_after_no_space", "no_space_is_a_bus_error",
              "with space again, the same store works"},
        Wrong{"fault", "wrong_fault", "flaw=leaves_zeros_for_writes", "writes_replace_zeros",
              "seen:      0x0"},
        Wrong{"fault", "wrong_fault", "flaw=keeps_memory", "gives_everything_back",
              "bytes of heap"},
        Wrong{"fault", "global_zero_without_repair", "", "each_store_keeps_its_place", "steps:"},
        Wrong{"fault", "global_zero_without_unmap", "", "stores_are_seen_everywhere", "steps:"},
        Wrong{"fault", "abort_in_mkwrite", "", "each_store_keeps_its_place",
              "killed by SIGABRT in page_mkwrite"},
        Wrong{"fault", "endless_fault", "", "holes_read_zeros", "still in fault at the time limit"},
        Wrong{"fault", "null_store", "", "holes_read_zeros", "killed by SIGSEGV in fault"},
        Wrong{"fault", "throwing_fault", "", "holes_read_zeros", "killed by SIGABRT in fault"},
        Wrong{"fault", "no_page_for_ever", "", "past_the_end_is_a_bus_error", "fault said "},
        Wrong{"fault", "foreign_blocks", "", "stores_are_seen_everywhere", "fault inserts blocks "},
        Wrong{"fault", "foreign_page", "", "holes_read_zeros", "fault inserts at file page "},
        Wrong{"write", "wrong_write", "flaw=forgets_the_last_byte", "writes_what_it_says",
              "seen:      4096"},
        Wrong{"write", "wrong_write", "flaw=says_all_when_full", "no_space_is_consistent",
              "which returned 36864"},
        Wrong{"write", "wrong_write", "flaw=says_all_when_full", "survives_crashes_without_space",
              "the promise of size"},
        Wrong{"write", "wrong_write", "flaw=short_or_refused", "no_space_is_consistent",
              "as another was"},
        Wrong{"write", "wrong_write", "flaw=short_or_refused", "ending_buffers_are_consistent",
              "it was short"},
        Wrong{"write", "wrong_write", "flaw=says_all_when_full", "ending_buffers_are_consistent",
              "seen:      108"},
        Wrong{"write", "wrong_write", "flaw=publishes_before_it_copies", "survives_crashes",
              "before copying to it"},
        Wrong{"write", "wrong_write", "flaw=takes_half_of_the_longest", "refuses_what_is_too_long",
              "524288 bytes"},
        Wrong{"write", "partial_with_buffered_fallback", "", "no_space_is_consistent", "expected:"},
        Wrong{"write", "more_than_asked", "", "writes_what_it_says", "write returned 2 bytes"},
        Wrong{"write", "keeps_files_open", "", "gives_everything_back",
              "24 more open descriptors"}),
    name_of_case);

// Whole suites: the cause stands in the first lines, in words, and is told once.
struct Mistake {
  std::string what;
  std::vector<std::string> tested;
  std::string first_lines;  // a part of them
};
void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.what; }

class Mistakes : public testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, AreInTheFirstTenLinesAndToldOnce) {
  std::vector<std::string> arguments = GetParam().tested;
  arguments.insert(arguments.end(), {"--call-limit", "500ms"});
  const ProcessOutcome outcome = conformance(arguments);
  EXPECT_EQ(outcome.exit_status, 1) << outcome.error;
  size_t end = 0;
  for (int line = 0; line < 10 && end < outcome.out.size(); ++line) {
    end = std::min(outcome.out.find('\n', end), outcome.out.size() - 1) + 1;
  }
  EXPECT_THAT(outcome.out.substr(0, end), testing::ContainsRegex(GetParam().first_lines));
  size_t blocks = 0;
  for (size_t at = 0; (at = outcome.out.find("\nFAILED  ", at)) != std::string::npos; ++at)
    ++blocks;
  EXPECT_LE(blocks, 6u) << outcome.out;
}

INSTANTIATE_TEST_SUITE_P(
    Conformance, Mistakes,
    testing::Values(
        Mistake{"lock_kept",
                {"alloc", one_way, "--option", "flaw=keeps_its_lock"},
                "allocate returned with its lock held, taken at wrong_in_one_way"},
        Mistake{"handed_out_twice", {"alloc", "first_fit_hands_out_twice"}, "is in use"},
        Mistake{"leak", {"alloc", "first_fit_leaks"}, "free blocks, [0-9]+ in a row: [0-9]+ lost"},
        Mistake{"arena_overrun",
                {"alloc", one_way, "--option", "flaw=small_arena"},
                "behind the end of its arena of [0-9]+ bytes .asked for in init"},
        Mistake{"malloc_though_signal_safe",
                {"alloc", one_way, "--option", "flaw=mallocs_when_asked"},
                "allocate calls malloc, called at wrong_in_one_way"},
        Mistake{"endless_loop",
                {"alloc", one_way, "--option", "flaw=searches_for_ever"},
                "allocate did not return within 500 ms"},
        Mistake{"wrong_free_count", {"alloc", "first_fit_lies_about_space"}, "free_space says"},
        Mistake{"malloc_in_a_fault",
                {"fault", "wrong_fault", "--option", "flaw=mallocs_in_a_fault"},
                "calls operator new, called at wrong_fault"},
        Mistake{"lock_kept_in_a_fault",
                {"fault", "wrong_fault", "--option", "flaw=keeps_its_lock"},
                "(fault|page_mkwrite) returned with its lock held, taken at wrong_fault"},
        Mistake{"stale_page", {"fault", "global_zero_stale_after_write"}, "seen: +0x0"},
        Mistake{"forgotten_unmap", {"fault", "global_zero_without_unmap"}, "seen: +0x0"},
        Mistake{"crash",
                {"fault", "null_store"},
                "killed by SIGSEGV in fault: it wrote at address 0x0, at null_store"},
        Mistake{
            "torn_write", {"write", "atomic_overwrites_in_place"}, "never torn|no order explains"}),
    [](const auto& test) { return test.param.what; });

}  // namespace
}  // namespace daxlab
