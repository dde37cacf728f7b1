#include "harness/mutations/redundant.h"

#include <fnmatch.h>

#include <vector>

namespace daxlab {
namespace {

using enum NotFound::Because;

const char* const size_lock = "whoever stores a size holds extend_lock, around both";
const char* const entry_lock =
    "whoever stores an entry holds map_lock, or invalidate_lock exclusive, around both";
const char* const nobodys_block = "nothing leads to the block before both are done";
const char* const zeros_behind =
    "behind the end of the file, where nobody is promised anything; extend_lock, held around both, "
    "keeps the end from moving there";
const char* const page_lock =
    "the page locks are held around both, and invalidate_lock, shared: nobody else shows or takes "
    "out these pages";
const char* const no_faults =
    "invalidate_lock is held around both, exclusive: no fault can show the pages again";

// The second time is a step of its own: redundant is what nobody can spoil in between, because of
// what is held around both.
const std::vector<NotFound>& done_twice() {
  static const std::vector<NotFound> all = {
      {"twice * flush", redundant,
       "a cache may write a line back whenever it likes: a crash finds nothing that it could not "
       "find without this flush"},
      {"twice * fence", redundant, "a crash has fewer states to find, and none that is new"},
      {"twice core/dax/hole_making.cc truncate_file publish", redundant, size_lock},
      {"twice core/dax/hole_making.cc shrink publish", redundant,
       "a size under extend_lock, or an entry under invalidate_lock, exclusive: nobody else stores "
       "it in between"},
      {"twice core/dax/write_publishing.cc grow_to publish", redundant, size_lock},
      {"twice core/dax/hole_making.cc punch_pages publish", redundant, entry_lock},
      {"twice core/region/block_map_clearing.cc clear_below publish", redundant, entry_lock},
      {"twice core/region/block_map_publishing.cc new_node *", redundant,
       "nothing leads to the node before both are done"},
      {"twice core/region/block_map_publishing.cc grow_to publish", redundant, entry_lock},
      {"twice core/region/block_map_publishing.cc publish publish", redundant, entry_lock},
      {"twice core/region/inode_table.cc create *", redundant,
       "the table's lock is held around both, and the inode has no user yet"},
      {"twice core/region/inode_table.cc remove_name publish", redundant,
       "the table's lock is held around both"},
      {"twice core/region/redo_log.cc * publish", redundant,
       "the log's lock is held around both; around changes invalidate_lock, too, exclusive"},
      {"twice core/region/redo_log.cc write_record copy", redundant,
       "the log's lock is held around both"},
      {"twice core/dax/fault_operations.cc fill_hole zero", redundant, nobodys_block},
      {"twice core/dax/write_copying.cc prepare zero", redundant, nobodys_block},
      {"twice core/dax/write_at_once.cc take_over *", redundant,
       "nothing leads to the new block, and what it is copied from changes under invalidate_lock "
       "only, which is held exclusive: no mapping shows it"},
      {"twice core/dax/hole_making.cc truncate_file zero", redundant, zeros_behind},
      {"twice core/dax/hole_making.cc shrink zero", redundant, zeros_behind},
      {"twice core/dax/write_publishing.cc grow_to zero", redundant, zeros_behind},
      {"twice core/dax/write_at_once.cc commit_copies zero", redundant, zeros_behind},
      {"twice core/dax/fault_path.cc resolve insert", redundant, page_lock},
      {"twice core/dax/fault_operations.cc * insert", redundant, page_lock},
      {"twice core/dax/fault_operations.cc * unmap", redundant, page_lock},
      {"twice core/dax/mapping_room.cc clear unmap", redundant, page_lock},
      {"twice core/dax/hole_making.cc prepare_hole unmap", redundant, no_faults},
      {"twice core/dax/write_at_once.cc take_down unmap", redundant, no_faults},
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
      {"drop core/dax/dax_file.cc read_timed lock_shared", redundant,
       "the count of cuts, looked at before and after, tells of the cut that the lock would keep "
       "out; the pin keeps the blocks"},
      {"drop core/dax/write_operations.cc goal_of lock_shared", redundant,
       "a goal is a wish, and a lookup is one step"},
      {"drop core/dax/write_operations.cc missing_nodes lock_shared", redundant,
       "counted again under the lock before anything is published"},
      {"drop core/dax/write_operations.cc look_up lock_shared", redundant,
       "the pin, taken before, keeps what was looked up from being given to others, and so it does "
       "when a punch or cut comes right after the lock; the page locks are waited for in any case"},
      {"swap core/dax/fault_operations.cc fill_hole unlock", redundant,
       "kept until the fault gives its page lock back, and waits for nobody who wants it"},
      {"swap core/dax/hole_making.cc truncate_file unl*", redundant,
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
      {"swap core/region/block_map_publishing.cc grow_to flush", redundant,
       "flushed later, and before the fence that it has to come before"},
      {"swap core/dax/write_at_once.cc take_over copy", redundant,
       "before the log's first fence in any case: the next copy is that of the other end, or of "
       "the "
       "record's header"},
  };
  return all;
}

const char* const names_lock =
    "whoever opens, makes or unlinks a file holds the lock of all names around it; only who looks "
    "at "
    "a lab at rest does not";
const char* const one_step =
    "what may come in between, releasing a number, is one step, so only real threads can meet "
    "there";
const char* const list_step =
    "of the list of mappings: adding to it is one step, so only real threads can meet in it";
const char* const waits_for_append =
    "needs a write inside, a cut and an append that meet at one word, and a read between: "
    "core/lab/beside_cut_test.cc does it";
const char* const by_crash =
    "shows in a crash at one of few moments: exhaustive crashes every schedule, seeds few of them";
const char* const whole_pages = "programs of several threads punch whole pages only";
const std::vector<NotFound>& beyond_programs() {
  static const std::vector<NotFound> all = {
      {"drop core/dax/open_files.cc * lock", redundant, names_lock},
      {"swap core/dax/open_files.cc * unlock", redundant, names_lock},
      {"drop core/region/inode_table.cc * lock", out_of_reach, one_step},
      {"swap core/region/inode_table.cc * unlock", out_of_reach, one_step},
      {"twice core/dax/hole_making.cc punch_pages zero", out_of_reach, whole_pages},
      {"drop core/dax/dax_view.cc create lock", out_of_reach, list_step},
      {"drop core/dax/dax_file.cc write_timed lock", out_of_reach, waits_for_append},
      {"drop core/dax/sync_blocks.cc sync_blocks lock*", exhaustive_only, by_crash},
      {"[ds]* core/dax/hole_making.cc truncate_file fence", exhaustive_only, by_crash},
      {"drop core/dax/write_publishing.cc merge_into fence", exhaustive_only, by_crash},
      {"swap core/dax/write_publishing.cc merge_into fence", exhaustive_only, by_crash},
  };
  return all;
}

}  // namespace

std::span<const NotFound> argued_mutations() {
  static const std::vector<NotFound> all = [] {
    std::vector<NotFound> together;
    for (const auto* part : {&done_twice(), &needless(), &beyond_programs()}) {
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
