// The write capability: how one write() call puts its bytes into the file, above all when space
// runs out on the way. The core allocates, copies, orders and publishes; a strategy says how much
// of the write goes on with how much space.
#pragma once

#include <cstdint>

#include "daxlab/plugin.h"
#include "daxlab/status.h"
#include "daxlab/types.h"

namespace daxlab {

enum class Staging : uint32_t {
  in_place,       // pages that have a block are written where they are
  copy_on_write,  // every page gets a new block, which nobody sees until it is published. For all
                  // writes or none: one in place to a block that is being replaced may be lost
};

// Ops act inside the byte range of the write in progress; anything outside is a bad_plugin error.
class WriteOps {
 public:
  // Makes sure of a block for every page of `range`, from its start on: those that the file has,
  // unless they are to be copied, and new ones that nobody else can see. Returns the length of the
  // front part it could: less than asked where there is no space, no memory or a bad block, or
  // where the caller's buffer cannot be read (which may be within a page). The core knows which: a
  // strategy that gives up answers no_space. What was reserved earlier stays reserved, as it was.
  virtual uint64_t reserve(ByteRange range, Staging staging) noexcept = 0;

  // Copies the caller's bytes into the reserved blocks and persists them (copies on write: they are
  // durable when published). No lock is held: the caller's buffer may be a mapping of this very
  // file. New blocks stay unseen. bad_plugin: outside the write, or not reserved. bad_address: the
  // buffer could be read when the write began and cannot any more; give up with that answer, then
  // the core asks once more with as much as there still is.
  virtual Status copy(ByteRange range) noexcept = 0;

  // Makes copied bytes part of the file: its block map first, then the size if the range ends
  // beyond it; persisted in that order. A block that somebody else published meanwhile is merged
  // into. Every page of the range was reserved in_place, else bad_plugin. no_space, no_memory (no
  // node for the block map): what was published before stays the file's.
  virtual Status publish(ByteRange range) noexcept = 0;

  // The same in one step, for anybody who looks after a crash: block map and size together, by one
  // record of the redo log. Every page of the range was reserved copy_on_write, and is published
  // once; what the range does not cover of its first and last page is taken over from the blocks
  // that it replaces, after they are out of every mapping. no_space (no node for the block map) and
  // too_big (over max_atomic_write_bytes) change nothing. A read() beside it may see a part of it.
  virtual Status publish_at_once(ByteRange range) noexcept = 0;

  // Gives back every reserved block that was not published. The core does so after the write, too.
  virtual void release() noexcept = 0;

  // Puts the caller's bytes into the file's page cache and moves the size: a buffered write. A DAX
  // write never does this (a dirty cached page beside a block loses data); it is here so that the
  // mistake can be made by a hazard, and found.
  virtual Status copy_to_page_cache(ByteRange range) noexcept = 0;

 protected:
  ~WriteOps() = default;
};

// Its name is a promise: one that begins with all_or_nothing or atomic is held to that by
// `daxlab check` (atomic: to both). Any other may write short.
class WriteStrategy {
 public:
  // Longer writes are refused (too_big) before `write` is called. Asked once.
  virtual uint64_t max_write_bytes() const noexcept = 0;

  // Writes the caller's bytes of `range` (not empty). Returns bytes written from its start: fewer
  // is a short write, more is an unsafe answer; no_space when none. Any thread, several at once for
  // one file; not signal context, so malloc is allowed.
  virtual Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept = 0;

 protected:
  ~WriteStrategy() = default;
};

struct WritePlugin {
  PluginInfo info;
  WriteStrategy* (*create)(Host& host, const OptionValues& options) noexcept;
  void (*destroy)(WriteStrategy* strategy) noexcept;
};

}  // namespace daxlab

// Once per plugin, at namespace scope: the exported symbol by which the core knows kind and ABI.
#define DAXLAB_WRITE_PLUGIN(name, Type, summary, options)                                      \
  DAXLAB_PLUGIN(::daxlab::WritePlugin, ::daxlab::WriteStrategy, daxlab_write_abi2, name, Type, \
                summary, options, ::daxlab::PluginFlags::none)
