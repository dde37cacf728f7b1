// Several values of one entry of a document's context: "memfd, tmpfs".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace daxlab {

// Also of values with commas of their own, as long as they are whole.
bool has_entry(std::string_view list, std::string_view entry);
// With the entry behind it, if it is not there yet.
std::string with_entry(const std::string& list, std::string_view entry);
// Of values without commas.
std::vector<std::string> entries_of(std::string_view list);

}  // namespace daxlab
