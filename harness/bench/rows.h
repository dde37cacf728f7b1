// What is measured here: each row is one loop, most of them beside a bare loop that does the same
// without daxlab.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/error_or.h"

namespace daxlab {

// Runs the loop once and gives the time of what is measured in it, in ns. One thread.
using TimedLoop = std::function<ErrorOr<uint64_t>()>;

struct Row {
  std::string name;           // "sync/mmu/pages:64"
  std::string compared_with;  // the row that stands in the ratio's denominator; empty: none
  uint64_t items = 1;         // in one loop: pages, words, blocks
  // Called again for each repetition; takes no part in the time.
  std::function<ErrorOr<TimedLoop>()> prepare;
};

struct RowSizes {
  std::vector<uint64_t> sync_pages;
  uint64_t persist_words = 0;
  std::vector<uint64_t> open_blocks;  // powers of two
  std::vector<uint64_t> write_bytes;
};
inline const RowSizes full_sizes{
    .sync_pages = {1, 16, 256, 4096},
    .persist_words = 4096,
    .open_blocks = {uint64_t{1} << 20, uint64_t{1} << 21, uint64_t{1} << 22},
    .write_bytes = {4096, 65536}};

// File::sync after stores through a view, against the same flushes of the same lines and one fence.
void add_sync_rows(const RowSizes& sizes, std::vector<Row>& rows);
// Persist with nobody observing and with a recorder, against the same code without the question
// whether somebody observes.
void add_persist_rows(const RowSizes& sizes, std::vector<Row>& rows);
// Opening a region in a file with so many mapped blocks: attaching, recovering; and a whole lab on
// it.
void add_open_region_rows(const RowSizes& sizes, std::vector<Row>& rows);
// Overwriting by atomic, against all_or_nothing.
void add_write_rows(const RowSizes& sizes, std::vector<Row>& rows);

std::vector<Row> all_rows(const RowSizes& sizes);

}  // namespace daxlab
