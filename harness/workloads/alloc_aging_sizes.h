// How large files are: the profile "agrawal" of Geriatrix (Kadekodi et al., USENIX ATC 2018,
// profiles/agrawal/size_distribution.txt), made after Agrawal et al., "A Five-Year Study of
// File-System Metadata", FAST 2007: sizes in bytes, and how many files of 230 have them.
#pragma once

#include <array>
#include <cstdint>

namespace daxlab {

struct SizeShare {
  uint64_t size_bytes;
  uint64_t weight;
};

inline constexpr std::array<SizeShare, 11> agrawal_sizes{{{8, 1},
                                                          {32, 7},
                                                          {128, 16},
                                                          {512, 40},
                                                          {2048, 50},
                                                          {8192, 46},
                                                          {32768, 35},
                                                          {131072, 20},
                                                          {524288, 10},
                                                          {2097152, 4},
                                                          {8388608, 1}}};

}  // namespace daxlab
