#include "harness/mutations/mutation_walk.h"

#include <algorithm>
#include <utility>

#include "harness/check/known_races.h"
#include "harness/check/trial.h"
#include "harness/histories/random.h"
#include "harness/histories/random_history.h"

namespace daxlab {
namespace {

constexpr uint64_t ample_bytes = uint64_t{1} << 20;
constexpr uint64_t tight_bytes = uint64_t{96} << 10;
constexpr uint64_t few_mappings = 12;

// Turns of two threads, in no order.
std::vector<uint32_t> some_choices(uint64_t seed) {
  Random random(seed);
  std::vector<uint32_t> choices(2000);
  for (uint32_t& choice : choices) choice = static_cast<uint32_t>(random.below(2));
  return choices;
}

std::vector<Case> cases_of(const CheckSubject& subject, uint64_t seed) {
  std::vector<Case> cases;
  for (const uint64_t region_bytes : {ample_bytes, tight_bytes}) {
    Case history;
    history.config = subject.config;
    history.region_bytes = region_bytes;
    history.program = random_history(seed);
    cases.push_back(std::move(history));
  }
  Case program;
  program.config = subject.config;
  program.region_bytes = ample_bytes;
  program.program = random_concurrent_program(seed, 2, Truncates::some);
  program.choices = some_choices(seed);
  cases.push_back(program);
  program.program = program_of_a_known_race(seed);
  cases.push_back(program);
  program.max_kernel_mappings = few_mappings;
  cases.push_back(std::move(program));
  cases.push_back(cases.front());
  cases.back().max_kernel_mappings = few_mappings;
  return cases;
}

}  // namespace

const std::vector<CheckedNames>& walked_combinations() {
  static const std::vector<CheckedNames> all = {
      {"global_zero", "partial", "first_fit"},
      {"page_zero", "all_or_nothing", "first_fit"},
      {"native_zero", "atomic", "first_fit"},
      {"page_zero:cache_limit=4", "atomic", "per_cpu"},
      {"alloc_on_read", "partial", "extent_tree"},
      {"global_zero:keep_own=1,around=16", "atomic", "huge_aligned"},
  };
  return all;
}

ErrorOr<WalkedPlaces> walk_core(uint64_t seeds) {
  WalkedPlaces places;
  for (const CheckedNames& names : walked_combinations()) {
    const CheckSubject subject = subject_of(names);
    TrialRunner runner(subject, {});
    std::set<CorePlace> met;
    for (uint64_t seed = 1; seed <= seeds; ++seed) {
      for (const Case& each : cases_of(subject, seed)) {
        const auto run = runner.run(each, nullptr, /*keep_trace=*/true);
        if (!run.ok()) return Error{to_text(names) + ": " + run.error().message};
        for (const auto& trace : run.value().traces) met.merge(places_in(trace));
      }
    }
    for (const CorePlace& place : met) places[place].push_back(names);
  }
  return places;
}

std::vector<WalkedMutation> mutations_of(const WalkedPlaces& places,
                                         const std::filesystem::path& source_folder) {
  using How = CoreMutation::How;
  std::vector<WalkedMutation> mutations;
  for (const auto& [place, combinations] : places) {
    const std::string name = name_of(place, source_folder);
    for (const How how : {How::drop, How::twice, How::swap}) {
      mutations.push_back({{.how = how, .kind = place.kind, .place = place.place, .nth = 0},
                           name_of(how, name),
                           combinations});
    }
  }
  return mutations;
}

}  // namespace daxlab
