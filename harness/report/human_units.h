// Numbers as people read them, in three or four digits.
#pragma once

#include <string>

namespace daxlab {

std::string format_ns(double ns);        // "812 ns", "7.25 ns", "9.13 us", "1.20 s"
std::string format_bytes(double bytes);  // "0", "512 B", "16.0 KiB", "1.00 GiB"
std::string format_count(double count);  // "0", "9999", "262k", "1.05M"

}  // namespace daxlab
