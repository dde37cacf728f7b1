// What is written comes back, and a hostile file is refused with its place.
#include "harness/check/case_file.h"

#include <gmock/gmock.h>

#include <sstream>

#include "core/base/json.h"
#include "harness/check/case_file_examples.h"

namespace daxlab {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

void expect_same(const SharedOp& one, const SharedOp& other) {
  EXPECT_EQ(one.kind, other.kind);
  EXPECT_EQ(one.file, other.file);
  EXPECT_EQ(one.view, other.view);
  EXPECT_EQ(one.offset_bytes, other.offset_bytes);
  EXPECT_EQ(one.words, other.words);
  EXPECT_EQ(one.may_be_cut, other.may_be_cut);
  EXPECT_EQ(one.by_new_view, other.by_new_view);
  EXPECT_EQ(one.value, other.value);
}

void expect_same(const ConcurrentProgram& one, const ConcurrentProgram& other) {
  EXPECT_EQ(one.seed, other.seed);
  EXPECT_EQ(one.threads, other.threads);
  EXPECT_EQ(one.files, other.files);
  EXPECT_EQ(one.file_pages, other.file_pages);
  ASSERT_EQ(one.views.size(), other.views.size());
  for (size_t i = 0; i < one.views.size(); ++i) {
    EXPECT_EQ(one.views[i].file, other.views[i].file);
    EXPECT_EQ(one.views[i].range, other.views[i].range);
  }
  ASSERT_EQ(one.rounds.size(), other.rounds.size());
  for (size_t round = 0; round < one.rounds.size(); ++round) {
    ASSERT_EQ(one.rounds[round].size(), other.rounds[round].size());
    for (size_t thread = 0; thread < one.rounds[round].size(); ++thread) {
      const auto& ops = one.rounds[round][thread];
      ASSERT_EQ(ops.size(), other.rounds[round][thread].size());
      for (size_t i = 0; i < ops.size(); ++i) expect_same(ops[i], other.rounds[round][thread][i]);
    }
  }
}

void expect_same(const CheckFinding& one, const CheckFinding& other) {
  EXPECT_EQ(one.verdict.judge, other.verdict.judge);
  EXPECT_EQ(one.verdict.expected, other.verdict.expected);
  EXPECT_EQ(one.verdict.seen, other.verdict.seen);
  EXPECT_EQ(one.verdict.where, other.verdict.where);
  EXPECT_EQ(one.verdict.at, other.verdict.at);
  EXPECT_EQ(one.story, other.story);
  const Case &a = one.shown_by, &b = other.shown_by;
  EXPECT_EQ(a.config, b.config);
  ASSERT_EQ(a.plugins.size(), b.plugins.size());
  for (size_t i = 0; i < a.plugins.size(); ++i) {
    EXPECT_EQ(a.plugins[i].kind, b.plugins[i].kind);
    EXPECT_EQ(a.plugins[i].name, b.plugins[i].name);
    EXPECT_EQ(a.plugins[i].content_hash, b.plugins[i].content_hash);
  }
  EXPECT_EQ(a.region_bytes, b.region_bytes);
  EXPECT_EQ(a.faults, b.faults);
  EXPECT_EQ(a.choices, b.choices);
  EXPECT_EQ(a.crash, b.crash);
  ASSERT_EQ(a.mutation.has_value(), b.mutation.has_value());
  if (a.mutation) {
    EXPECT_EQ(a.mutation->how, b.mutation->how);
    EXPECT_EQ(a.mutation->kind, b.mutation->kind);
    EXPECT_EQ(a.mutation->place, b.mutation->place);
    EXPECT_EQ(a.mutation->nth, b.mutation->nth);
  }
  ASSERT_EQ(a.program.index(), b.program.index());
  if (const auto* history = std::get_if<History>(&a.program)) {
    EXPECT_EQ(history->seed, std::get<History>(b.program).seed);
    EXPECT_EQ(history->ops, std::get<History>(b.program).ops);
  } else {
    expect_same(std::get<ConcurrentProgram>(a.program), std::get<ConcurrentProgram>(b.program));
  }
}

void expect_comes_back(const CheckFinding& finding) {
  const std::string text = case_text(finding);
  const auto parsed = parse_case(text, "f.json");
  ASSERT_TRUE(parsed.ok()) << parsed.error().message << "\n" << text;
  expect_same(finding, parsed.value());
  EXPECT_EQ(case_text(parsed.value()), text);
}

TEST(CaseFile, WhatIsWrittenComesBack) {
  for (const NamedFinding& named : findings_of_each_kind()) {
    SCOPED_TRACE(named.name);
    expect_comes_back(named.finding);
  }
}

TEST(CaseFile, RandomHistoriesAndProgramsComeBack) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    expect_comes_back(history_finding(seed));
    expect_comes_back(program_finding(seed));
  }
}

TEST(CaseFile, TextOfAnyKindComesBack) {
  CheckFinding finding = history_finding(1);
  for (const std::string text : {"", "\n", "a\nb", "a\n", "\"quoted\\\"", "\xC3\xA9 \x01 \t"}) {
    finding.shown_by.config = text;
    finding.verdict.expected = text;
    finding.story = {text, text};
    expect_comes_back(finding);
  }
}

TEST(CaseFile, IsForPeople) {
  const std::string text = case_text(program_finding(3));
  EXPECT_THAT(text, StartsWith("{\n  \"daxlab_case\": 1,\n"));
  EXPECT_THAT(text, HasSubstr("{\"kind\": \"store\""));
  size_t longest = 0;
  for (size_t start = 0; start < text.size();) {
    const size_t end = text.find('\n', start);
    longest = std::max(longest, end - start);
    start = end + 1;
  }
  EXPECT_LE(longest, 160u);
}

std::string error_of(const std::string& text) {
  const auto parsed = parse_case(text, "f.json");
  return parsed.ok() ? "no error" : parsed.error().message;
}

TEST(CaseFile, WhatIsNoCaseIsSaidToBeNone) {
  EXPECT_EQ(error_of(""), "f.json: is empty: no case of daxlab check");
  EXPECT_EQ(error_of("seed: 1\n"), "f.json:1:1: is no JSON, so this is no case of daxlab check");
  EXPECT_EQ(error_of("{\n  \"a\": 1,\n  b\n}"),
            "f.json:3:3: is no JSON, so this is no case of daxlab check");
  EXPECT_EQ(error_of("{}"), "f.json: is no case of daxlab check: the key 'daxlab_case' is missing");
  EXPECT_EQ(error_of("[1]"),
            "f.json: is no case of daxlab check: the key 'daxlab_case' is missing");
  EXPECT_EQ(error_of("{\"daxlab_case\": 2}"),
            "f.json: is a case of version 2; this daxlab reads version 1");
  EXPECT_EQ(error_of(std::string(1000, '[')),
            "f.json: is nested more than 16 deep: no case of daxlab check");
  EXPECT_EQ(error_of(std::string(most_case_bytes + 1, ' ')),
            "f.json: is larger than 4194304 bytes, the most a case may have");
}

TEST(CaseFile, WhatIsCutOffIsRefusedWhereverItWasCut) {
  const std::string text = case_text(program_finding(5));
  for (size_t length = 1; length + 2 < text.size(); length += 97) {
    EXPECT_EQ(error_of(text.substr(0, length)),
              "f.json: ends in the middle: it was cut off, or is no case of daxlab check")
        << length;
  }
}

// One value of a good file becomes another.
struct Change {
  const char* pointer;  // RFC 6901
  Json value;
  const char* error;  // after "f.json: "
};

std::string error_after(const CheckFinding& finding, const Change& change) {
  Json root = json_or_null(case_text(finding));
  Json* at = &root;
  std::istringstream steps(change.pointer + 1);
  for (std::string step; std::getline(steps, step, '/');) {
    at = at->is_list()        ? &at->changeable_items().at(std::stoul(step))
         : at->contains(step) ? at->find(step)
                              : &at->set(step, nullptr);
  }
  *at = change.value;
  return error_of(root.dump());
}

TEST(CaseFile, EachValueIsCheckedAndItsPlaceNamed) {
  const CheckFinding finding = small_history_finding();
  const std::vector<Change> changes = {
      {"/region_bytes", 4096,
       "region_bytes: expected a whole number from 65536 to 67108864, found 4096"},
      {"/region_bytes", 65537, "region_bytes: expected a multiple of 4096, found 65537"},
      {"/region_bytes", "64KiB",
       "region_bytes: expected a whole number from 65536 to 67108864, found \"64KiB\""},
      {"/history/seed", -1, "history.seed: expected a whole number of at least 0, found -1"},
      {"/history/seed", 1.5, "history.seed: expected a whole number of at least 0, found 1.5"},
      {"/history/ops/1/kind", "wrlte",
       "history.ops[1].kind: expected one of create, open, unlink, read, write, read_into_view, "
       "write_from_view, truncate, punch, preallocate, sync, map, unmap, load, store, prefault, "
       "view_sync; did you mean 'write'?, found \"wrlte\""},
      {"/history/ops/1/file", 3,
       "history.ops[1].file: expected a whole number from 0 to 2, found 3"},
      {"/history/ops/1/view", 6,
       "history.ops[1].view: expected a whole number from 0 to 5, found 6"},
      {"/history/ops/1/offset_bytes", uint64_t{1} << 60,
       "history.ops[1].offset_bytes: expected a whole number from 0 to 524288, found "
       "1152921504606846976"},
      {"/history/ops/1/length_bytes", 524288,
       "history.ops[1].length_bytes: expected a whole number from 0 to 524188, found 524288"},
      {"/history/ops/1/lenght_bytes", 5,
       "history.ops[1]: unknown key 'lenght_bytes', expected one of kind, file, view, "
       "offset_bytes, length_bytes, value; did you mean 'length_bytes'?"},
      {"/history/ops/2/length_bytes", 0,
       "history.ops[2]: expected a length_bytes of at least a page, found 0"},
      {"/history/ops/2/length_bytes", 100,
       "history.ops[2].length_bytes: expected a multiple of 4096, found 100"},
      {"/history/ops/3/offset_bytes", 4,
       "history.ops[3].offset_bytes: expected a multiple of 8, found 4"},
      {"/history/ops/3/offset_bytes", 8192,
       "history.ops[3]: 'store view 1 offset 8192 value 0x7' is outside of its view, or what it "
       "does is left open by POSIX"},
      {"/history/ops", 5, "history.ops: expected a list, found 5"},
      {"/history/ops/0", Json::list(), "history.ops[0]: expected a map, found a list"},
      {"/faults/poisoned_blocks", Json::list({16}),
       "faults.poisoned_blocks[0]: expected a whole number from 0 to 15, found 16"},
      {"/faults/no_space_from_then_on", 1,
       "faults.no_space_from_then_on: expected true or false, found 1"},
      {"/verdict/judge", "coherense",
       "verdict.judge: expected one of coherence, isolation, zero-page-cache, enospc, accounting, "
       "durability, parity, progress; did you mean 'coherence'?, found \"coherense\""},
      {"/verdict/seen", Json::map(), "verdict.seen: expected a text, found a map"},
      {"/crash", {{"event", 1}}, "crash: expected the key 'image', found none"},
      {"/choices", Json::list({1}), "choices[0]: expected a whole number from 0 to 0, found 1"},
      {"/program", Json::map(), "expected one of the keys 'history' and 'program', found both"},
      {"/extra", 1,
       "unknown key 'extra', expected one of daxlab_case, verdict, config, region_bytes, story, "
       "plugins, faults, max_kernel_mappings, history, program, choices, mutation, crash"},
  };
  for (const Change& change : changes) {
    EXPECT_EQ(error_after(finding, change), std::string("f.json: ") + change.error);
  }
}

TEST(CaseFile, AMutationOfAnUnknownStepNamesTheNearest) {
  const Json mutation = {{"how", "drop"}, {"kind", "flash"}};
  const std::string error = error_after(small_history_finding(), {"/mutation", mutation, ""});
  EXPECT_THAT(error, StartsWith("f.json: mutation.kind: expected one of lock, "));
  EXPECT_THAT(error, HasSubstr("; did you mean 'flush'?, found \"flash\""));
}

TEST(CaseFile, ProgramsAreChecked) {
  const CheckFinding finding = small_program_finding();
  const std::vector<Change> changes = {
      {"/program/threads", 0, "program.threads: expected a whole number from 1 to 16, found 0"},
      {"/program/threads", 4'000'000'000,
       "program.threads: expected a whole number from 1 to 16, found 4000000000"},
      {"/program/threads", 3,
       "program.rounds[0]: expected a list of operations for each of 3 threads, found 2"},
      {"/program/files", 5, "program.files: expected a whole number from 1 to 4, found 5"},
      {"/program/file_pages", 129,
       "program.file_pages: expected a whole number from 0 to 128, found 129"},
      {"/program/views/0/file", 1,
       "program.views[0].file: expected a whole number from 0 to 0, found 1"},
      {"/program/views/0/pages", 0,
       "program.views[0].pages: expected a whole number from 1 to 128, found 0"},
      {"/program/views", Json::list(),
       "program.rounds[0][0][0]: expected a program with views, found none"},
      {"/program/rounds/0/0/0/kind", "map",
       "program.rounds[0][0][0].kind: expected one of load, store, read, write, punch, truncate, "
       "preallocate, prefault_read, prefault_write, view_sync, sync, make, visit, unlink, found "
       "\"map\""},
      {"/program/rounds/0/0/0/offset_bytes", 12,
       "program.rounds[0][0][0].offset_bytes: expected a multiple of 8, found 12"},
      {"/program/rounds/0/0/0/offset_bytes", 8192,
       "program.rounds[0][0][0]: bytes 8192 to 8200 are not in view 0, which shows bytes 0 to "
       "8192"},
      {"/program/rounds/0/0/0/view", 1,
       "program.rounds[0][0][0].view: expected a whole number from 0 to 0, found 1"},
      {"/program/rounds/0/1/0/words", 4,
       "program.rounds[0][1][0].words: expected a whole number from 1 to 3, found 4"},
      {"/choices", Json::list({0, 1, 2}),
       "choices[2]: expected a whole number from 0 to 1, found 2"},
  };
  for (const Change& change : changes) {
    EXPECT_EQ(error_after(finding, change), std::string("f.json: ") + change.error);
  }
}

TEST(CaseFile, MoreOperationsThanTheLimitAreRefused) {
  Json root = json_or_null(case_text(small_history_finding()));
  Json& ops = root.find("history")->set("ops", Json::list());
  for (uint64_t i = 0; i <= most_case_ops; ++i) {
    ops.add({{"kind", "sync"}});
  }
  EXPECT_EQ(error_of(root.dump()), "f.json: history.ops: expected at most 1000 items, found 1001");
}

}  // namespace
}  // namespace daxlab
