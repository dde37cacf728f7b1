// How much the tests that explore do. Each table of strategies has one total for all of its rows: a
// row more takes from the others, and makes nothing longer.
#pragma once

#include <cstdint>

namespace daxlab {

// DAXLAB_SEED, or 1: lets long runs go through other seeds.
uint64_t first_seed();

// What each of `rows` gets of `total` histories, rounds or the like: at least 1. Builds with
// assertions and sanitizers, some ten times slower, do a fifth of it. DAXLAB_EXPLORE, from 1 to
// 1000, times as much: for long runs.
uint64_t share_of(uint64_t total, uint64_t rows);

}  // namespace daxlab
