// When space runs out: an operation that failed has changed nothing, a short write wrote what it
// returned and nothing more, and neither happens while there is space.
#pragma once

#include <optional>

#include "harness/judges/evidence.h"

namespace daxlab {

// What must not be, in this order:
//   - no space, or a short write, though more blocks were free than the operation can use, and no
//     fault was injected;
//   - a short write by a strategy that promises all or nothing; one of 0 bytes by any;
//   - a failed write, preallocate or store that moved the size, left its bytes in the file, or (the
//     store apart, whose fault may have served other pages) used or freed blocks;
//   - a short write that left more of its bytes than it returned;
//   - a write or preallocate that used more blocks than its bytes and the map over them need.
std::optional<Verdict> judge_enospc(const SequentialEvidence& evidence);
// Of those: no space though there was; short though all or nothing; bytes seen that a failed or
// short write did not write.
std::optional<Verdict> judge_enospc(const ConcurrentEvidence& evidence);

}  // namespace daxlab
