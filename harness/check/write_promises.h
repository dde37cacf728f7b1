// What a write strategy promises beyond the contract. Plugins do not declare it: their names do.
#pragma once

#include <string_view>

namespace daxlab {

struct WritePromises {
  bool all_or_nothing = false;  // a write that does not fit changes nothing
  bool atomic = false;          // a crash leaves all of a write or none of it
};

// "all_or_nothing", "atomic" and every name that begins so: "atomic_by_log". `atomic` promises
// both. Any other is held to what `partial` promises.
WritePromises promises_of(std::string_view write_strategy);

}  // namespace daxlab
