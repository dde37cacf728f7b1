// Where the core's sources store to a region, flush or fence, found by reading them.
#pragma once

#include <set>
#include <string>

#include "harness/crash/trace_mutation.h"

namespace daxlab {

struct SourceSites {
  std::set<PersistSite> sites;
  // Of these, those whose line ends with the comment "not for crashes": other threads need them.
  std::set<PersistSite> not_for_crashes;
};

// Calls of Persist, and of the routines that do it in their caller's name (a parameter
// `Persist::Where where`): a call that passes `where` on is none, its own caller is.
SourceSites sites_in_sources();

// Names of those routines by their declarations, and as sites_in_sources knows them.
std::set<std::string> routines_declared();
std::set<std::string> routines_known();

}  // namespace daxlab
