// What core/include/daxlab/fault.h promises, seen through a lab: files as they should be.
#include <fmt/format.h>

#include "harness/conformance/check.h"
#include "harness/conformance/fault_signal.h"
#include "harness/conformance/full_region.h"
#include "harness/conformance/lab_checks.h"
#include "harness/conformance/lab_trial.h"
#include "harness/conformance/promise_check.h"
#include "harness/conformance/script.h"

namespace daxlab {
namespace {

using Found = std::optional<Finding>;

constexpr uint64_t hole_pages = 40;

// A file that is one hole, in three views: all of it, its middle, and past its end. What they show
// at file page p, view 1 shows at p - 8.
Script three_views() {
  Script script;
  script.truncate(hole_pages * page_bytes)
      .map(0, 0, hole_pages)
      .map(1, 8, 16)
      .map(2, 0, hole_pages + 4);
  return script;
}

void load_everywhere(Script& script, uint64_t pgoff, uint64_t byte = 0) {
  script.load(0, pgoff, byte).load(2, pgoff, byte);
  if (pgoff >= 8 && pgoff < 24) script.load(1, pgoff - 8, byte);
}

Found holes_read_zeros(const Subject& subject) {
  Script script = three_views();
  for (uint64_t p = 0; p < hole_pages; ++p) load_everywhere(script, p, p * 8);
  script.prefault(0, 0, hole_pages, false).read(0, hole_pages * page_bytes);
  for (uint64_t p = hole_pages; p > 0; --p) load_everywhere(script, p - 1, 4088);
  return check_script(subject, script);
}

Found stores_are_seen_everywhere(const Subject& subject) {
  Script script = three_views();
  for (uint64_t p = 0; p < hole_pages; ++p) {
    if (p % 3 != 0) load_everywhere(script, p);
  }
  for (uint64_t p = 0; p < hole_pages; ++p) {
    script.store(p % 2 == 0 ? 0 : 2, p, 8 * (p % 4));
    load_everywhere(script, p, 8 * (p % 4));
    script.read(p * page_bytes, 64);
  }
  for (uint64_t p = 8; p < 24; ++p) {
    script.store(1, p - 8, 512);
    load_everywhere(script, p, 512);
  }
  return check_script(subject, script);
}

Found writes_replace_zeros(const Subject& subject) {
  Script script = three_views();
  for (uint64_t p = 0; p < hole_pages; ++p) load_everywhere(script, p);
  for (uint64_t p = 0; p + 3 < hole_pages; p += 3) {
    script.write(p * page_bytes + 4000, page_bytes);
    for (uint64_t q = p; q < p + 2; ++q) load_everywhere(script, q, q == p ? 4000 : 0);
  }
  for (uint64_t p = 0; p < hole_pages; ++p) load_everywhere(script, p, 4088);
  return check_script(subject, script);
}

Found each_store_keeps_its_place(const Subject& subject) {
  Script script = three_views();
  for (uint64_t p = 0; p < hole_pages; ++p) script.load(0, p);
  // Far from the latest page that was read, and in another order.
  for (uint64_t p = 0; p < hole_pages; p += 7) script.store(0, p, 16);
  for (uint64_t p = hole_pages - 2; p > 3; p -= 3) script.store(0, p, 24);
  for (uint64_t p = 0; p < hole_pages; ++p) script.load(2, p, 16).load(0, p, 24);
  script.read(0, hole_pages * page_bytes);
  return check_script(subject, script);
}

Found punched_pages_read_zeros(const Subject& subject) {
  Script script = three_views();
  script.write(0, hole_pages * page_bytes);
  for (uint64_t p = 0; p < hole_pages; ++p) load_everywhere(script, p);
  for (uint64_t p = 0; p < hole_pages; p += 2) script.store(0, p, 8);
  script.punch(2 * page_bytes, 20 * page_bytes).punch(30 * page_bytes + 100, page_bytes);
  for (uint64_t p = 0; p < hole_pages; ++p) load_everywhere(script, p, 8);
  for (uint64_t p = 2; p < 22; p += 3) {
    script.store(2, p, 16);
    load_everywhere(script, p, 16);
  }
  script.punch(0, hole_pages * page_bytes).read(0, hole_pages * page_bytes);
  for (uint64_t p = 0; p < hole_pages; ++p) load_everywhere(script, p, 16);
  return check_script(subject, script);
}

Found cut_bytes_stay_cut(const Subject& subject) {
  Script script = three_views();
  for (uint64_t p = 0; p < hole_pages; ++p) script.store(p % 2 == 0 ? 0 : 2, p, 4000);
  for (const uint64_t left : {20 * page_bytes + 24, 10 * page_bytes, uint64_t{8}, uint64_t{0}}) {
    script.truncate(left).load(0, left / page_bytes, 4000).load(0, 30).load(2, 30);
    script.truncate(hole_pages * page_bytes).read(0, hole_pages * page_bytes);
    for (uint64_t p = 0; p < hole_pages; p += 3) load_everywhere(script, p, 4000);
    script.store(2, 30, 8).store(0, 9, 8).store(2, 3, 8);
  }
  return check_script(subject, script);
}

Found past_the_end_is_a_bus_error(const Subject& subject) {
  Script script;
  script.truncate(page_bytes + 8).map(0, 0, 20).map(1, 4, 10);
  script.load(0, 1).load(0, 2).store(0, 2).load(1, 0).store(1, 9).prefault(0, 0, 3, false);
  script.truncate(6 * page_bytes).load(0, 2).store(0, 5, 8).load(1, 1, 8).load(1, 2).store(0, 6);
  script.write(7 * page_bytes, 100).load(0, 6).load(1, 3).load(0, 8).store(1, 4);
  script.truncate(0).load(0, 0).store(1, 0).truncate(20 * page_bytes).load(0, 5, 8).store(0, 19);
  return check_script(subject, script);
}

Found no_space_is_a_bus_error(const Subject& subject) {
  return on_each_lab_of(subject, uint64_t{512} << 10,
                        [](Lab& lab) { return check_stores_without_space(lab); });
}

}  // namespace

std::vector<Check> fault_checks() {
  return {
      {"holes_read_zeros", "A hole reads as zeros, through every mapping and by read()",
       holes_read_zeros},
      {"calls_nothing_unsafe_in_a_fault",
       "fault and page_mkwrite call neither malloc nor std::mutex nor stdio, and nothing throws",
       faults_call_nothing_unsafe},
      {"stores_are_seen_everywhere",
       "A store to a hole is seen through every mapping and by read(), also where zeros were read",
       stores_are_seen_everywhere},
      {"writes_replace_zeros", "before_fill takes down what lay over the hole, in every mapping",
       writes_replace_zeros},
      {"each_store_keeps_its_place",
       "A store to a page mapped read-only goes to the page of its address",
       each_store_keeps_its_place},
      {"punched_pages_read_zeros", "What was punched reads as zeros, and can be stored to again",
       punched_pages_read_zeros},
      {"cut_bytes_stay_cut", "What truncate cut is a bus error, and zeros when the file has grown",
       cut_bytes_stay_cut},
      {"past_the_end_is_a_bus_error", "Pages past the end are a bus error until the file grows",
       past_the_end_is_a_bus_error},
      {"no_space_is_a_bus_error",
       "A store to a hole of a full region is a bus error, changes nothing, and works again later",
       no_space_is_a_bus_error},
      {"answers_like_the_model_on_the_mmu", "Random histories give the model's answers, on the mmu",
       answers_like_the_model_on_the_mmu},
      {"answers_like_the_model_on_the_simulator",
       "Random histories give the model's answers, on the simulator",
       answers_like_the_model_on_the_simulator},
      {"some_order_explains_threads",
       "What threads see of each word is explained by some order of their operations",
       some_order_explains_threads},
      {"gives_everything_back", "destroy gives back memory, descriptors and kernel mappings",
       labs_give_everything_back},
      {"no_run_breaks_a_promise",
       "Whatever turns threads take and whenever power is lost, every promise of daxlab check is "
       "kept",
       no_run_breaks_a_promise},
  };
}

std::vector<Check> checks_of(PluginKind kind) {
  switch (kind) {
    case PluginKind::fault:
      return fault_checks();
    case PluginKind::write:
      return write_checks();
    case PluginKind::alloc:
      return alloc_checks();
  }
  return {};
}

}  // namespace daxlab
