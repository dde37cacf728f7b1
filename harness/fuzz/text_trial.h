// One text put through what reads it: a config, or a case of `daxlab check`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace daxlab {

struct TextTrial {
  bool accepted = false;
  // The first promise of the reader that was not kept, for people. What touches memory that it must
  // not, throws, never ends or asks for too much memory is found by the sanitizers and by limits.
  std::optional<std::string> broken_promise;
};

// With plugins that are only described: nothing is loaded.
TextTrial try_config(std::string_view text);
TextTrial try_case(std::string_view text);

}  // namespace daxlab
