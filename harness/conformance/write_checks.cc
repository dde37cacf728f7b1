// What core/include/daxlab/write.h promises, seen through a lab.
#include <fmt/format.h>

#include <algorithm>

#include "harness/conformance/check.h"
#include "harness/conformance/crash_trial.h"
#include "harness/conformance/ending_buffers.h"
#include "harness/conformance/full_region.h"
#include "harness/conformance/lab_checks.h"
#include "harness/conformance/lab_trial.h"
#include "harness/conformance/promise_check.h"
#include "harness/conformance/script.h"
#include "harness/conformance/stores_beside.h"
#include "harness/conformance/write_space.h"

namespace daxlab {
namespace {

using Found = std::optional<Finding>;

Found writes_what_it_says(const Subject& subject) {
  Script script;
  script.map(0, 0, 64);
  const std::pair<uint64_t, uint64_t> writes[] = {{0, 1},
                                                  {4095, 2},
                                                  {0, page_bytes},
                                                  {1, 3 * page_bytes},
                                                  {10 * page_bytes, 8},
                                                  {10 * page_bytes - 3, 7},
                                                  {20 * page_bytes + 5, 9 * page_bytes},
                                                  {3, 1},
                                                  {2 * page_bytes, 2 * page_bytes},
                                                  {20 * page_bytes, 20 * page_bytes},
                                                  {63 * page_bytes, page_bytes},
                                                  {62 * page_bytes + 1, 2 * page_bytes - 1}};
  for (const auto& [offset, length] : writes) {
    script.write(offset, length).read(offset / page_bytes * page_bytes, length + page_bytes);
    script.load(0, offset / page_bytes, offset % page_bytes / 8 * 8);
  }
  script.punch(2 * page_bytes, 30 * page_bytes)
      .write(4 * page_bytes + 17, 3 * page_bytes)
      .read(0, 64 * page_bytes);
  script.truncate(page_bytes + 7).write(3 * page_bytes + 1, 100).read(0, 64 * page_bytes);
  return check_script(subject, script);
}

Found buffers_may_be_mappings(const Subject& subject) {
  Script script;
  script.truncate(48 * page_bytes).map(0, 0, 16).map(1, 0, 48);
  for (uint64_t p = 0; p < 16; p += 2) script.store(0, p, 8 * p);
  script.write_from(0, 0, 16 * page_bytes, 16 * page_bytes).read(16 * page_bytes, 16 * page_bytes);
  script.read_into(1, 33 * page_bytes + 8, 16 * page_bytes, 4 * page_bytes);
  script.write_from(1, 32 * page_bytes, 100, 5 * page_bytes).read(0, 48 * page_bytes);
  for (uint64_t p = 0; p < 48; ++p) script.load(1, p, 16);
  return check_script(subject, script);
}

Found refuses_what_is_too_long(const Subject& subject) {
  return on_each_lab(subject, [](Lab& lab) -> Found {
    auto created = lab.files().create("long");
    if (!created.ok()) return Finding{"create is ok", describe(created.code()), {}};
    std::unique_ptr<File> file = created.take();
    const uint64_t longest = file->max_write_bytes();
    Found finding;
    constexpr uint64_t most_tried = uint64_t{4} << 20;
    const std::vector<std::byte> bytes =
        numbered_bytes(std::min(longest, most_tried) + (longest < most_tried ? 1 : 0), 3);
    const auto taken = std::span(bytes).first(std::min<uint64_t>(longest, bytes.size()));
    const auto written = file->write(5, taken);
    if (!written.ok() || written.value() != taken.size()) {
      finding = {fmt::format("a write of {} bytes is done, for max_write_bytes is {}", taken.size(),
                             longest),
                 written.ok() ? fmt::format("{} bytes", written.value()) : describe(written.code()),
                 {}};
    } else if (longest < bytes.size() && file->write(0, bytes).code() != ErrorCode::too_big) {
      finding = {"a longer write than max_write_bytes is too_big", "it was taken", {}};
    }
    file.reset();
    static_cast<void>(lab.files().unlink("long"));  // settle() looks whether it went
    return finding;
  });
}

Found stores_beside_it_are_kept(const Subject& subject) {
  for (const LabSetting& setting : all_settings(subject.kind())) {
    if (setting.engine != EngineKind::mmu) continue;
    auto finding = on_lab(subject, setting, check_stores_beside_writes);
    if (finding) return finding;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Check> write_checks() {
  return {
      {"writes_what_it_says", "The bytes that write returns are in the file, and no others changed",
       writes_what_it_says},
      {"buffers_may_be_mappings", "The caller's buffer may be a mapping of the same file",
       buffers_may_be_mappings},
      {"ending_buffers_are_consistent",
       "Where the buffer cannot be read further a write is short or refused, always the same",
       ending_buffers_are_consistent},
      {"refuses_what_is_too_long", "What is as long as max_write_bytes is written, more is too_big",
       refuses_what_is_too_long},
      {"no_space_is_consistent",
       "Without space a write is short or refused, always the same; no byte is lost or made up",
       no_space_is_consistent},
      {"stores_beside_it_are_kept", "Stores through mappings beside a write are not lost",
       stores_beside_it_are_kept},
      {"answers_like_the_model_on_the_mmu", "Random histories give the model's answers, on the mmu",
       answers_like_the_model_on_the_mmu},
      {"answers_like_the_model_on_the_simulator",
       "Random histories give the model's answers, on the simulator",
       answers_like_the_model_on_the_simulator},
      {"some_order_explains_threads",
       "What threads see of each word is explained by some order of their operations",
       some_order_explains_threads},
      {"survives_crashes",
       "After a crash each word is old or new, what returned is there, no size covers the "
       "unwritten",
       survives_crashes},
      {"survives_crashes_without_space", "The same where space runs out on the way",
       survives_crashes_without_space},
      {"gives_everything_back", "destroy gives back memory, descriptors and kernel mappings",
       labs_give_everything_back},
      {"no_run_breaks_a_promise",
       "Whatever turns threads take and whenever power is lost, every promise of daxlab check is "
       "kept",
       no_run_breaks_a_promise},
  };
}

}  // namespace daxlab
