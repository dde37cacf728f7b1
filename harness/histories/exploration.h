// How much the tests that explore do. Each table of strategies has one total for all of its rows: a
// row more takes from the others, and makes nothing longer.
#pragma once

#include <cstdint>

namespace daxlab {

// DAXLAB_SEED, or 1: lets long runs go through other seeds.
uint64_t first_seed();

// What each of `rows` gets of `total` rounds in which threads are to meet: at least 1.
// DAXLAB_EXPLORE, from 1 to 1000, times as much: for long runs.
uint64_t rounds_by_each(uint64_t total, uint64_t rows);

// The same of histories, programs or time; a fifth of it in builds with assertions and sanitizers,
// where what is explored takes some ten times as long.
uint64_t explored_by_each(uint64_t total, uint64_t rows);

}  // namespace daxlab
