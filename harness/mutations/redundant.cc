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
      {"swap core/dax/fault_operations.cc ~FaultOperations unlock", redundant,
       "kept until the page's own lock is given back, which is next"},
      {"drop core/dax/fault_operations.cc reclaim_pages unmap", redundant,
       "a page of zeros over a hole stays: more memory than cache_limit says, and nothing wrong"},
      {"drop core/dax/mapping.cc set_entries lock", redundant,
       "guards a count of kernel mappings, of which the simulator has as many as anyone asks for"},
      {"drop core/dax/write_operations.cc goal_for lock_shared", redundant,
       "a goal is a wish, and a lookup is one step"},
      {"drop core/dax/write_operations.cc reserve_nodes lock_shared", redundant,
       "counted again under the lock before anything is published"},
      {"drop core/dax/write_operations.cc look_up lock_shared", redundant,
       "the pin, taken before, keeps what was looked up from being given to others, and so it does "
       "when a punch or cut comes right after the lock; the page locks are waited for in any case"},
      {"swap core/dax/fault_operations.cc fill_hole unlock", redundant,
       "kept until the fault gives its page lock back, and waits for nobody who wants it"},
      {"swap core/dax/hole_making.cc truncate_file unlock", redundant,
       "invalidate_lock and extend_lock are given back in the other order"},
      {"swap core/dax/write_at_once.cc lock_to_publish_at_once unlock", redundant,
       "kept while nodes are allocated, for which nobody needs the file's locks"},
      {"swap core/dax/dax_view.cc create unl*", redundant,
       "of the list of mappings: given back after invalidate_lock, next to it"},
      {"drop core/dax/write_publishing.cc grow_to lock", redundant,
       "who moves the end holds extend_lock, too"},
      {"swap core/dax/write_publishing.cc grow_to unlock", redundant,
       "kept a little longer by who holds the locks outside of it anyway"},
      {"swap core/region/redo_log.cc commit unlock", redundant,
       "kept until invalidate_lock is unlocked, which is next"},
      {"swap core/region/redo_log.cc write_record p*", redundant,
       "an offset comes after its value, and still before the flush of both"},
      {"swap core/region/redo_log.cc write_record copy", redundant,
       "the header of a record that does not count yet, copied before the same fence"},
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
const char* const without_unmapping =
    "marks go only when no mapping can store any more, and programs of several threads keep theirs";
const char* const block_moves =
    "needs a block that a punch gives to another file, stored to there and synced, all inside "
    "another thread's sync, and a crash after it: no schedule with a crash was that long yet";
const char* const punch_takes_leaf =
    "needs a punch that takes the last page out of a leaf while a write into it has reserved: "
    "hardly "
    "any schedule of few seeds";
const char* const in_every_order =
    "a crash after a store and a write() met in one hole: of random schedules too few are crashed";
const char* const cut_between_looks =
    "needs a whole cut between a read's look at the size and the next step, its look at the map";

const std::vector<NotFound>& beyond_programs() {
  static const std::vector<NotFound> all = {
      {"* core/dax/dax_file_system.cc * lock", out_of_reach, names_alone},
      {"* core/dax/dax_view.cc * lock", out_of_reach, names_alone},
      {"* core/dax/open_files.cc * lock", out_of_reach, names_alone},
      {"swap core/dax/open_files.cc * unlock", out_of_reach, names_alone},
      {"* core/region/inode_table.cc * lock", out_of_reach, names_alone},
      {"swap core/region/inode_table.cc * unlock", out_of_reach, names_alone},
      {"drop core/dax/shared_file.h for_each_mapping lock_shared", out_of_reach, names_alone},
      {"twice core/dax/shared_file.h for_each_mapping unlock_shared", out_of_reach, names_alone},
      {"* core/dax/hole_making.cc truncate_file fence", out_of_reach, behind_the_end},
      {"drop core/dax/hole_making.cc truncate_file zero", out_of_reach, behind_the_end},
      {"drop core/dax/write_at_once.cc commit_copies zero", out_of_reach, behind_the_end},
      {"drop core/dax/write_publishing.cc grow_to zero", out_of_reach, behind_the_end},
      {"* core/dax/write_publishing.cc grow_to fence", out_of_reach, behind_the_end},
      {"drop core/dax/sync_blocks.cc sync_blocks lock", out_of_reach, without_unmapping},
      {"drop core/dax/sync_blocks.cc sync_blocks lock_shared", out_of_reach, block_moves},
      {"* core/dax/write_publishing.cc lock_to_publish unlock_shared", out_of_reach,
       punch_takes_leaf},
      {"* core/dax/write_publishing.cc merge_into fence", exhaustive_only, in_every_order},
      {"swap core/dax/write_publishing.cc merge_into copy", exhaustive_only, in_every_order},
      {"drop core/dax/dax_file.cc read lock_shared", out_of_reach, cut_between_looks},
      {"drop core/dax/hole_making.cc truncate_file lock", out_of_reach,
       "needs a whole cut between what an append reserves and what it publishes: few schedules"},
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
