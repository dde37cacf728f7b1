#include "harness/crash/crash_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "core/base/clock.h"
#include "core/recovery/recovery.h"
#include "core/region/checksum.h"
#include "core/region/region.h"
#include "harness/crash/check_procedure.h"

namespace daxlab {
namespace {

// Every so often recovery is run a second time on an image in which it had nothing to do.
constexpr uint64_t second_recovery_every = 16;
// And of the images that kept something, every so often one is used further, and more of those that
// kept nothing.
constexpr uint64_t life_every = 16;
constexpr uint64_t life_every_of_nothing = 4;

// Parts of an image's number: it is a seed; the persistence domain.
constexpr uint64_t sample_bit = uint64_t{1} << 63;
constexpr uint64_t eadr_bit = uint64_t{1} << 62;

bool may_be_a_moment(EventKind kind) {
  return kind == EventKind::fence || kind == EventKind::op_begins || kind == EventKind::op_ends;
}

}  // namespace

CrashRun::CrashRun(std::span<const std::byte> before, const PersistTrace& trace,
                   CrashFollower& follower, const CrashPlan& plan)
    : trace_(trace),
      follower_(follower),
      plan_(plan),
      images_(before, plan.domain),
      choices_(plan.prunes),
      recovery_(follower, images_.image(), counters_),
      fingerprint_of_events_(static_cast<uint64_t>(plan.domain)) {
  counts_.histories = 1;
}

// What a crash can leave only grows from one fence to the next, as every word keeps the values that
// it had; so no crash is needed after each store between them. Only where less is legal
// afterwards (an operation has returned), or more (one begins), a crash comes there too.
CrashVerdict CrashRun::check() {
  end_ns_ = now_ns() + plan_.time_ns;
  moments_left_ = static_cast<uint64_t>(
      std::ranges::count_if(trace_.events, may_be_a_moment, &PersistEvent::kind));
  for (; next_event_ < trace_.events.size() && !finding_;) {
    const PersistEvent& event = trace_.events[next_event_];
    if (may_be_a_moment(event.kind) && moments_left_ > 0) --moments_left_;
    const bool begins = event.kind == EventKind::op_begins && next_event_ > 0;
    if (event.kind == EventKind::fence || (begins && news_)) crash_here();
    if (finding_) break;
    if (is_over_budget()) {
      ++counts_.cut_short;
      counts_.distinct_images = fingerprints_.size();
      return {counts_, finding_};
    }
    images_.apply(trace_, event);
    ++next_event_;
    if (plan_.known != nullptr) {
      fingerprint_of_events_ =
          mix_bits(fingerprint_of_events_ ^ fingerprint_of(trace_, event, follower_));
    }
    follow(event);
  }
  if (!finding_ && news_) crash_here();
  images_.drop_open_lines();
  if (!finding_ && !images_.is_restored()) {
    finding_ =
        CrashFinding{.promise = Promise::opening,
                     .text = follower_.run_text() + ": recovery stores past the persist interface"};
  }
  counts_.distinct_images = fingerprints_.size();
  return {counts_, finding_};
}

std::optional<CrashFinding> CrashRun::replay(const CrashMoment& moment) {
  const uint64_t end = std::min<uint64_t>(moment.event, trace_.events.size());
  while (next_event_ < end) {
    const PersistEvent& event = trace_.events[next_event_];
    images_.apply(trace_, event);
    ++next_event_;
    if (event.kind == EventKind::op_begins) follower_.op_begins(event.op);
    if (event.kind == EventKind::op_ends) follower_.op_ends(event.op);
  }
  choices_.find(images_);
  put(moment.image);
  return look_at(moment.image, {.again = true, .lives = true, .life_seed = life_seed(moment.image)},
                 /*cuts=*/true);
}

// The follower learns of an operation when it begins: from then on its effect may be there.
void CrashRun::follow(const PersistEvent& event) {
  if (event.kind == EventKind::op_begins || event.kind == EventKind::op_ends) {
    fingerprint_of_marks_ =
        mix_bits(fingerprint_of_marks_ ^ fingerprint_of(trace_, event, follower_));
  }
  if (event.kind == EventKind::op_begins) {
    follower_.op_begins(event.op);
  } else if (event.kind == EventKind::op_ends) {
    follower_.op_ends(event.op);
    judged_.clear();
    if (news_ || follower_.promises(event.op)) crash_here();
  } else {
    news_ = true;
  }
}

bool CrashRun::is_over_budget() {
  if (plan_.most_images > 0 && counts_.images >= plan_.most_images) return true;
  return plan_.time_ns > 0 && now_ns() >= end_ns_;
}

uint64_t CrashRun::share_of_images() {
  if (plan_.most_images == 0) return UINT64_MAX;
  const uint64_t left = plan_.most_images - std::min(plan_.most_images, counts_.images);
  return std::max<uint64_t>(1, left / (moments_left_ + 1));
}

bool CrashRun::is_known(uint64_t fingerprint) const {
  return plan_.known != nullptr && !plan_.known->insert(mix_bits(fingerprint)).second;
}

// Known at once by how the run began, or when all that is open was found. Each is mixed in a way of
// its own, so that none is taken for the other, or for an image.
bool CrashRun::is_known_moment() {
  if (is_known(fingerprint_of_events_ ^ 1)) return true;
  choices_.find(images_);
  return is_known(fingerprint_of_marks_ ^ ~choices_.fingerprint(images_));
}

void CrashRun::crash_here() {
  ++counts_.moments;
  news_ = false;
  if (is_known_moment()) {
    ++counts_.known_moments;
    return;
  }
  const uint64_t all = choices_.count(plan_.atomic_writes);
  const uint64_t share = share_of_images();
  const bool is_exhaustive = choices_.open_lines() <= plan_.exhaustive_lines &&
                             all <= std::min(plan_.exhaustive_images, share);
  ++(is_exhaustive ? counts_.exhaustive_moments : counts_.sampled_moments);
  const uint64_t domain = plan_.domain == PersistenceDomain::eadr ? eadr_bit : 0;
  crash_by(domain);
  const uint64_t more = is_exhaustive ? all - 1 : std::min(plan_.subsets, share - 1);
  for (uint64_t i = 1; i <= more && !finding_; ++i) {
    if (i % 64 == 0 && is_over_budget()) return;
    crash_by(domain | i | (is_exhaustive ? 0 : sample_bit));
  }
}

void CrashRun::put(uint64_t image) {
  const uint64_t number = image & ~(sample_bit | eadr_bit);
  if ((image & sample_bit) != 0) {
    choices_.put_sample(mix_bits(next_event_ + 1) + number, images_);
  } else {
    choices_.put(number, images_);
  }
}

void CrashRun::crash_by(uint64_t image) {
  put(image);
  if (!judged_.insert(images_.fingerprint()).second ||
      is_known(fingerprint_of_marks_ ^ images_.fingerprint())) {
    ++counts_.seen_images;
    return;
  }
  ++counts_.images;
  fingerprints_.insert(images_.fingerprint());
  const bool kept_nothing = (image & ~eadr_bit) == 0;
  const uint64_t every = kept_nothing ? life_every_of_nothing : life_every;
  finding_ = look_at(image,
                     {.again = counts_.images % second_recovery_every == 0,
                      .lives = images_.fingerprint() % every == 0,
                      .life_seed = life_seed(image)},
                     /*cuts=*/counts_.cut_recoveries < plan_.cut_recoveries);
}

std::optional<CrashFinding> CrashRun::look_at(uint64_t image, const RecoveryQuestions& questions,
                                              bool cuts) {
  RecoveredImage recovered = recovery_.recover_and_judge(images_.image(), questions, stored_);
  images_.undo(stored_.lines());
  if (recovered.lived) ++counts_.lives;
  if (!recovered.finding && recovered.stored && cuts) {
    ++counts_.cut_recoveries;
    recovered.finding = cut_short(image);
  }
  if (!recovered.finding) return std::nullopt;
  CrashFinding finding = *recovered.finding;
  put(image);
  finding.moment = {next_event_, image};
  finding.taken = choices_.taken(images_);
  finding.text =
      fmt::format("{}: {}\n  {}", name_of(finding.promise), finding.text, moment_text(image));
  for (const std::string& line : finding.taken) finding.text += "\n  " + line;
  images_.drop_open_lines();
  return finding;
}

// Crashes while recovering: the next recovery gets to a legal region too, and after one that
// returned has nothing left to do. (The first need not find the same blocks in use: one that was
// cut short may leave a map with a node in which nothing is.)
std::optional<CrashFinding> CrashRun::cut_short(uint64_t image) {
  put(image);
  const LineMemory copy(images_.image());
  PersistRecorder recorder;
  auto region = Region::attach(Medium::over(copy.bytes()), counters_);
  if (!region.ok()) return CrashFinding{.text = region.error().message};
  recorder.start(copy.bytes());
  region.value()->persist().observe(&recorder);
  if (auto recovery = recover(*region.value()); !recovery.ok()) {
    return CrashFinding{.text = recovery.error().message};
  }
  const ImageJudge look = [this](std::span<std::byte> left, bool is_over) {
    StoredLines stored;
    RecoveredImage again = recovery_.recover_and_judge(left, {}, stored);
    if (!again.finding && is_over && again.stored) {
      again.finding = CrashFinding{.text = "what recovery did is not durable"};
    }
    if (again.finding) again.finding->text = "recovering again: " + again.finding->text;
    return again.finding;
  };
  auto finding = check_procedure(images_.image(), recorder.stop(), look, 1, next_event_).finding;
  images_.drop_open_lines();
  // Named once, by look_at.
  if (finding) finding->text.erase(0, std::string_view(name_of(finding->promise)).size() + 2);
  return finding;
}

std::string CrashRun::moment_text(uint64_t image) const {
  std::string text = follower_.run_text() + ", " + follower_.moment_text();
  if (next_event_ < trace_.events.size()) {
    const PersistEvent& event = trace_.events[next_event_];
    text += fmt::format(", before event {}", next_event_);
    if (event.kind == EventKind::fence) text += " (fence at " + place_of(event.where) + ")";
  } else {
    text += ", at the end";
  }
  const uint64_t number = image & ~(sample_bit | eadr_bit);
  text += fmt::format(", {}, ", name_of(images_.domain()));
  if (image == number && number == 0) return text + "nothing kept that was not durable";
  if ((image & sample_bit) != 0) return text + fmt::format("what is kept chosen by {}", number);
  return text + fmt::format("image {} of {}", number, choices_.count(plan_.atomic_writes));
}

uint64_t fingerprint_of(const PersistTrace& trace, const PersistEvent& event,
                        const CrashFollower& follower) {
  uint64_t hash = mix_bits(uint64_t{event.thread} << 8 | static_cast<uint64_t>(event.kind));
  hash = mix_bits(hash ^ event.offset_bytes);
  if (event.kind == EventKind::op_begins || event.kind == EventKind::op_ends) {
    return mix_bits(hash ^ follower.fingerprint(event.op));
  }
  return event.kind == EventKind::fence ? hash
                                        : mix_bits(hash ^ checksum_of(trace.bytes_of(event)));
}

CrashPlan plan_for(CrashPlan plan, const CrashMoment& moment) {
  plan.domain = (moment.image & eadr_bit) != 0 ? PersistenceDomain::eadr : PersistenceDomain::adr;
  return plan;
}

}  // namespace daxlab
