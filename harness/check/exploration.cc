#include "harness/check/exploration.h"

#include <algorithm>
#include <utility>

#include "harness/check/known_races.h"
#include "harness/check/program_of_seed.h"
#include "harness/check/programs_of_names.h"
#include "harness/crash/crash_run.h"
#include "harness/histories/random.h"
#include "harness/histories/random_history.h"

namespace daxlab {
namespace {

// Space for nearly every history, and for hardly any; for every small program, and for few. A
// region costs a copy for each run.
constexpr uint64_t roomy_bytes = 512 << 10;
constexpr uint64_t tight_bytes = 96 << 10;
constexpr uint64_t tightest_bytes = 72 << 10;
constexpr uint64_t program_bytes = 128 << 10;
constexpr uint64_t tight_program_bytes = smallest_checked_region_bytes;

constexpr uint64_t schedules_per_seed = 16;
constexpr uint64_t engines_every = 16;
constexpr uint64_t lost_pages_every = 7;
constexpr uint64_t program_crashes_every = 4;
constexpr uint64_t exhaustive_runs_per_seed = 100;
constexpr uint64_t exhaustive_runs_at_once = 1000;  // without seeds: some hundredths of a second

// So few that room has to be made, and as many as there have to be that no access is refused: one
// for each view, and a new one; those that are kept back; and what a page splits on which a thread
// works, of which nobody else can take anything out.
uint64_t few_mappings(Random& random, uint64_t views, uint64_t threads) {
  return views + 1 + 2 + 2 * threads + random.below(4);
}

}  // namespace

Exploration::Exploration(const CheckSubject& subject, const CheckSettings& settings)
    : subject_(subject),
      settings_(settings),
      start_(std::chrono::steady_clock::now()),
      runner_(subject, settings.judges),
      all_programs_(settings.exhaustive_ops) {}

// Programs of threads are compared with nothing.
bool Exploration::wants(PolicyName policy) const {
  if (only_compares()) return false;
  return settings_.policies.empty() || settings_.policies.contains(policy);
}

ErrorOr<bool> Exploration::step() {
  const bool has_seeds = settings_.seeds == 0 || seeds_done_ < settings_.seeds;
  const bool wants_seeds = wants(PolicyName::random) || wants(PolicyName::pct);
  const bool has_programs = wants(PolicyName::exhaustive) && !explored_.exhausted;
  if (has_seeds && (wants_seeds || settings_.seeds != 0 || !has_programs)) {
    if (auto error = do_seed(settings_.first_seed + seeds_done_++)) return *error;
  }
  if (!found_ && has_programs) {
    const uint64_t runs =
        has_seeds && wants_seeds ? exhaustive_runs_per_seed : exhaustive_runs_at_once;
    if (auto error = exhaustive(runs)) return *error;
  }
  explored_.distinct_interleavings = interleavings_.count() + exhaustive_interleavings_;
  explored_.distinct_is_estimate = interleavings_.is_estimate();
  explored_.time = std::chrono::steady_clock::now() - start_;
  if (found_) return false;
  const bool more_seeds =
      settings_.seeds == 0 ? wants_seeds || only_compares() : seeds_done_ < settings_.seeds;
  return more_seeds || (wants(PolicyName::exhaustive) && !explored_.exhausted);
}

// What is quick first.
std::optional<Error> Exploration::do_seed(uint64_t seed) {
  using Phase = std::optional<Error> (Exploration::*)(uint64_t);
  const auto do_phase = [&](Phase phase) -> std::optional<Error> {
    return found_ ? std::nullopt : (this->*phase)(seed);
  };
  if (only_compares()) return engines(seed);
  if (auto error = do_phase(&Exploration::history)) return error;
  for (const PolicyName policy : {PolicyName::random, PolicyName::pct}) {
    if (!wants(policy) || found_) continue;
    if (auto error = programs(seed, policy)) return error;
  }
  if (auto error = do_phase(&Exploration::history_crashes)) return error;
  if (seed % program_crashes_every == 0) {
    if (auto error = do_phase(&Exploration::program_crashes)) return error;
  }
  if (seed % engines_every == 1) return do_phase(&Exploration::engines);
  return std::nullopt;
}

Case Exploration::history_case(uint64_t seed) const {
  Random random(mix_bits(seed) + 1);
  Case shown;
  shown.config = subject_.config;
  shown.region_bytes =
      random.one_of({roomy_bytes, roomy_bytes, roomy_bytes, tight_bytes, tightest_bytes});
  if (random.percent(25)) {
    shown.faults.no_space_at = random.between(1, 24);
    shown.faults.no_space_from_then_on = random.percent(30);
  }
  shown.program = random_history(seed);
  if (random.percent(20)) shown.max_kernel_mappings = few_mappings(random, history_views, 1);
  shown.mutation = settings_.mutation;
  return shown;
}

Case Exploration::program_case(uint64_t seed) const {
  Random random(mix_bits(seed) + 2);
  Case shown;
  shown.config = subject_.config;
  shown.region_bytes = random.percent(85) ? program_bytes : tight_program_bytes;
  if (random.percent(12)) shown.faults.no_space_at = random.between(1, 10);
  ConcurrentProgram program = program_of_seed(seed);
  if (random.percent(20)) {
    shown.max_kernel_mappings = few_mappings(random, program.views.size(), program.threads);
  }
  shown.program = std::move(program);
  shown.mutation = settings_.mutation;
  return shown;
}

std::optional<Error> Exploration::note(const Case& shown, ErrorOr<Trial> trial,
                                       const CrashPlan& plan) {
  if (!trial.ok()) return trial.error();
  Trial done = trial.take();
  explored_.steps += done.steps;
  explored_.crash_moments += done.crashes.moments;
  explored_.crash_states += done.crashes.images + done.crashes.seen_images;
  explored_.distinct_crash_states += done.crashes.distinct_images;
  explored_.sampled_moments += done.crashes.sampled_moments;
  explored_.cut_short += done.crashes.cut_short;
  if (!done.verdict) return std::nullopt;
  Case found = shown;
  found.choices = done.choices;
  found.crash = done.crash;
  CrashPlan own_plan = found.crash ? plan_for(plan, *found.crash) : plan;
  own_plan.both_domains = false;
  own_plan.known = nullptr;
  found_ = ShownCase{std::move(found), std::move(done), own_plan};
  return std::nullopt;
}

// The history begins with a file that is there before, and pages of it whose memory is lost;
// perhaps a free block is lost, too.
std::optional<Error> Exploration::lose_pages(Case& shown, uint64_t seed) {
  auto made = runner_.kept_blocks(shown.region_bytes);
  if (!made.ok()) return made.error();
  const std::vector<uint64_t> blocks = made.take();
  Random random(mix_bits(seed) + 3);
  std::vector<uint64_t>& lost = shown.faults.poisoned_blocks;
  lost.push_back(blocks[random.below(blocks.size())]);
  if (random.percent(30)) lost.push_back(blocks[random.below(blocks.size())]);
  if (random.percent(30)) lost.push_back(blocks.front() + 1);
  std::get<History>(shown.program).ops.front().kind = OpKind::open;
  return std::nullopt;
}

std::optional<Error> Exploration::history(uint64_t seed) {
  ++explored_.histories;
  Case shown = history_case(seed);
  if (seed % lost_pages_every == 0) {
    if (auto error = lose_pages(shown, seed)) return error;
  }
  return note(shown, runner_.run(shown, nullptr));
}

CrashPlan Exploration::crash_plan(uint64_t seed) const {
  return {.atomic_writes = subject_.atomic,
          .domain = seed % 4 == 3 ? PersistenceDomain::eadr : PersistenceDomain::adr,
          .most_images = 400};
}

std::optional<Error> Exploration::history_crashes(uint64_t seed) {
  const Case shown = history_case(seed);
  const CrashPlan plan = crash_plan(seed);
  return note(shown, runner_.crash(shown, nullptr, plan), plan);
}

std::optional<Error> Exploration::engines(uint64_t seed) {
  if (!has(settings_.judges, JudgeName::parity) || settings_.mutation) return std::nullopt;
  Case shown = history_case(seed);
  shown.faults = {};
  shown.max_kernel_mappings = 0;
  shown.region_bytes = ample_region_bytes;
  ++explored_.compared;
  return note(shown, runner_.compare_engines(shown));
}

std::optional<Error> Exploration::programs(uint64_t seed, PolicyName policy) {
  if (policy == PolicyName::random || !wants(PolicyName::random)) ++explored_.programs;
  const Case shown = program_case(seed);
  // As long as any run of it, more or less.
  uint64_t turns = 200;
  for (uint64_t i = 0; i < schedules_per_seed && !found_; ++i) {
    const uint64_t schedule = mix_bits(seed * schedules_per_seed + i);
    const auto chosen = policy == PolicyName::random
                            ? random_policy(schedule)
                            : pct_policy(schedule, settings_.pct_depth, turns);
    auto trial = runner_.run(shown, chosen.get());
    if (trial.ok()) {
      turns = std::max<uint64_t>(trial.value().choices.size(), 1);
      note_interleaving(seed, trial.value());
    }
    if (auto error = note(shown, std::move(trial))) return error;
  }
  return std::nullopt;
}

void Exploration::note_interleaving(uint64_t program, const Trial& trial) {
  ++explored_.interleavings;
  uint64_t hash = mix_bits(program + 1);
  for (const uint32_t choice : trial.choices) hash = mix_bits(hash ^ (choice + 1));
  interleavings_.add(hash);
}

std::optional<Error> Exploration::program_crashes(uint64_t seed) {
  const Case shown = program_case(seed);
  if (makes_names(std::get<ConcurrentProgram>(shown.program))) return std::nullopt;
  const auto policy = random_policy(mix_bits(seed));
  const CrashPlan plan = crash_plan(seed / program_crashes_every);
  return note(shown, runner_.crash(shown, policy.get(), plan), plan);
}

// Every schedule is run once, recorded, judged, and crashed wherever that leaves another state than
// those before it left.
std::optional<Error> Exploration::exhaustive(uint64_t runs) {
  for (uint64_t i = 0; i < runs && !found_; ++i) {
    if (next_program_ == known_races_of_two + all_programs_.size()) {
      explored_.exhausted = true;
      return std::nullopt;
    }
    if (!schedules_) {
      ++explored_.programs;
      schedules_.emplace(settings_.preemptions);
      known_crashes_.clear();
    }
    if (auto error = next_schedule()) return error;
    if (schedules_->next()) continue;
    schedules_.reset();
    ++next_program_;
  }
  return std::nullopt;
}

// Where operations are known to race comes first.
Case Exploration::exhaustive_case() const {
  const bool races = next_program_ < known_races_of_two;
  Case shown;
  shown.config = subject_.config;
  shown.region_bytes = races ? program_bytes : tight_program_bytes;
  shown.program = races ? known_races()[next_program_].program
                        : all_programs_.program(next_program_ - known_races_of_two);
  shown.mutation = settings_.mutation;
  return shown;
}

std::optional<Error> Exploration::next_schedule() {
  const Case shown = exhaustive_case();
  CrashPlan plan = crash_plan(0);
  plan.both_domains = true;
  plan.most_images = 0;  // all
  plan.known = &known_crashes_;
  ++explored_.interleavings;
  ++exhaustive_interleavings_;  // each differs from all others
  return note(shown, runner_.crash(shown, &*schedules_, plan), plan);
}

}  // namespace daxlab
