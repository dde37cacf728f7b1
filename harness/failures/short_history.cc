#include "harness/failures/failing_run.h"

namespace daxlab {
namespace {

Op of_file(OpKind kind, uint32_t file, uint64_t offset_bytes = 0, uint64_t length_bytes = 0,
           uint64_t value = 0) {
  return {.kind = kind,
          .file = file,
          .offset_bytes = offset_bytes,
          .length_bytes = length_bytes,
          .value = value};
}
Op of_view(OpKind kind, uint32_t view, uint64_t offset_bytes = 0, uint64_t value = 0) {
  return {.kind = kind, .view = view, .offset_bytes = offset_bytes, .value = value};
}
Op maps(uint32_t file, uint32_t view, uint64_t first_page, uint64_t pages) {
  return {.kind = OpKind::map,
          .file = file,
          .view = view,
          .offset_bytes = first_page * page_bytes,
          .length_bytes = pages * page_bytes};
}
Op loads(uint32_t view, uint64_t view_page) {
  return of_view(OpKind::load, view, view_page * page_bytes);
}
Op stores(uint32_t view, uint64_t view_page, uint64_t value) {
  return of_view(OpKind::store, view, view_page * page_bytes + 8, value);
}
Op writes(uint32_t file, uint64_t offset_bytes, uint64_t length_bytes, uint64_t value) {
  return of_file(OpKind::write, file, offset_bytes, length_bytes, value);
}

}  // namespace

History history_of_every_operation() {
  using enum OpKind;
  History history;
  history.ops = {
      // Two views of one file of holes: zero pages, also under the other view's blocks.
      of_file(create, 0),
      of_file(truncate, 0, 24 * page_bytes),
      maps(0, 0, 0, 32),
      maps(0, 1, 4, 16),
      loads(0, 0),
      loads(0, 5),
      loads(1, 1),  // the same page through the other view
      loads(1, 2),
      stores(0, 5, 5),  // mkwrite, with the other view's zero page to be taken down
      loads(1, 1),
      stores(1, 8, 12),  // a store where nothing is mapped
      loads(0, 12),
      loads(0, 30),  // past the end
      // write() over holes that are mapped, over blocks, and past the end.
      writes(0, 6 * page_bytes + 100, page_bytes, 1),
      loads(1, 2),
      loads(0, 7),
      writes(0, 5 * page_bytes, 3 * page_bytes, 2),
      loads(0, 6),
      writes(0, 23 * page_bytes + 10, 2 * page_bytes, 3),
      loads(0, 24),
      of_file(preallocate, 0, 14 * page_bytes, 2 * page_bytes),
      stores(0, 14, 14),
      {.kind = prefault,
       .view = 0,
       .offset_bytes = 8 * page_bytes,
       .length_bytes = 3 * page_bytes,
       .value = 0},
      {.kind = prefault,
       .view = 1,
       .offset_bytes = 5 * page_bytes,
       .length_bytes = 2 * page_bytes,
       .value = 1},
      of_file(sync, 0),
      {.kind = view_sync, .view = 1, .offset_bytes = 0, .length_bytes = 16 * page_bytes},
      // Blocks go, whole and in part, under both views; and come back.
      of_file(punch, 0, 6 * page_bytes, page_bytes),
      loads(0, 6),
      loads(1, 2),
      of_file(punch, 0, 5 * page_bytes + 50, 2 * page_bytes),
      loads(0, 5),
      stores(1, 2, 66),
      loads(0, 6),
      of_file(truncate, 0, 9 * page_bytes + 40),
      loads(0, 12),
      loads(0, 9),
      of_file(truncate, 0, 26 * page_bytes),
      loads(0, 12),
      loads(1, 8),
      stores(0, 12, 120),
      loads(1, 8),
      // A second file, mapped over the first one's blocks in the region, and unlinked in use.
      of_file(create, 1),
      writes(1, 0, 4 * page_bytes, 4),
      maps(1, 2, 0, 8),
      loads(2, 1),
      stores(2, 2, 22),
      of_file(unlink, 1),
      stores(2, 3, 33),
      loads(2, 0),
      of_view(unmap, 2),
      of_file(create, 1),
      // A view that goes, one that comes to blocks that are there.
      of_view(unmap, 1),
      maps(0, 3, 0, 26),
      loads(3, 12),
      stores(3, 13, 130),
      loads(0, 13),
      of_file(truncate, 0, 0),
      of_file(truncate, 0, 2 * page_bytes),
      loads(3, 1),
      of_view(unmap, 3),
      of_file(unlink, 0),
  };
  return history;
}

}  // namespace daxlab
