// A part of the cells, where several machines share them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "harness/run/cell_selection.h"

namespace daxlab {

struct Shard {
  uint64_t index = 1;  // 1 to count
  uint64_t count = 1;

  std::string text() const;  // "2/4"
  friend bool operator==(const Shard&, const Shard&) = default;
};

inline constexpr uint64_t most_shards = 10'000;

// Of "2/4". The error says what was expected.
ErrorOr<Shard> read_shard(const std::string& text);

// Of the table that the cell is in: "hole_read:size=1GiB/threads:1".
std::string group_of(const SelectedCell& cell);

// Cells of one table stay together, so that each has the one that it is compared with. Which shard
// a table is of depends on its workload's name, options and threads alone: it stays there when the
// matrix grows. So shards are not of one size, and some may be empty.
std::vector<SelectedCell> cells_of_shard(const std::vector<SelectedCell>& cells, Shard shard);

// The fewest shards, `most` at most, of which as many as can be have cells: each table has one to
// itself, if that can be.
uint64_t shards_for(const std::vector<SelectedCell>& cells, uint64_t most);

}  // namespace daxlab
