// Any bytes give a config or one line of error: never a crash, never an exception.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "harness/config/fixture_test.h"
#include "harness/config/text_check.h"

namespace daxlab {
namespace {

const std::string seed_text = R"(# a comment
x-own: [&w {size: 1MiB, runtime: 2s}, &list [hole_read]]
seed: 1
cpus: [0, 1]
userfaultfd: forbidden
order: listed
region: {size: 64MiB, path: /var/tmp/lab.pmem, create: if_missing}
repetitions: 5
time_limit: 20s
matrix:
  engine: [mmu, baseline]
  medium: [memfd, file]
  fault: [page_zero, {name: global_zero, around: [1, 16], keep_own: true}]
  write:
    - partial
    - 'all_or_nothing'
  include: [{engine: mmu, alloc: "per_cpu"}, {fault: native_zero, workload: {name: write, <<: *w}}]
  exclude: [{fault: page_zero, medium: file}, {workload: write, fault: {name: page_zero}}]
workloads:
  - {name: hole_read, size: 32MiB, axes: [fault, alloc]}
  - name: enospc
    threads: 2
    on_short: retry
  - {name: write, <<: [*w, {ramp: 1ms}]}
)";

// Fragments that mean something to YAML or to a config.
const std::vector<std::string> fragments = {"[",           "]",
                                            "{",           "}",
                                            ":",           ": ",
                                            "- ",          "-",
                                            "\n",          "\n  ",
                                            "'",           "\"",
                                            "#",           "&a ",
                                            "*a",          "!!str ",
                                            "<<: ",        "---\n",
                                            "...\n",       "|\n",
                                            ">\n",         "? ",
                                            "~",           ",",
                                            "\t",          "\\",
                                            "%YAML 1.2\n", "@",
                                            "`",           "\xEF\xBB\xBF",
                                            "\r\n",        "18446744073709551616",
                                            "-1",          "global_zero",
                                            "all",         "seed: 2\n",
                                            "name",        "\x04",
                                            "\"\\x00\"",   "\xC3\xA9",
                                            "matrix",      "workloads: all\n",
                                            "include",     "baseline",
                                            "file",        "never",
                                            "path: /x",    "region: {medium: file, ",
                                            "fsdax",       "devdax",
                                            "*w",          "*list",
                                            "<<: *w",      "&w ",
                                            "x-a: ",       "exclude: [{",
                                            "axes: [",     "runtime: 1s",
                                            "cpus: [3]",   "workload: "};

class Mutator {
 public:
  explicit Mutator(uint64_t seed) : random_(seed) {}

  std::string mutate(std::string text) {
    for (size_t changes = 1 + below(6); changes > 0; --changes) change(text);
    return text;
  }

  std::string random_bytes() {
    std::string text(below(200), '\0');
    for (char& byte : text) byte = static_cast<char>(below(256));
    return text;
  }

  std::string random_fragments() {
    std::string text;
    for (size_t i = below(40); i > 0; --i) text += fragments[below(fragments.size())];
    return text;
  }

 private:
  size_t below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }

  void change(std::string& text) {
    const size_t at = below(text.size() + 1);
    const size_t length = std::min(text.size() - at, below(12));
    switch (below(4)) {
      case 0:
        text.insert(at, fragments[below(fragments.size())]);
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(below(text.size() + 1), text.substr(at, length));
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
    }
  }

  std::mt19937_64 random_;
};

// Returns whether it was accepted.
bool check_any(const std::string& text, const std::vector<std::string>& overrides = {}) {
  const ErrorOr<Config> config = resolve(text, overrides);
  if (!config.ok()) {
    const std::string& message = config.error().message;
    const bool has_place = message.starts_with("t.yaml:") || message.starts_with("--set ");
    EXPECT_TRUE(has_place) << message;
    EXPECT_EQ(find_bad_text(message).has_value(), false) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    return false;
  }
  std::set<std::string> names;
  for (const Cell& cell : config.value().cells) {
    EXPECT_TRUE(names.insert(cell.name()).second) << "two cells " << cell.name() << " of\n" << text;
    const bool has_file = cell.engine != EngineKind::baseline && has_path(cell.medium);
    EXPECT_EQ(cell.region_path.empty(), !has_file) << text;
    const bool needs_size =
        cell.engine != EngineKind::baseline && (!has_file || cell.create != CreateRegion::never);
    EXPECT_TRUE(!needs_size || cell.region_bytes != 0) << text;
    if (cell.engine != EngineKind::baseline) {
      EXPECT_FALSE(cell.fault.name.empty() || cell.write.name.empty() || cell.alloc.name.empty());
    }
  }
  EXPECT_FALSE(names.empty());
  return true;
}

TEST(FuzzConfig, MutatedConfigsGiveAConfigOrAnError) {
  Mutator mutator(20140903);
  int accepted = 0;
  constexpr int rounds = 2000;
  for (int i = 0; i < rounds; ++i) accepted += check_any(mutator.mutate(seed_text)) ? 1 : 0;
  EXPECT_GT(accepted, 0);  // both sides were reached
  EXPECT_LT(accepted, rounds);
}

TEST(FuzzConfig, RandomBytesAndFragmentsGiveAnError) {
  Mutator mutator(4);
  for (int i = 0; i < 1000; ++i) {
    check_any(mutator.random_bytes());
    check_any(mutator.random_fragments());
  }
}

TEST(FuzzConfig, MutatedOverridesGiveAConfigOrAnError) {
  Mutator mutator(7);
  const std::vector<std::string> good = {"region.size=1GiB",
                                         "matrix.fault=[page_zero]",
                                         "workloads.1.threads=4",
                                         "workloads.2.size=1MiB",
                                         "cpus=[5]",
                                         "order=random",
                                         "region.create=never",
                                         "matrix.medium=[file]"};
  ASSERT_TRUE(check_any(seed_text, good));
  for (int i = 0; i < 1000; ++i) {
    check_any(seed_text, {mutator.mutate(good[static_cast<size_t>(i) % good.size()])});
  }
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

// Each ten times as large as the one before.
std::string aliases_of_aliases(const std::string& open, const std::string& close) {
  std::string text = "x-0: &a0 {a: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}\n";
  for (int i = 1; i < 40; ++i) {
    const std::string number = std::to_string(i);
    text += "x-" + number + ": &a" + number + " {k" + number + ": " + open +
            repeated("*a" + std::to_string(i - 1) + ", ", 10) + close + "}\n";
  }
  return text + "workloads: all\n";
}

TEST(FuzzConfig, HostileSizesEndInAnError) {
  std::string many_names = "workloads: all\nmatrix: {fault: [";
  for (int i = 0; i < 50'000; ++i) many_names += "{name: global_zero, around: 2},\n";
  EXPECT_FALSE(check_any(many_names + "]}"));
  std::string many_keys = "workloads: all\n";
  for (int i = 0; i < 60'000; ++i) many_keys += "k" + std::to_string(i) + ": 1\n";
  EXPECT_FALSE(check_any(many_keys));
  std::string many_values = "workloads: all\nmatrix: {fault: [";
  for (int around = 2; around <= 512; ++around) {
    for (const char* keep_own : {"false", "true"}) {
      for (const char* zero_page : {"own", "kernel"}) {
        many_values += "{name: global_zero, around: " + std::to_string(around) +
                       ", keep_own: " + keep_own + ", zero_page: " + zero_page + "},\n";
      }
    }
  }
  EXPECT_TRUE(check_any(many_values + "]}"));
  EXPECT_FALSE(check_any(many_values + "], write: [partial, all_or_nothing], alloc: [first_fit, "
                                       "per_cpu]}"));
  EXPECT_FALSE(check_any(std::string(900'000, '[')));
  EXPECT_FALSE(check_any(std::string(900'000, '{')));
  EXPECT_FALSE(check_any("seed: " + std::string(900'000, '1')));
  EXPECT_FALSE(check_any(std::string(900'000, 'k') + ": 1"));
  EXPECT_FALSE(check_any(aliases_of_aliases("[", "]")));
  EXPECT_FALSE(check_any(aliases_of_aliases("{<<: [", "]}")));
  EXPECT_FALSE(check_any("x-a: &a " + std::string(500'000, 'x') + "\nx-b: [" +
                         repeated("*a, ", 20'000) + "]\nworkloads: all\n"));
  // One key of many, in many maps.
  EXPECT_FALSE(check_any("x-a: &a {" + repeated("k: 1, ", 20'000) + "}\nx-b: [" +
                         repeated("{<<: *a}, ", 20'000) + "]\nworkloads: all\n"));
  EXPECT_TRUE(check_any("x-a: &a {size: 1MiB}\nx-b: [" + repeated("{<<: *a}, ", 5'000) +
                        "]\nworkloads: all\n"));
  std::string own_keys = "workloads: all\n";
  for (int i = 0; i < 60'000; ++i) own_keys += "x-" + std::to_string(i) + ": 1\n";
  EXPECT_TRUE(check_any(own_keys));
  EXPECT_FALSE(check_any("workloads: all\nmatrix: {exclude: [" +
                         repeated("{fault: global_zero},\n", 40'000) + "]}"));
  std::string dashes;
  for (int i = 0; i < 400'000; ++i) dashes += "- ";
  EXPECT_FALSE(check_any(dashes));
}

}  // namespace
}  // namespace daxlab
