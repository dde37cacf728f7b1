// Whether two samples are of one distribution, whatever its form: the test of Mann and Whitney ("On
// a Test of Whether one of Two Random Variables is Stochastically Larger than the Other", 1947).
#pragma once

#include <cstddef>
#include <span>

namespace daxlab {

// Two-sided: how likely samples of one distribution differ as much as these. Exact, ties included:
// among all ways to deal these figures out to two sides of these sizes. Of more than 60 figures by
// the normal approximation, corrected for ties. 1 when a side is empty.
double mann_whitney_p(std::span<const double> one, std::span<const double> other);

// The smallest that it can be with so many figures on each side, all different.
double smallest_p(size_t one, size_t other);
// How many figures each side needs that it can be at most `level`; level > 0.
size_t figures_needed(double level);

}  // namespace daxlab
