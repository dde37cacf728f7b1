// XFS frees the blocks of a file that is gone in the background: its count of free ones and stores
// through mappings do not know of them for a while.
#pragma once

#include <memory>

#include "core/base/owned_descriptor.h"

namespace daxlab {

// Any thread.
class LateFreeing {
 public:
  // `directory`: an open folder of that file system, whose magic number it is.
  LateFreeing(const OwnedDescriptor& directory, long magic_number);

  // On return the blocks of files that were gone before are free. XFS lets only root ask for that:
  // of others it is left to XFS, and of any other failure stderr tells. Nothing to do on other file
  // systems.
  void wait() const;

 private:
  OwnedDescriptor directory_;  // not open: nobody to wait for
};

}  // namespace daxlab
