#include "harness/judges/space_needs.h"

#include "core/region/block_map.h"

namespace daxlab {

bool may_run_out(OpKind kind) {
  switch (kind) {
    case OpKind::write:
    case OpKind::write_from_view:
    case OpKind::preallocate:
    case OpKind::load:
    case OpKind::store:
    case OpKind::prefault:
      return true;
    default:
      return false;
  }
}

bool may_run_out(SharedOpKind kind) {
  switch (kind) {
    case SharedOpKind::load:
    case SharedOpKind::store:
    case SharedOpKind::write:
    case SharedOpKind::preallocate:
    case SharedOpKind::prefault_read:
    case SharedOpKind::prefault_write:
    case SharedOpKind::make:
    case SharedOpKind::visit:
      return true;
    default:
      return false;
  }
}

uint64_t most_blocks_for(PageRange pages) { return pages.pages + BlockMap::most_nodes(pages); }

}  // namespace daxlab
