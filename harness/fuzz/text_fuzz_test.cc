// The fuzzers of configs and of cases, without libFuzzer: their corpus, changed at random as long
// as a test may take. A minute each where sanitizers watch, a moment elsewhere.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "harness/check/case_file.h"
#include "harness/check/case_file_examples.h"
#include "harness/fuzz/fuzz_runs_test.h"
#include "harness/fuzz/json_mutator.h"
#include "harness/fuzz/text_trial.h"
#include "harness/histories/random.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds time_of_a_test{DAXLAB_FUZZ_TEST_SECONDS};
// Changes upon changes; then again from the corpus.
constexpr uint64_t text_generations = 3;

std::map<std::string, std::string> corpus(const std::string& name) {
  std::map<std::string, std::string> found;
  for (const auto& entry : fs::directory_iterator(fs::path(DAXLAB_FUZZ_CORPUS) / name)) {
    std::ifstream file(entry.path(), std::ios::binary);
    found[entry.path().filename()] = std::string(std::istreambuf_iterator<char>(file), {});
  }
  return found;
}

// Pieces that mean something to YAML, JSON, a config or a case.
constexpr std::string_view pieces[] = {"[",         "]",
                                       "{",         "}",
                                       ":",         ": ",
                                       "- ",        "\n",
                                       "\n  ",      "'",
                                       "\"",        "#",
                                       "&a ",       "*a",
                                       "!!str ",    "<<: ",
                                       "---\n",     "...\n",
                                       "|\n",       ">\n",
                                       "? ",        "~",
                                       ",",         "\t",
                                       "\\",        "%YAML 1.2\n",
                                       "@",         "`",
                                       "\r\n",      "-1",
                                       "1e999",     "\x04",
                                       "\xC3\xA9",  "\xEF\xBB\xBF",
                                       "\\ud800",   "matrix",
                                       "include",   "baseline",
                                       "path: /x",  "*w",
                                       "&w ",       "exclude: [{",
                                       "workloads", "18446744073709551616",
                                       "null",      "true",
                                       "1.5",       "\"\\u0000\""};

std::string change_text(std::string text, Random& random) {
  for (uint64_t changes = random.between(1, 6); changes > 0; --changes) {
    const size_t at = random.below(text.size() + 1);
    const size_t length = std::min<size_t>(text.size() - at, random.below(12));
    switch (random.below(4)) {
      case 0:
        text.insert(at, pieces[random.below(std::size(pieces))]);
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(random.below(text.size() + 1), text.substr(at, length));
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(random.below(256));
    }
  }
  return text;
}

// Mutates the corpus until the time is over. Both readers accept many of what comes out and refuse
// many: a mutator that only ever makes garbage would prove nothing.
void mutate_for_a_while(const std::string& name, TextTrial (*try_text)(std::string_view)) {
  const auto texts = corpus(name);
  ASSERT_FALSE(texts.empty());
  const auto end = std::chrono::steady_clock::now() + time_of_a_test;
  uint64_t accepted = 0, refused = 0;
  // At least one round, however slow the machine.
  for (uint64_t seed = first_seed() * 1'000'000;
       accepted + refused < 2000 || std::chrono::steady_clock::now() < end;) {
    for (const auto& [file, original] : texts) {
      std::string text = original;
      for (uint64_t i = 0; i < text_generations; ++i, ++seed) {
        Random random(seed);
        text = random.percent(60) ? mutate_json(text, seed) : change_text(text, random);
        const TextTrial trial = try_text(text);
        ASSERT_EQ(trial.broken_promise, std::nullopt)
            << *trial.broken_promise
            << "\nthe text: " << kept(std::as_bytes(std::span(text)), "broken_promise." + name);
        ++(trial.accepted ? accepted : refused);
      }
    }
  }
  EXPECT_GT(accepted, (accepted + refused) / 200);
  EXPECT_GT(refused, (accepted + refused) / 200);
  testing::Test::RecordProperty("accepted", std::to_string(accepted));
  testing::Test::RecordProperty("refused", std::to_string(refused));
  std::printf("%s: %lu accepted, %lu refused\n", name.c_str(), accepted, refused);
}

TEST(CaseFileCorpus, IsWhatItsProgramWrites) {
  const auto in_tree = corpus("case_file");
  for (const NamedFinding& named : findings_of_each_kind()) {
    const auto found = in_tree.find(named.name + ".json");
    ASSERT_NE(found, in_tree.end()) << named.name << ": run case_file_corpus";
    EXPECT_EQ(found->second, case_text(named.finding)) << named.name << ": run case_file_corpus";
  }
}

TEST(TextCorpus, IsReadAndKeepsEveryPromise) {
  for (const auto& [file, text] : corpus("case_file")) {
    const TextTrial trial = try_case(text);
    EXPECT_TRUE(trial.accepted) << file;
    EXPECT_EQ(trial.broken_promise, std::nullopt) << file << ": " << *trial.broken_promise;
  }
  size_t accepted = 0;
  for (const auto& [file, text] : corpus("config")) {
    const TextTrial trial = try_config(text);
    accepted += trial.accepted ? 1 : 0;
    EXPECT_EQ(trial.broken_promise, std::nullopt) << file << ": " << *trial.broken_promise;
  }
  EXPECT_GE(accepted, 3u);
}

TEST(JsonMutator, GivesTheSameForTheSameSeedAndChangesMostOfTheTime) {
  const std::string text = corpus("case_file").at("program.json");
  uint64_t changed = 0;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    EXPECT_EQ(mutate_json(text, seed), mutate_json(text, seed)) << seed;
    changed += mutate_json(text, seed) == text ? 0 : 1;
  }
  EXPECT_GT(changed, 90u);
  EXPECT_EQ(mutate_json("{no JSON", 1), "{no JSON");
}

TEST(FuzzConfigText, MutatedOnesKeepEveryPromise) { mutate_for_a_while("config", try_config); }
TEST(FuzzCaseFile, MutatedOnesKeepEveryPromise) { mutate_for_a_while("case_file", try_case); }

std::string repeated(std::string_view piece, size_t bytes) {
  std::string text;
  while (text.size() + piece.size() <= bytes) text += piece;
  return text;
}

// Nothing that grows with the square of a text may be met: the largest would take minutes then.
#ifdef NDEBUG
constexpr size_t hostile_bytes = 200'000;
#else  // sanitizers are some ten times slower
constexpr size_t hostile_bytes = 60'000;
#endif
TEST(HostileTexts, OfManyPiecesEndInTime) {
  for (const std::string_view piece : pieces) {
    EXPECT_EQ(try_config("x-a: " + repeated(piece, hostile_bytes)).broken_promise, std::nullopt)
        << piece;
    EXPECT_EQ(try_config(repeated(piece, hostile_bytes)).broken_promise, std::nullopt) << piece;
    EXPECT_FALSE(try_case(repeated(piece, hostile_bytes)).accepted) << piece;
  }
  for (const std::string_view piece :
       {"{a: ", "[a, ", "a: b\n", "a:\n", "- a\n", "? a\n", "\"a\", ", "a b ", "!a ", "&a a: *a\n",
        "# a\n", "%TAG ! a\n", "a: |\n b\n", "a: >\n b\n\n", "'a\n'", "\"\\\n", " ", "{}",
        "[]: "}) {
    EXPECT_EQ(try_config(repeated(piece, hostile_bytes)).broken_promise, std::nullopt) << piece;
    EXPECT_EQ(try_config("x-a: [" + repeated(piece, hostile_bytes)).broken_promise, std::nullopt)
        << piece;
  }
}

}  // namespace
}  // namespace daxlab
