// The tables that `daxlab run` prints, taken apart again.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace daxlab {

struct ShownTable {
  std::string heading;               // "write:size=1MiB, 2 threads  [mmu, memfd]  median of 3"
  std::vector<std::string> columns;  // their headings; the first may be empty
  std::vector<std::vector<std::string>> rows;
};

// Each workload's tables in their order: of strategies, of the workload's own figures, of times.
// Lines between them (notes, failures) are none of theirs.
std::vector<ShownTable> read_tables(const std::string& text);

// What a cell says of a figure, "9.10 us", "1.00 GiB/s", "4096", "12.3 k": within half of its last
// digit.
struct ShownNumber {
  double value = 0, tolerance = 0;
};
std::optional<ShownNumber> read_shown_number(const std::string& text);

}  // namespace daxlab
