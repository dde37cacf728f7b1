// What the probe's child writes into its pipe: one byte once the object is loaded, then JSON.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error_or.h"
#include "core/registry/plugin_description.h"
#include "daxlab/plugin.h"

namespace daxlab {

inline constexpr char probe_loaded = 'L';  // the constructors are over

std::string encode_refusal(const Error& error);
// `info` has passed info_refusal.
std::string encode_info(const PluginInfo& info);

// Name, summary, flags and options; the rest is left as it is. An error: the child's refusal, or an
// answer that no child of ours would write.
ErrorOr<PluginDescription> decode_answer(std::string_view text);

}  // namespace daxlab
