// A core that is wrong in one place does not get past check(), or redundant.cc says why not. By
// itself a part of all mutations, another one with each DAXLAB_SEED; DAXLAB_MUTATIONS=all for every
// one of them.
#include <fnmatch.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "harness/mutations/mutation_walk.h"
#include "harness/mutations/redundant.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

const std::filesystem::path source_folder = DAXLAB_SOURCE_DIR;

bool all_are_wanted() {
  const char* wanted = std::getenv("DAXLAB_MUTATIONS");
  return wanted != nullptr && std::string(wanted) == "all";
}

const std::vector<WalkedMutation>& all_mutations() {
  static const std::vector<WalkedMutation> all = [] {
    auto places = walk_core(60);
    EXPECT_TRUE(places.ok()) << places.error().message;
    return places.ok() ? mutations_of(places.value(), source_folder)
                       : std::vector<WalkedMutation>{};
  }();
  return all;
}

// What was found, in whichever combination first; empty: nothing.
std::string finding_of(const WalkedMutation& wrong, std::chrono::milliseconds time) {
  for (const CheckedNames& names : wrong.combinations) {
    CheckSettings settings;
    settings.mutation = wrong.mutation;
    settings.time = time;
    const auto report = check_in_child(names, settings, time + std::chrono::seconds(30));
    EXPECT_TRUE(report.ok()) << report.error().message;
    if (!report.ok()) return {};
    if (report.value().judge || report.value().crashed) {
      return to_text(names) + ": " + report.value().finding;
    }
  }
  return {};
}

TEST(CoreMutations, AreFoundOrArgued) {
  const std::vector<WalkedMutation>& all = all_mutations();
  ASSERT_FALSE(all.empty());
  const uint64_t stride = all_are_wanted() ? 1 : 16;
  const std::chrono::milliseconds time(all_are_wanted() ? 5000 : 2000);
  uint64_t tried = 0, found = 0, argued = 0;
  for (size_t i = first_seed() % stride; i < all.size(); i += stride) {
    const WalkedMutation& wrong = all[i];
    const NotFound* const why = argument_about(wrong.name);
    if (why != nullptr && !all_are_wanted()) continue;
    ++tried;
    const std::string finding = finding_of(wrong, why == nullptr ? time : time / 5);
    std::printf("%s (%s): %s\n", wrong.name.c_str(), wrong.mutation.place.c_str(),
                !finding.empty() ? finding.c_str()
                : why != nullptr ? why->why.c_str()
                                 : "OPEN");
    if (!finding.empty()) ++found;
    if (why != nullptr) ++argued;
    const bool exact = why != nullptr && why->mutation.find('*') == std::string::npos;
    EXPECT_FALSE(finding.empty() && why == nullptr)
        << wrong.name << " (" << wrong.mutation.place << ") is not found, and nobody argues why";
    EXPECT_FALSE(!finding.empty() && exact)
        << wrong.name << " is found, although somebody argues that it is not: " << finding;
  }
  std::printf("%zu mutations, %lu tried: %lu found, %lu argued\n", all.size(), tried, found,
              argued);
}

TEST(CoreMutations, NoArgumentIsAboutAPlaceThatIsNotThere) {
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
