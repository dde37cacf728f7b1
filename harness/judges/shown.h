// What a file, or a page of a view, shows beside what the model says that it holds.
#pragma once

#include <cstdint>

#include "core/file/file.h"
#include "harness/histories/model.h"
#include "harness/judges/evidence.h"

namespace daxlab {

// Both: what finds no space to be shown is excused where `may_run_out`; a lost page must not be
// shown, and all others must.

// All of the file, by read(). Of a file with lost pages the first page that is wrong, or the last.
Shown shown_by_read(const ModelFile& expected, File& file, bool may_run_out);
// A page of the file through a view, which shows it at view_offset_bytes.
Shown shown_by_view(const ModelFile& expected, uint64_t pgoff, const View& view,
                    uint64_t view_offset_bytes, bool may_run_out);

}  // namespace daxlab
