// A core that is wrong in one place does not get past check(), or redundant.cc says why not. By
// itself a few of them, other ones with each DAXLAB_SEED. DAXLAB_MUTATIONS=all for every one, or
// the names of some: DAXLAB_MUTATIONS='drop core/dax/*'.
#include <fnmatch.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/base/sanitized.h"
#include "harness/mutations/mutation_walk.h"
#include "harness/mutations/redundant.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

const std::filesystem::path source_folder = DAXLAB_SOURCE_DIR;

// A glob over names; empty: a few of all.
std::string wanted_names() {
  const char* wanted = std::getenv("DAXLAB_MUTATIONS");
  if (wanted == nullptr) return {};
  return std::string(wanted) == "all" ? "*" : wanted;
}

const std::vector<WalkedMutation>& all_mutations() {
  static const std::vector<WalkedMutation> all = [] {
    auto places = walk_core(sanitized ? 12 : 60);
    EXPECT_TRUE(places.ok()) << places.error().message;
    return places.ok() ? mutations_of(places.value(), source_folder)
                       : std::vector<WalkedMutation>{};
  }();
  return all;
}

std::vector<WalkedMutation> mutations_to_try() {
  std::vector<WalkedMutation> chosen;
  const std::string names = wanted_names();
  if (!names.empty()) {
    for (const WalkedMutation& wrong : all_mutations()) {
      if (fnmatch(names.c_str(), wrong.name.c_str(), 0) == 0) chosen.push_back(wrong);
    }
    return chosen;
  }
  std::vector<WalkedMutation> to_find;
  for (const WalkedMutation& wrong : all_mutations()) {
    if (argument_about(wrong.name) == nullptr) to_find.push_back(wrong);
  }
  const size_t stride = sanitized ? 96 : 32;
  for (size_t i = first_seed() % stride; i < to_find.size(); i += stride) {
    chosen.push_back(to_find[i]);
  }
  return chosen;
}

// By seeds alone, so that it finds the same on every machine. What only exhaustive programs reach
// would take longer.
CheckSettings settings_for(const WalkedMutation& wrong, uint64_t seeds) {
  CheckSettings settings;
  settings.mutation = wrong.mutation;
  settings.seeds = seeds;
  settings.policies = {PolicyName::random, PolicyName::pct};
  settings.shrinking_time = {};
  return settings;
}

CheckSettings exhaustive_settings_for(const WalkedMutation& wrong) {
  CheckSettings settings = settings_for(wrong, 0);
  settings.time = std::chrono::seconds(20);
  settings.policies = {PolicyName::exhaustive};
  return settings;
}

// What was found, in whichever combination first; empty: nothing.
std::string finding_of(const WalkedMutation& wrong, const CheckSettings& settings) {
  for (const CheckedNames& names : wrong.combinations) {
    const auto report = check_in_child(names, settings, std::chrono::minutes(2));
    EXPECT_TRUE(report.ok()) << report.error().message;
    if (!report.ok()) return {};
    if (report.value().judge || report.value().crashed) {
      return to_text(names) + ", seed " + std::to_string(report.value().seeds) + ": " +
             report.value().finding;
    }
  }
  return {};
}

constexpr uint64_t seeds_of_each = 600;
constexpr uint64_t seeds_of_argued = 20;

TEST(CoreMutations, AreFoundOrArgued) {
  const std::vector<WalkedMutation> chosen = mutations_to_try();
  ASSERT_FALSE(chosen.empty()) << "no mutation has such a name";
  uint64_t found = 0, argued = 0;
  for (const WalkedMutation& wrong : chosen) {
    const NotFound* const why = argument_about(wrong.name);
    const bool exhaustive = why != nullptr && why->because == NotFound::Because::exhaustive_only;
    const std::string finding = finding_of(
        wrong, exhaustive ? exhaustive_settings_for(wrong)
                          : settings_for(wrong, why == nullptr ? seeds_of_each : seeds_of_argued));
    std::printf("%s (%s): %s\n", wrong.name.c_str(), wrong.mutation.place.c_str(),
                !finding.empty() ? finding.c_str()
                : why != nullptr ? why->why.c_str()
                                 : "OPEN");
    std::fflush(stdout);
    if (!finding.empty()) ++found;
    if (finding.empty() && why != nullptr) ++argued;
    const bool exact = why != nullptr && why->mutation.find('*') == std::string::npos &&
                       why->because == NotFound::Because::redundant;
    EXPECT_FALSE(finding.empty() && (why == nullptr || exhaustive))
        << wrong.name << " (" << wrong.mutation.place << ") is not found, and nobody argues why";
    EXPECT_FALSE(!finding.empty() && exact)
        << wrong.name << " is found, although somebody argues that it is not: " << finding;
  }
  std::printf("%zu mutations, %zu tried: %lu found, %lu argued\n", all_mutations().size(),
              chosen.size(), found, argued);
}

TEST(CoreMutations, NoArgumentIsAboutAPlaceThatIsNotThere) {
  if (sanitized) GTEST_SKIP() << "few seeds do not come to every place";
  for (const NotFound& each : argued_mutations()) {
    bool there = false;
    for (const WalkedMutation& wrong : all_mutations()) {
      there = there || fnmatch(each.mutation.c_str(), wrong.name.c_str(), 0) == 0;
    }
    EXPECT_TRUE(there) << each.mutation << ": no mutation of that name";
  }
}

}  // namespace
}  // namespace daxlab
