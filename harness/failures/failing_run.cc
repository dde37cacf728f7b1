#include "harness/failures/failing_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <vector>

#include "harness/failures/armed_files.h"
#include "harness/histories/model.h"
#include "harness/histories/replay.h"

namespace daxlab {
namespace {

uint64_t open_descriptors() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return static_cast<uint64_t>(std::distance(begin(entries), end(entries)));
}

bool same(const Outcome& expected, const Outcome& seen) {
  return expected.code == seen.code && expected.count_bytes == seen.count_bytes &&
         expected.size_bytes == seen.size_bytes && expected.word == seen.word &&
         expected.bytes == seen.bytes;
}

bool is_by_view(OpKind kind) {
  return kind == OpKind::read_into_view || kind == OpKind::write_from_view;
}

// What the kernel's refusal may come to. Not no_space: the region has plenty.
bool may_refuse_with(OpKind kind, ErrorCode code) {
  if (code == ErrorCode::bad_address) return is_by_view(kind);  // a fault of the buffer's failed
  return code == ErrorCode::no_memory || code == ErrorCode::no_mappings ||
         code == ErrorCode::io_error || code == ErrorCode::busy ||
         code == ErrorCode::invalid_argument || code == ErrorCode::unsupported;
}

class Run {
 public:
  // `at_a_limit`: operations may be refused though no call was made to fail.
  Run(Lab& lab, bool at_a_limit, RunVerdict& verdict)
      : lab_(lab),
        at_a_limit_(at_a_limit),
        files_(lab.files()),
        replay_(files_),
        verdict_(verdict) {}

  void apply(const Op& op) {
    if (!model_.is_defined(op)) return;  // it would be, but for an operation that was refused
    const uint64_t failed_before = calls_so_far().failed;
    const Outcome seen = replay_.apply(op);
    const bool met_failure = at_a_limit_ || calls_so_far().failed > failed_before;
    const bool of_the_file = seen.code == ErrorCode::beyond_end || seen.code == ErrorCode::exists ||
                             seen.code == ErrorCode::not_found;
    if (seen.code == ErrorCode::ok || of_the_file) {
      Op done = op;
      // A short write wrote what it says, and a short read came so far.
      const bool may_be_short = op.kind == OpKind::write || is_by_view(op.kind);
      if (may_be_short && met_failure && seen.count_bytes > 0) {
        done.length_bytes = std::min(op.length_bytes, seen.count_bytes);
      }
      const Outcome expected = model_.apply(done);
      if (!same(expected, seen)) broken(difference(op, expected, seen));
    } else {
      refused(op, seen, met_failure);
    }
    if (met_failure) compare_files("after " + to_text(op));
  }

  // With nothing failing any more. A lab that gave up serves no faults, but has what it had.
  void compare_all() {
    compare_files("at the end");
    if (lab_.failure()) return;
    for (uint32_t view = 0; view < history_views; ++view) {
      const Model::ModelView& expected = model_.view(view);
      if (expected.file == nullptr || verdict_.broken) continue;
      compare_view(view, expected);
    }
  }

 private:
  void broken(std::string how) {
    if (!verdict_.broken) verdict_.broken = std::move(how);
  }

  static std::string difference(const Op& op, const Outcome& expected, const Outcome& seen) {
    return fmt::format(
        "{}: expected \"{}\", {} bytes, size {}, word {:#x}; seen \"{}\", {} bytes, size {}, word "
        "{:#x}",
        to_text(op), describe(expected.code), expected.count_bytes, expected.size_bytes,
        expected.word, describe(seen.code), seen.count_bytes, seen.size_bytes, seen.word);
  }

  void refused(const Op& op, const Outcome& seen, bool met_failure) {
    ++verdict_.refused;
    if (lab_.failure()) return;  // it says so, and serves no more
    if (!met_failure) {
      broken(fmt::format("{}: \"{}\", though nothing had failed in it", to_text(op),
                         describe(seen.code)));
    } else if (!may_refuse_with(op.kind, seen.code)) {
      broken(fmt::format("{}: refused with \"{}\"", to_text(op), describe(seen.code)));
    }
  }

  void compare_files(const std::string& when) {
    for (uint32_t number = 0; number < history_files; ++number) {
      const auto& expected = model_.file(number);
      File* file = replay_.file(number);
      if (expected == nullptr || verdict_.broken) continue;
      std::vector<std::byte> bytes(expected->size_bytes() + 64);
      const Result<uint64_t> count = file->read(0, bytes);
      if (!count.ok() || count.value() != expected->size_bytes()) {
        broken(fmt::format("{}, f{}: expected {} bytes, seen {} ({})", when, number,
                           expected->size_bytes(), count.ok() ? count.value() : 0,
                           describe(count.code())));
        return;
      }
      bytes.resize(count.value());
      if (bytes.empty() || std::memcmp(bytes.data(), expected->bytes().data(), bytes.size()) == 0) {
        continue;
      }
      const auto [seen, wanted] =
          std::mismatch(bytes.begin(), bytes.end(), expected->bytes().begin());
      broken(fmt::format("{}, f{} at offset {}: expected {:#04x}, seen {:#04x}", when, number,
                         seen - bytes.begin(), static_cast<unsigned>(*wanted),
                         static_cast<unsigned>(*seen)));
    }
  }

  void compare_view(uint32_t number, const Model::ModelView& expected) {
    const View& view = *replay_.view(number);
    for (uint64_t page = 0; page < expected.range.pages; ++page) {
      const uint64_t pgoff = expected.range.pgoff + page;
      const bool beyond = expected.file->is_beyond_end(pgoff);
      for (uint64_t at : {uint64_t{0}, page_bytes / 2, page_bytes - 8}) {
        const Result<uint64_t> seen = view.try_load(page * page_bytes + at);
        const uint64_t wanted = beyond ? 0 : expected.file->word(pgoff * page_bytes + at);
        const bool right =
            beyond ? seen.code() == ErrorCode::beyond_end : seen.ok() && seen.value() == wanted;
        if (right) continue;
        broken(
            fmt::format("at the end, view {} page {} offset {}: expected {:#x}{}, seen {:#x} ({})",
                        number, page, at, wanted, beyond ? " (a bus error)" : "",
                        seen.ok() ? seen.value() : 0, describe(seen.code())));
        return;
      }
    }
  }

  Lab& lab_;
  const bool at_a_limit_;
  ArmedFileSystem files_;
  Replay replay_;
  Model model_;
  RunVerdict& verdict_;
};

std::unique_ptr<Lab> assemble(const LabSpec& spec, CallLog& log, RunVerdict& verdict) {
  auto assembled = [&] {
    Armed now;
    return Lab::assemble(spec, log);
  }();
  if (assembled.ok()) return assembled.take();
  verdict.not_assembled = assembled.error().message;
  return nullptr;
}

// `lift` ends the failures.
void run_and_judge(Lab& lab, const History& history, bool at_a_limit,
                   const std::function<void()>& lift, RunVerdict& verdict) {
  {
    Run run(lab, at_a_limit, verdict);
    for (const Op& op : history.ops) {
      if (!verdict.broken) run.apply(op);
    }
    verdict.calls = calls_so_far();
    lift();
    run.compare_all();
  }
  verdict.given_up = lab.failure();
  const SpaceUse use = lab.files().space_use();
  if (!verdict.broken && use.used_blocks + use.free_blocks != use.total_blocks) {
    verdict.broken = fmt::format("{} blocks used and {} free, of {}", use.used_blocks,
                                 use.free_blocks, use.total_blocks);
  }
}

void judge_descriptors(uint64_t before, RunVerdict& verdict) {
  const uint64_t now = open_descriptors();
  if (verdict.broken || now == before) return;
  verdict.broken = fmt::format("{} descriptors before, {} after", before, now);
}

}  // namespace

RunVerdict run_with_failures(const LabSpec& spec, const History& history, const FailurePlan& plan) {
  RunVerdict verdict;
  const uint64_t descriptors_before = open_descriptors();
  const FailurePlan none{.userfaultfd_forbidden = plan.userfaultfd_forbidden};
  CallLog log;
  start(plan);
  std::unique_ptr<Lab> lab = assemble(spec, log, verdict);
  if (lab == nullptr) {
    verdict.calls = calls_so_far();
    if (verdict.calls.failed == 0) verdict.broken = "no lab: " + *verdict.not_assembled;
  } else {
    run_and_judge(
        *lab, history, false, [&] { start(none); }, verdict);
    lab.reset();
  }
  start({});
  judge_descriptors(descriptors_before, verdict);
  return verdict;
}

RunVerdict run_at_a_limit(const LabSpec& spec, const History& history, const Limit& limit,
                          bool userfaultfd_forbidden) {
  RunVerdict verdict;
  const uint64_t descriptors_before = open_descriptors();
  CallLog log;
  start({.userfaultfd_forbidden = userfaultfd_forbidden});
  if (limit.before_assembly) limit.reach();
  std::unique_ptr<Lab> lab = assemble(spec, log, verdict);
  if (!limit.before_assembly) limit.reach();
  if (lab != nullptr) {
    run_and_judge(*lab, history, true, limit.lift, verdict);
    lab.reset();
  } else {
    limit.lift();
  }
  judge_descriptors(descriptors_before, verdict);
  return verdict;
}

}  // namespace daxlab
