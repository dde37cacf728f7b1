// A core without one of its stores, flushes or fences does not get past the judges.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/crash/sites_in_sources_test.h"
#include "harness/crash/subjects_test.h"
#include "harness/crash/trace_mutation.h"

namespace daxlab {
namespace {

TEST(Mutations, EveryRoutineThatPersistsForItsCallerIsKnown) {
  EXPECT_EQ(routines_declared(), routines_known());
}

// A trace is the same in every build; with assertions and sanitizers this would take many minutes.
#ifdef NDEBUG

constexpr uint64_t mutated_histories = 100;

struct Notice {
  std::optional<Promise> broken;
  std::string text;
};

// The first subject in which the judges miss the site, and what they say.
Notice notice(const std::vector<Subject>& subjects, const PersistSite& site) {
  for (const Subject& subject : subjects) {
    const PersistTrace mutant = without(subject.trace, site);
    if (mutant.events.size() == subject.trace.events.size()) continue;
    const CrashVerdict verdict = subject.check(mutant);
    if (!verdict.finding) continue;
    const std::string& text = verdict.finding->text;
    EXPECT_TRUE(text.starts_with(std::string(name_of(verdict.finding->promise)) + ": ")) << text;
    return {verdict.finding->promise, subject.name + ": " + text.substr(0, text.find('\n'))};
  }
  return {};
}

// What the log is for is noticed in other ways, too, and often earlier.
std::set<Promise> broken_without_the_log(const std::vector<Subject>& subjects) {
  std::set<Promise> broken;
  for (const Subject& subject : subjects) {
    if (!subject.name.starts_with("atomic history")) continue;
    for (const auto& [site, events] : persist_sites(subject.trace)) {
      if (!site.place.starts_with("core/region/redo_log.cc")) continue;
      const CrashVerdict verdict = subject.check(without(subject.trace, site));
      if (verdict.finding) broken.insert(verdict.finding->promise);
    }
    if (broken.contains(Promise::atomicity)) break;
  }
  return broken;
}

TEST(Mutations, NothingThatTheCoreStoresFlushesOrFencesIsInVain) {
  const std::vector<Subject> subjects = all_subjects(mutated_histories);
  std::map<PersistSite, uint64_t> met;
  for (const Subject& subject : subjects) {
    const CrashVerdict verdict = subject.check(subject.trace);
    ASSERT_FALSE(verdict.finding.has_value()) << subject.name << ": " << verdict.finding->text;
    for (const auto& [site, events] : persist_sites(subject.trace)) met[site] += events;
  }
  const SourceSites written = sites_in_sources();
  for (const PersistSite& site : written.sites) {
    EXPECT_EQ(met.count(site), 1u) << site.place << " " << name_of(site.kind)
                                   << " is in the sources, and no subject comes there";
  }
  std::set<Promise> broken = broken_without_the_log(subjects);
  std::set<std::string> said_to_be_in_vain;
  for (const PersistSite& site : written.not_for_crashes) said_to_be_in_vain.insert(site.place);
  for (const auto& [site, events] : met) {
    EXPECT_EQ(written.sites.count(site), 1u)
        << site.place << " " << name_of(site.kind)
        << " is done, and this test did not find it in the sources";
    const Notice noticed = notice(subjects, site);
    std::printf("%s %s, without it: %s\n", site.place.c_str(), name_of(site.kind),
                noticed.text.c_str());
    if (noticed.broken) broken.insert(*noticed.broken);
    if (written.not_for_crashes.contains(site)) {
      if (!noticed.broken) said_to_be_in_vain.erase(site.place);
      continue;
    }
    EXPECT_TRUE(noticed.broken.has_value())
        << site.place << " " << name_of(site.kind) << ", " << events
        << " times in all, and without it nothing is wrong";
  }
  std::printf("%zu sites\n", met.size());
  for (const std::string& place : said_to_be_in_vain) {
    ADD_FAILURE() << place << " says 'not for crashes', and nothing of it is in vain";
  }
  for (Promise promise : {Promise::opening, Promise::isolation, Promise::durability,
                          Promise::atomicity, Promise::size}) {
    EXPECT_TRUE(broken.contains(promise)) << "no mutant breaks " << name_of(promise);
  }
}

struct Tally {
  uint64_t tried = 0;
  uint64_t noticed = 0;
};
using Tallies = std::map<std::pair<Mutation, PersistSite>, Tally>;

void mutate_each_event(const Subject& subject, Mutation mutation, Tallies& tallies) {
  for (uint64_t number = 0; number < subject.trace.events.size(); ++number) {
    const PersistEvent& event = subject.trace.events[number];
    if (event.kind == EventKind::op_begins || event.kind == EventKind::op_ends) continue;
    Tally& tally = tallies[{mutation, {place_of(event.where), event.kind}}];
    ++tally.tried;
    if (subject.check(mutated(subject.trace, number, mutation)).finding) ++tally.noticed;
  }
}

// One at a time, many are in vain there and then: a block of zeros is zeroed, a store through a
// mapping is never synced, the next line is flushed and fenced too. But not all.
TEST(Mutations, SingleOnesAreMissedSomewhere) {
  Tallies tallies;
  for (const Subject& subject : history_subjects(2)) {
    mutate_each_event(subject, Mutation::drop, tallies);
    mutate_each_event(subject, Mutation::delay, tallies);
    mutate_each_event(subject, Mutation::twice, tallies);
  }
  std::map<std::pair<Mutation, EventKind>, Tally> sums;
  for (const auto& [what, tally] : tallies) {
    const auto& [mutation, site] = what;
    std::printf("%s %s %s: %lu of %lu noticed\n", name_of(mutation), site.place.c_str(),
                name_of(site.kind), tally.noticed, tally.tried);
    sums[{mutation, site.kind}].tried += tally.tried;
    sums[{mutation, site.kind}].noticed += tally.noticed;
  }
  for (const auto& [what, sum] : sums) {
    std::printf("%s a %s: %lu of %lu noticed\n", name_of(what.first), name_of(what.second),
                sum.noticed, sum.tried);
    const bool is_harmless = what.first == Mutation::twice &&
                             (what.second == EventKind::flush || what.second == EventKind::fence);
    EXPECT_EQ(sum.noticed == 0, is_harmless) << name_of(what.first) << " " << name_of(what.second);
  }
}

#endif

}  // namespace
}  // namespace daxlab
