// A core without one of its stores, flushes or fences does not get past the judges.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/crash/subjects_test.h"
#include "harness/crash/trace_mutation.h"

namespace daxlab {
namespace {

constexpr uint64_t histories = 100;

// Calls of persist in the core's sources.
std::set<PersistSite> sites_in_sources() {
  static const std::regex call(R"(persist(?:\(\)|_)?\.(flush|fence|copy|zero|store_word)\()");
  std::set<PersistSite> sites;
  const std::filesystem::path top = DAXLAB_SOURCE_DIR;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(top / "core")) {
    const std::string file = entry.path().lexically_relative(top).string();
    if (!file.ends_with(".cc") || file.ends_with("_test.cc")) continue;
    std::ifstream lines(entry.path());
    uint64_t number = 1;
    for (std::string line; std::getline(lines, line); ++number) {
      std::smatch found;
      if (!std::regex_search(line, found, call)) continue;
      const std::string place = file + ":" + std::to_string(number);
      if (found[1] == "store_word") sites.insert({place, EventKind::word});
      if (found[1] == "fence") sites.insert({place, EventKind::fence});
      if (found[1] == "copy" || found[1] == "zero") sites.insert({place, EventKind::bytes});
      if (found[1] != "store_word" && found[1] != "fence") sites.insert({place, EventKind::flush});
    }
  }
  return sites;
}

// The first subject in which the judges miss the site, and what they say.
std::string notice(const std::vector<Subject>& subjects, const PersistSite& site) {
  for (const Subject& subject : subjects) {
    const Trace mutant = without(subject.trace, site);
    if (mutant.events.size() == subject.trace.events.size()) continue;
    const CrashVerdict verdict = subject.check(mutant);
    if (!verdict.finding) continue;
    const std::string& text = verdict.finding->text;
    return subject.name + ": " + text.substr(0, text.find('\n'));
  }
  return "";
}

TEST(Mutations, NothingThatTheCoreStoresFlushesOrFencesIsInVain) {
  const std::vector<Subject> subjects = all_subjects(histories);
  std::map<PersistSite, uint64_t> met;
  for (const Subject& subject : subjects) {
    const CrashVerdict verdict = subject.check(subject.trace);
    ASSERT_FALSE(verdict.finding.has_value()) << subject.name << ": " << verdict.finding->text;
    for (const auto& [site, events] : persist_sites(subject.trace)) met[site] += events;
  }
  const std::set<PersistSite> written = sites_in_sources();
  for (const PersistSite& site : written) {
    EXPECT_EQ(met.count(site), 1u) << site.place << " " << name_of(site.kind)
                                   << " is in the sources, and no subject comes there";
  }
  for (const auto& [site, events] : met) {
    EXPECT_EQ(written.count(site), 1u) << site.place << " " << name_of(site.kind)
                                       << " is done, and this test did not find it in the sources";
    const std::string noticed = notice(subjects, site);
    std::printf("%s %s, without it: %s\n", site.place.c_str(), name_of(site.kind), noticed.c_str());
    EXPECT_FALSE(noticed.empty()) << site.place << " " << name_of(site.kind) << ", " << events
                                  << " times in all, and without it nothing is wrong";
  }
}

TEST(Mutations, TwiceIsAsGoodAsOnce) {
  for (const Subject& subject : history_subjects(4)) {
    for (uint64_t event = 0; event < subject.trace.events.size(); event += 7) {
      const CrashVerdict verdict = subject.check(mutated(subject.trace, event, Mutation::twice));
      EXPECT_FALSE(verdict.finding.has_value()) << verdict.finding->text;
    }
  }
}

struct Tally {
  uint64_t tried = 0;
  uint64_t noticed = 0;
};
using Tallies = std::map<std::pair<Mutation, PersistSite>, Tally>;

void mutate_each_event(const Subject& subject, Mutation mutation, Tallies& tallies) {
  for (uint64_t number = 0; number < subject.trace.events.size(); ++number) {
    const TraceEvent& event = subject.trace.events[number];
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
    EXPECT_GT(sum.noticed, 0u) << name_of(what.first) << " " << name_of(what.second);
  }
}

}  // namespace
}  // namespace daxlab
