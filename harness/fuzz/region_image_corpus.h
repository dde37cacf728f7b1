// The images that the fuzzer starts from: one for each thing that a region can hold or have gone
// through.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace daxlab {

struct SeedImage {
  std::string name;              // of its file in corpus/region_image
  std::vector<std::byte> input;  // see RegionImage
};

// The same on every machine.
std::vector<SeedImage> region_image_corpus();

}  // namespace daxlab
