// What a program does to a region that was recovered: reads every file, then changes some.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/region/region.h"
#include "daxlab/types.h"

namespace daxlab {

// Everything that the files' maps use, sorted and joined; what is wrong with it as a set, or what a
// file shows that it must not. Reads every byte of every block.
std::optional<std::string> read_all_files(Region& region, const std::vector<Extent>& used);

// Makes a file, gives pages to some files one by one and by the redo log, punches, truncates and
// removes; after every few steps a check must find nothing wrong. Running out of space is no
// mistake.
std::optional<std::string> change_files(Region& region, const std::vector<Extent>& used);

// What a check finds wrong; pages past the end of a file count. `used`: what it must find in use.
std::optional<std::string> find_unclean(const Region& region,
                                        const std::vector<Extent>* used = nullptr);

}  // namespace daxlab
