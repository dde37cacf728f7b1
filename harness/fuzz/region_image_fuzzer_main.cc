// For libFuzzer, which brings main(): ./harness/soak --fuzz SECONDS builds and runs it.
#include <cstdio>
#include <cstdlib>

#include "harness/fuzz/region_image_mutator.h"
#include "harness/fuzz/region_image_trial.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const daxlab::ImageTrial trial = daxlab::try_region_image(std::as_bytes(std::span(data, size)));
  if (trial.broken_promise) {
    std::fprintf(stderr, "%s\n", trial.broken_promise->c_str());
    std::abort();
  }
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  return daxlab::mutate_region_image(data, size, max_size, seed, LLVMFuzzerMutate);
}
