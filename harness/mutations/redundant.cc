#include "harness/mutations/redundant.h"

#include <fnmatch.h>

#include <vector>

namespace daxlab {
namespace {

using enum NotFound::Because;

// What is done twice is done at once, as one step: nobody comes in between.
const std::vector<NotFound>& done_twice() {
  static const std::vector<NotFound> all = {
      {"twice * flush", redundant, "the line is flushed already"},
      {"twice * fence", redundant, "what was to be waited for is durable already"},
      {"twice * publish", redundant, "the word holds that value already"},
      {"twice * zero", redundant, "the bytes are zeros already"},
      {"twice * copy", redundant, "the bytes are copied already"},
      {"twice * insert", redundant, "the pages are shown already"},
      {"twice * unmap", redundant, "the pages are taken out already"},
      {"twice * unlock", redundant, "the lock is free, and nobody can have taken it in between"},
      {"twice * free", redundant,
       "the core refuses blocks that are not in use, so no plugin hears"},
  };
  return all;
}

const std::vector<NotFound>& needless() {
  static const std::vector<NotFound> all = {
      {"* core/dax/copy_pins.cc pin lock_shared", redundant,
       "only told to the schedule: a pin is worth what waiting for it is, which is a step too"},
      {"* core/dax/copy_pins.cc unpin unlock_shared", redundant, "only told to the schedule"},
      {"drop core/dax/fault_operations.cc lock_page lock", redundant,
       "a zero page's lock is the strategy's promise to its caller; nothing of the core's is under "
       "it"},
      {"swap core/dax/fault_operations.cc lock_page lock", redundant, "the same"},
      {"swap core/dax/fault_operations.cc ~FaultOperations unlock", redundant, "the same"},
      {"drop core/dax/fault_operations.cc reclaim_pages unmap", redundant,
       "a page of zeros over a hole stays: more memory than cache_limit says, and nothing wrong"},
      {"drop core/dax/hole_making.cc shrink fence", redundant,
       "for mappings, not for crashes: regrowing zeros the tail again"},
      {"swap core/dax/hole_making.cc shrink fence", redundant, "the same"},
      {"drop core/dax/mapping.cc set_entries lock", redundant,
       "guards a count of kernel mappings, of which the simulator has as many as anyone asks for"},
      {"drop core/dax/write_operations.cc goal_for lock_shared", redundant,
       "a goal is a wish, and a lookup is one step"},
      {"drop core/dax/write_operations.cc reserve_nodes lock_shared", redundant,
       "counted again under the lock before anything is published"},
      {"drop core/dax/write_publishing.cc grow_to lock", redundant,
       "who moves the end holds extend_lock, too"},
      {"swap core/dax/write_publishing.cc grow_to unlock", redundant,
       "kept a little longer by who holds the locks outside of it anyway"},
      {"drop core/lab/plugin_host.cc lock lock", redundant,
       "what the shipped allocators do under their locks has no step: they are alone there anyway"},
      {"swap core/region/redo_log.cc commit unlock", redundant,
       "kept until invalidate_lock is unlocked, which is next"},
      {"swap core/region/redo_log.cc write_record publish", redundant,
       "words of a record that does not count yet, in another order before one fence"},
      {"swap core/region/redo_log.cc write_record copy", redundant, "the same"},
      {"swap core/region/block_map_publishing.cc grow_to flush", redundant,
       "flushed later, and before the fence that it has to come before"},
      {"swap core/region/inode_table.cc create copy", redundant,
       "a name before its inode's first word makes it one, in another order before one fence"},
      {"swap core/dax/write_operations.cc copy_run copy", redundant,
       "runs of one write, in another order before one fence"},
      {"swap core/dax/write_at_once.cc take_over copy", redundant,
       "ends of one write, in another order before one fence"},
  };
  return all;
}

const char* const names_alone =
    "programs of several threads neither make nor take names and views: harness/strategies, "
    "core/lab and the workloads do, with real threads";
const char* const behind_the_end =
    "shows after a store behind the end of the file, which programs do not make: "
    "harness/crash/mutations_test.cc does";

const std::vector<NotFound>& beyond_programs() {
  static const std::vector<NotFound> all = {
      {"* core/dax/dax_file_system.cc * lock", out_of_reach, names_alone},
      {"* core/dax/dax_view.cc * lock", out_of_reach, names_alone},
      {"swap core/dax/dax_view.cc create unlock", out_of_reach, names_alone},
      {"* core/dax/open_files.cc * lock", out_of_reach, names_alone},
      {"swap core/dax/open_files.cc * unlock", out_of_reach, names_alone},
      {"* core/region/inode_table.cc * lock", out_of_reach, names_alone},
      {"swap core/region/inode_table.cc * unlock", out_of_reach, names_alone},
      {"drop core/dax/shared_file.h for_each_mapping lock_shared", out_of_reach, names_alone},
      {"twice core/dax/shared_file.h for_each_mapping unlock_shared", out_of_reach, names_alone},
      {"* core/dax/hole_making.cc truncate_file fence", out_of_reach, behind_the_end},
  };
  return all;
}

}  // namespace

std::span<const NotFound> argued_mutations() {
  static const std::vector<NotFound> all = [] {
    std::vector<NotFound> together = done_twice();
    for (const auto* part : {&needless(), &beyond_programs()}) {
      together.insert(together.end(), part->begin(), part->end());
    }
    return together;
  }();
  return all;
}

const NotFound* argument_about(const std::string& mutation) {
  for (const NotFound& each : argued_mutations()) {
    if (fnmatch(each.mutation.c_str(), mutation.c_str(), 0) == 0) return &each;
  }
  return nullptr;
}

}  // namespace daxlab
