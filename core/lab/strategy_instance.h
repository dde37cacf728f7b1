// One instance of a plugin, made and destroyed by the plugin that it came from.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/base/call_log.h"
#include "core/base/error_or.h"
#include "core/lab/lab.h"
#include "core/lab/plugin_host.h"

namespace daxlab {

// Plugin is FaultPlugin, WritePlugin or AllocPlugin, Base its strategy.
template <class Plugin, class Base>
class StrategyInstance {
 public:
  static ErrorOr<std::unique_ptr<StrategyInstance>> create(const StrategySpec& spec,
                                                           const Plugin& plugin,
                                                           PluginCallback callback, CallLog& log) {
    std::unique_ptr<StrategyInstance> made(new StrategyInstance(spec.plugin, plugin, log));
    OptionValues options{spec.options.data(), static_cast<uint32_t>(spec.options.size())};
    {
      InPlugin in_plugin(log, callback);
      made->strategy_ = plugin.create(made->host_, options);
    }
    if (made->strategy_ == nullptr) {
      const PluginDescription& known = spec.plugin.description();
      return Error{std::string(name_of(known.kind)) + " plugin '" + known.name + "' (" +
                   known.path.string() + "): create returned no instance (out of memory?)"};
    }
    return made;
  }
  ~StrategyInstance() {
    if (strategy_ != nullptr) plugin_.destroy(strategy_);
  }
  StrategyInstance(const StrategyInstance&) = delete;
  StrategyInstance& operator=(const StrategyInstance&) = delete;

  Base& strategy() const { return *strategy_; }
  const LoadedPlugin& library() const { return library_; }
  // "wrote behind the end of its arena ..."; nullopt: it did not.
  std::optional<std::string> arena_overrun() const { return host_.arena_overrun(); }

 private:
  StrategyInstance(LoadedPlugin library, const Plugin& plugin, CallLog& log)
      : library_(std::move(library)), plugin_(plugin), host_(log) {}

  LoadedPlugin library_;  // loaded as long as the instance lives
  const Plugin& plugin_;
  PluginHost host_;
  Base* strategy_ = nullptr;
};

}  // namespace daxlab
