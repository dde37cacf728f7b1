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
  uint64_t timed_pages = 0;
  uint64_t simulated_pages = 0;
  uint64_t simulated_labs = 0;
  uint64_t crash_histories = 0;
};
inline const RowSizes full_sizes{
    .sync_pages = {1, 16, 256, 4096},
    .persist_words = 4096,
    .open_blocks = {uint64_t{1} << 20, uint64_t{1} << 21, uint64_t{1} << 22},
    .write_bytes = {4096, 65536},
    .timed_pages = 1024,
    .simulated_pages = 1024,
    .simulated_labs = 64,
    .crash_histories = 40};

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
// write() and faults while times and their parts are kept, against the same while they are not.
void add_parts_rows(const RowSizes& sizes, std::vector<Row>& rows);
// The simulator's faults, and taking pages out by punching, of each fault strategy, against an
// array of entries with as many of them set. Each page is one: global_zero's mkwrite takes two
// faults.
void add_simulated_faults_rows(const RowSizes& sizes, std::vector<Row>& rows);
// A simulated lab in memory: assembled, one page of one file touched, destroyed.
void add_simulated_lab_rows(const RowSizes& sizes, std::vector<Row>& rows);

// Crash states of random histories on a region of 64 KiB, made, recovered and judged: each distinct
// one is an item.
void add_crash_rows(const RowSizes& sizes, std::vector<Row>& rows);

std::vector<Row> all_rows(const RowSizes& sizes);

}  // namespace daxlab
