// What `daxlab list` prints: the plugins that can be named in a config, and the files that cannot
// and why.
#pragma once

#include <string>

#include "core/registry/registry.h"

namespace daxlab {

// By kind: name, summary, ABI, path, options; then the refused files.
std::string listing_as_text(const Registry::Listing& listing);
// {"plugins": [{kind, name, summary, abi, path, content_hash, signal_safe, hazard, options: [{name,
// type, unit, default, minimum, maximum, choices, help}]}], "refused": ["..."]}. Options have the
// keys that their type has; a boolean's default is true or false, a choice's a word.
std::string listing_as_json(const Registry::Listing& listing);

}  // namespace daxlab
