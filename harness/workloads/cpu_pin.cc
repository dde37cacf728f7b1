#include "harness/workloads/cpu_pin.h"

#include <fmt/format.h>
#include <pthread.h>

#include <system_error>

namespace daxlab {

std::optional<Failure> CpuPin::pin(uint64_t worker, uint32_t cpu) {
  cpu_set_t wanted;
  CPU_ZERO(&wanted);
  CPU_SET(cpu, &wanted);  // nothing if the number is beyond what the set can hold: EINVAL then
  int error = ::pthread_getaffinity_np(::pthread_self(), sizeof before_, &before_);
  if (error == 0) error = ::pthread_setaffinity_np(::pthread_self(), sizeof wanted, &wanted);
  pinned_ = error == 0;
  if (pinned_) return std::nullopt;
  return refusal(fmt::format(
      "thread {} cannot be pinned to CPU {}: {}: choose `cpus` that are online and allowed here",
      worker, cpu, std::generic_category().message(error)));
}

CpuPin::~CpuPin() {
  if (pinned_) (void)::pthread_setaffinity_np(::pthread_self(), sizeof before_, &before_);
}

}  // namespace daxlab
