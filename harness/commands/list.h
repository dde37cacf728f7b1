// What `daxlab list` prints: the plugins and workloads that can be named in a config, and the files
// that cannot and why.
#pragma once

#include <string>

#include "core/registry/registry.h"
#include "harness/config/config_loader.h"

namespace daxlab {

// By kind: name, summary, ABI, path, options; the refused files; the workloads. Plugins that are
// wrong on purpose are counted, and shown only `with_hazards`; when there is none,
// `to_build_hazards` is the command that makes them, or empty.
std::string listing_as_text(const Registry::Listing& listing, WorkloadTable workloads,
                            bool with_hazards = false, const std::string& to_build_hazards = "");
// {"plugins": [{kind, name, summary, abi, path, not_used, content_hash, signal_safe, hazard, options: [{name,
// type, unit, default, minimum, maximum, choices, help}]}], "refused": ["..."], "workloads":
// [{name, summary, axes, threads, runtime, baseline, options}]}. Options have the keys that their
// type has; a boolean's default is true or false, a choice's a word.
std::string listing_as_json(const Registry::Listing& listing, WorkloadTable workloads);

}  // namespace daxlab
