// Mutations of the core that check() does not find, and why: what is not found must stand here.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace daxlab {

struct NotFound {
  enum class Because : uint32_t {
    redundant,        // it breaks no promise
    exhaustive_only,  // found by exhaustive programs, not by seeds
    out_of_reach,     // it does, where these programs and histories do not come, or hardly ever
  };
  std::string mutation;  // a glob over names: "drop core/dax/fault_path.cc resolve lock"
  Because because = Because::redundant;
  std::string why;
};
std::span<const NotFound> argued_mutations();
// The first that speaks of the mutation; null: none.
const NotFound* argument_about(const std::string& mutation);

}  // namespace daxlab
