#include "core/registry/loaded_plugin.h"

#include <fmt/format.h>

#include <cassert>
#include <string_view>

#include "core/registry/examined_plugin.h"
#include "core/registry/shared_object.h"

namespace daxlab {
namespace {

PluginCallback load_callback(PluginKind kind) {
  switch (kind) {
    case PluginKind::fault:
      return PluginCallback::load_fault;
    case PluginKind::write:
      return PluginCallback::load_write;
    case PluginKind::alloc:
      return PluginCallback::load_alloc;
  }
  assert(false);
  return PluginCallback::none;
}

// The first member of every plugin struct.
const PluginInfo& info_of(PluginKind kind, const void* symbol) {
  switch (kind) {
    case PluginKind::fault:
      return static_cast<const FaultPlugin*>(symbol)->info;
    case PluginKind::write:
      return static_cast<const WritePlugin*>(symbol)->info;
    case PluginKind::alloc:
      break;
  }
  return static_cast<const AllocPlugin*>(symbol)->info;
}

Error changed(const PluginDescription& description, std::string_view what) {
  return {fmt::format("{}: has changed since it was described ({}); start again",
                      description.path.string(), what)};
}

}  // namespace

ErrorOr<LoadedPlugin> LoadedPlugin::load(const PluginDescription& description, CallLog& log) {
  // The hash tells builds apart, and is no proof of who made them: so its owner is judged again.
  const ErrorOr<ExaminedPlugin> examined =
      examine_plugin(description.path, description.allow_writable);
  if (!examined.ok()) return examined.error();
  const ExaminedPlugin& now = examined.value();
  if (std::optional<Error> error = mismatch(now, description.kind)) return *error;
  if (now.content_hash != description.content_hash) {
    return changed(description, fmt::format("content hash {}, now {}", description.content_hash,
                                            now.content_hash));
  }
  const ErrorOr<OpenObject> opened = [&] {
    const InPlugin in_plugin(log, load_callback(description.kind));
    return open_shared_object(now.file, now.symbol.name());
  }();
  if (!opened.ok()) return opened.error();
  const char* const name = info_of(description.kind, opened.value().symbol).name;
  if (name == nullptr || name != description.name) {
    return changed(description, fmt::format("name {}, now {}", description.name,
                                            name == nullptr ? "none" : name));
  }
  LoadedPlugin plugin;
  plugin.description_ = description;
  plugin.library_ = opened.value().library;
  plugin.symbol_ = opened.value().symbol;
  return plugin;
}

LoadedPlugin LoadedPlugin::with(const FaultPlugin& functions) const {
  assert(description_.kind == PluginKind::fault);
  LoadedPlugin plugin = *this;
  plugin.symbol_ = &functions;
  return plugin;
}

const FaultPlugin* LoadedPlugin::fault() const {
  return description_.kind == PluginKind::fault ? static_cast<const FaultPlugin*>(symbol_)
                                                : nullptr;
}

const WritePlugin* LoadedPlugin::write() const {
  return description_.kind == PluginKind::write ? static_cast<const WritePlugin*>(symbol_)
                                                : nullptr;
}

const AllocPlugin* LoadedPlugin::alloc() const {
  return description_.kind == PluginKind::alloc ? static_cast<const AllocPlugin*>(symbol_)
                                                : nullptr;
}

}  // namespace daxlab
