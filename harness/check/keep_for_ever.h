// For what somebody who will never go on may still point to.
#pragma once

#include <memory>
#include <utility>
#include <vector>

namespace daxlab {

// Never destroyed, and still pointed to, so that it does not count as lost. One thread at a time.
template <class T, class Delete>
void keep_for_ever(std::unique_ptr<T, Delete> thing) {
  static auto* kept = new std::vector<std::unique_ptr<T, Delete>>;
  kept->push_back(std::move(thing));
}

}  // namespace daxlab
