// What is wrong with files, in words.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "core/recovery/map_walk.h"
#include "core/recovery/region_check.h"

namespace daxlab {

// "file 'data' (inode 3)": bytes of the name that are no plain ASCII are written as \x1b.
std::string file_text(const Inode& inode, uint32_t number);
std::string quoted_name(const Inode& inode);

enum class Remedy { planned, done };

// One problem for all flaws that are alike, of those of one node.
void report_flaws(const Inode& inode, uint32_t number, std::span<const MapFlaw> flaws,
                  Remedy remedy, const std::function<void(const Problem&)>& report);

}  // namespace daxlab
