// For libFuzzer, which brings main(): ./harness/soak --fuzz SECONDS builds and runs it.
#include <cstdio>
#include <cstdlib>

#include "harness/fuzz/json_mutator.h"
#include "harness/fuzz/text_trial.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const daxlab::TextTrial trial =
      daxlab::try_config(std::string_view(reinterpret_cast<const char*>(data), size));
  if (trial.broken_promise) {
    std::fprintf(stderr, "%s\n", trial.broken_promise->c_str());
    std::abort();
  }
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  return daxlab::mutate_json_input(data, size, max_size, seed, LLVMFuzzerMutate);
}
