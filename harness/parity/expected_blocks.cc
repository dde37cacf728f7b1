#include "harness/parity/expected_blocks.h"

namespace daxlab {
namespace {

void add(std::set<uint64_t>& pages, PageRange range) {
  for (uint64_t page = range.pgoff; page < range.end(); ++page) pages.insert(page);
}

uint64_t page_after(uint64_t offset_bytes) { return (offset_bytes + page_bytes - 1) / page_bytes; }

}  // namespace

ExpectedBlocks::ExpectedBlocks(const History& history) {
  for (const Op& op : history.ops) {
    const std::shared_ptr<ModelFile> file = model_.file(op.file);
    const uint64_t size_bytes = file == nullptr ? 0 : file->size_bytes();
    const Outcome outcome = model_.apply(op);
    if (op.kind == OpKind::punch && file != nullptr) {
      free_range(of(file), {op.offset_bytes, op.length_bytes}, size_bytes);
    } else {
      note(op, outcome);
    }
  }
}

// A new file has no blocks, so that names and mappings need no note.
void ExpectedBlocks::note(const Op& op, const Outcome& outcome) {
  const bool has_view = model_.view(op.view).file != nullptr;
  const ByteRange range{op.offset_bytes, op.length_bytes};
  switch (op.kind) {
    case OpKind::load:
      if (has_view && outcome.code == ErrorCode::ok) {
        note_view(op.view, {op.offset_bytes, 8}, &FileBlocks::loaded);
      }
      return;
    case OpKind::store:
      if (has_view && outcome.code == ErrorCode::ok) {
        note_view(op.view, {op.offset_bytes, 8}, &FileBlocks::must);
      }
      return;
    case OpKind::prefault:
      if (!has_view) return;
      if (op.value == 0) {
        note_view(op.view, range, &FileBlocks::loaded);
      } else {
        // One that fails on its way may have got so far.
        note_view(op.view, range,
                  outcome.code == ErrorCode::ok ? &FileBlocks::must : &FileBlocks::may);
      }
      return;
    default:
      if (model_.file(op.file) != nullptr) note_file(op, outcome);
  }
}

void ExpectedBlocks::note_file(const Op& op, const Outcome& outcome) {
  FileBlocks& blocks = of(model_.file(op.file));
  const auto written = [&](uint64_t length_bytes) {
    add(blocks.must, pages_of({op.offset_bytes, length_bytes}));
    add(blocks.may, pages_of({op.offset_bytes, length_bytes}));
  };
  const bool has_view = model_.view(op.view).file != nullptr;
  switch (op.kind) {
    case OpKind::write:
      return written(outcome.count_bytes);
    case OpKind::write_from_view:
      if (!has_view) return;
      note_view(op.view, {op.value, op.length_bytes}, &FileBlocks::loaded);
      return written(outcome.count_bytes);
    case OpKind::read_into_view:
      if (!has_view) return;
      // What the call could have filled may be touched before.
      note_view(op.view, {op.value, op.length_bytes}, &FileBlocks::may);
      return note_view(op.view, {op.value, outcome.count_bytes}, &FileBlocks::must);
    case OpKind::preallocate:
      if (outcome.code == ErrorCode::ok) written(op.length_bytes);
      return;
    case OpKind::truncate:
      if (outcome.code == ErrorCode::ok) {
        free_pages(blocks, page_after(op.offset_bytes), history_file_pages);
      }
      return;
    default:
      return;
  }
}

void ExpectedBlocks::note_view(uint32_t view, ByteRange range, Pages pages) {
  if (range.length_bytes == 0) return;
  const Model::ModelView& mapped = model_.view(view);
  FileBlocks& blocks = of(mapped.file);
  PageRange touched = pages_of(range);
  touched.pgoff += mapped.range.pgoff;
  for (uint64_t page = touched.pgoff; page < touched.end(); ++page) {
    if (mapped.file->is_beyond_end(page)) return;
    (blocks.*pages).insert(page);
    if (pages == &FileBlocks::must) blocks.may.insert(page);
  }
}

void ExpectedBlocks::free_pages(FileBlocks& blocks, uint64_t first_page, uint64_t end_page) {
  for (const Pages pages : {&FileBlocks::must, &FileBlocks::may, &FileBlocks::loaded}) {
    std::erase_if(blocks.*pages,
                  [&](uint64_t page) { return page >= first_page && page < end_page; });
  }
}

// Of the last page of a file, which its end cuts, all that is in the file may be less than the
// page.
void ExpectedBlocks::free_range(FileBlocks& blocks, ByteRange range, uint64_t size_bytes) {
  const uint64_t first_page = page_after(range.offset_bytes), end_page = range.end() / page_bytes;
  free_pages(blocks, first_page, end_page);
  const bool to_the_end = range.end() >= size_bytes && range.end() % page_bytes != 0;
  if (to_the_end && end_page >= first_page) blocks.must.erase(end_page);
}

std::set<std::shared_ptr<ModelFile>> ExpectedBlocks::living() const {
  std::set<std::shared_ptr<ModelFile>> files;
  for (uint32_t file = 0; file < history_files; ++file) {
    files.insert({model_.file(file), model_.named(file)});
  }
  for (uint32_t view = 0; view < history_views; ++view) files.insert(model_.view(view).file);
  files.erase(nullptr);
  return files;
}

uint64_t ExpectedBlocks::sum_of(Pages pages) const {
  uint64_t sum = 0;
  for (const auto& file : living()) {
    if (const auto found = blocks_.find(file); found != blocks_.end()) {
      sum += (found->second.*pages).size();
    }
  }
  return sum;
}

uint64_t ExpectedBlocks::may_pages_with_loaded() const {
  uint64_t sum = 0;
  for (const auto& file : living()) {
    const auto found = blocks_.find(file);
    if (found == blocks_.end()) continue;
    std::set<uint64_t> pages = found->second.may;
    pages.insert(found->second.loaded.begin(), found->second.loaded.end());
    sum += pages.size();
  }
  return sum;
}

const FileBlocks* ExpectedBlocks::file(uint32_t file) const {
  static const FileBlocks none;
  const auto& open = model_.file(file);
  if (open == nullptr) return nullptr;
  const auto found = blocks_.find(open);
  return found == blocks_.end() ? &none : &found->second;
}

}  // namespace daxlab
