#include "harness/check/write_promises.h"

namespace daxlab {

WritePromises promises_of(std::string_view write_strategy) {
  const bool atomic = write_strategy.starts_with("atomic");
  return {.all_or_nothing = atomic || write_strategy.starts_with("all_or_nothing"),
          .atomic = atomic};
}

}  // namespace daxlab
