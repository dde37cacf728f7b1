// A plugin in this process. Boost.DLL is behind this door and used nowhere else.
#pragma once

#include <memory>

#include "core/base/call_log.h"
#include "core/base/error_or.h"
#include "core/registry/plugin_description.h"
#include "daxlab/alloc.h"
#include "daxlab/fault.h"
#include "daxlab/write.h"

namespace daxlab {

// Keeps the shared object loaded as long as any copy lives: instances of its classes must not
// outlive the last one. Loaded with RTLD_NOW | RTLD_LOCAL.
class LoadedPlugin {
 public:
  LoadedPlugin() = default;
  // Runs the object's constructors, named in `log` meanwhile. The file is found, judged and
  // examined again (its path may lead elsewhere since it was described): trusted as then, and of
  // the same bytes, kind, ABI and name, else an error. What is examined is what is loaded, by
  // descriptor.
  static ErrorOr<LoadedPlugin> load(const PluginDescription& description, CallLog& log);

  const PluginDescription& description() const { return description_; }
  // Exactly the one of its kind is not null.
  const FaultPlugin* fault() const;
  const WritePlugin* write() const;
  const AllocPlugin* alloc() const;

  // The same, but with functions that stand for those of this fault plugin; they outlive it.
  LoadedPlugin with(const FaultPlugin& functions) const;

 private:
  PluginDescription description_;
  std::shared_ptr<void> library_;
  const void* symbol_ = nullptr;
};

}  // namespace daxlab
