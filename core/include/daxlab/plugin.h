// What every plugin declares. A plugin is one shared object with one exported constant whose *name*
// carries its kind and ABI number (daxlab_fault_abi1, daxlab_write_abi2, daxlab_alloc_abi2), so the
// core can refuse it before any of its code has run. File name, `name` and the word in YAML agree.
//
// Host and plugin share a toolchain family (GCC or Clang with libstdc++). Nothing throws across the
// boundary. The ABI number changes when a virtual is added, removed or moved, or a type that
// crosses the boundary has another size. Build with
//   c++ -std=c++20 -shared -fPIC -fvisibility=hidden -ftls-model=initial-exec
#pragma once

#include <cstdint>
#include <new>

#include "daxlab/host.h"
#include "daxlab/options.h"

namespace daxlab {

enum class PluginFlags : uint32_t {
  none = 0,
  signal_safe = 1,  // allocators: may be called in a fault (no malloc, no std::mutex)
};

struct PluginInfo {
  const char* name;
  const char* summary;  // one sentence
  OptionTable options;
  PluginFlags flags;
};

// An instance of Type made from host and options; nullptr when there is no memory for it.
template <class Base, class Type>
Base* create_instance(Host& host, const OptionValues& options) noexcept {
  return new (std::nothrow) Type(host, options);
}

template <class Base, class Type>
void destroy_instance(Base* instance) noexcept {
  delete static_cast<Type*>(instance);
}

}  // namespace daxlab

// Used by the macro of each capability. `Type` is constructible from (Host&, const OptionValues&)
// without throwing; `options` is an array of Option, or no_options.
#define DAXLAB_PLUGIN(Plugin, Base, symbol, name, Type, summary, options, flags) \
  extern "C" __attribute__((visibility("default"))) const Plugin symbol;         \
  constinit const Plugin symbol = {{#name, summary, options, flags},             \
                                   &::daxlab::create_instance<Base, Type>,       \
                                   &::daxlab::destroy_instance<Base, Type>}
