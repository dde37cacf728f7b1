// Everything that the files of one lab work with: the parts are owned by the lab and outlive its
// files.
#pragma once

#include "core/alloc/block_allocator.h"
#include "core/base/call_log.h"
#include "core/base/counters.h"
#include "core/base/failure_log.h"
#include "core/dax/address_space.h"
#include "core/dax/dirty_blocks.h"
#include "core/dax/mapping_room.h"
#include "core/dax/page.h"
#include "core/region/inode_table.h"
#include "core/region/redo_log.h"
#include "core/region/region.h"
#include "daxlab/fault.h"
#include "daxlab/write.h"

namespace daxlab {

struct DaxParts {
  Region& region;
  InodeTable& inodes;
  RedoLog& log;
  BlockAllocator& allocator;
  AddressSpace& addresses;
  MappingRoom& room;
  FaultStrategy& fault;
  HoleBacking hole_backing;  // what the fault strategy wants and the engine has
  WriteStrategy& write;
  uint64_t max_write_bytes;  // the write strategy's, asked once
  ZeroPages& zero_pages;
  DirtyBlocks& dirty;
  Counters& counters;
  CallLog& calls;
  FailureLog& failures;
};

}  // namespace daxlab
