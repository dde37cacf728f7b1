#include "harness/histories/model.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace daxlab {
namespace {

// In whose middle the byte lies; none where a page begins there.
bool is_inside_lost_page(const ModelFile& file, uint64_t offset_bytes) {
  return offset_bytes % page_bytes != 0 && file.is_lost(offset_bytes / page_bytes);
}

// A lost page cannot be changed in part, and a part of it not be read.
bool needs_lost_page(const ModelFile& file, const Op& op) {
  const uint64_t size_bytes = file.size_bytes();
  const ByteRange range{op.offset_bytes, op.length_bytes};
  switch (op.kind) {
    case OpKind::read: {
      const uint64_t end = std::min(range.end(), size_bytes);
      return range.offset_bytes < end &&
             file.has_lost(pages_of({range.offset_bytes, end - range.offset_bytes}));
    }
    case OpKind::write:
      return range.length_bytes > 0 &&
             (is_inside_lost_page(file, range.offset_bytes) ||
              (range.end() < size_bytes && is_inside_lost_page(file, range.end())));
    case OpKind::punch:
      return is_inside_lost_page(file, range.offset_bytes) ||
             is_inside_lost_page(file, range.end());
    case OpKind::truncate:
      return op.offset_bytes != size_bytes &&
             is_inside_lost_page(file, std::min(op.offset_bytes, size_bytes));
    default:
      return false;
  }
}

}  // namespace

std::vector<std::byte> ModelFile::read(uint64_t offset_bytes, uint64_t length_bytes) const {
  const uint64_t first = std::min<uint64_t>(offset_bytes, bytes_.size());
  const uint64_t last = std::min<uint64_t>(offset_bytes + length_bytes, bytes_.size());
  return {bytes_.begin() + static_cast<ptrdiff_t>(first),
          bytes_.begin() + static_cast<ptrdiff_t>(last)};
}

void ModelFile::write(uint64_t offset_bytes, std::span<const std::byte> from) {
  std::erase_if(lost_, [&](uint64_t pgoff) {
    const uint64_t end = std::min((pgoff + 1) * page_bytes, size_bytes());
    return offset_bytes <= pgoff * page_bytes && offset_bytes + from.size() >= end;
  });
  preallocate({offset_bytes, from.size()});
  std::copy(from.begin(), from.end(), bytes_.begin() + static_cast<ptrdiff_t>(offset_bytes));
}

void ModelFile::truncate(uint64_t size_bytes) {
  bytes_.resize(size_bytes);
  std::erase_if(lost_, [&](uint64_t pgoff) { return is_beyond_end(pgoff); });
}

void ModelFile::punch(ByteRange range) {
  std::erase_if(lost_, [&](uint64_t pgoff) {
    return range.offset_bytes <= pgoff * page_bytes && range.end() >= (pgoff + 1) * page_bytes;
  });
  const uint64_t first = std::min<uint64_t>(range.offset_bytes, bytes_.size());
  const uint64_t last = std::min<uint64_t>(range.end(), bytes_.size());
  std::fill(bytes_.begin() + static_cast<ptrdiff_t>(first),
            bytes_.begin() + static_cast<ptrdiff_t>(last), std::byte{0});
}

void ModelFile::preallocate(ByteRange range) {
  if (range.end() > bytes_.size()) bytes_.resize(range.end());
}

uint64_t ModelFile::word(uint64_t offset_bytes) const {
  uint64_t value = 0;
  if (offset_bytes < bytes_.size()) {
    std::memcpy(&value, &bytes_[offset_bytes], std::min<uint64_t>(8, bytes_.size() - offset_bytes));
  }
  return value;
}

void ModelFile::set_word(uint64_t offset_bytes, uint64_t value) {
  assert(offset_bytes + 8 <= bytes_.size());
  std::memcpy(&bytes_[offset_bytes], &value, 8);
}

bool ModelFile::has_lost(PageRange pages) const {
  const auto first = lost_.lower_bound(pages.pgoff);
  return first != lost_.end() && *first < pages.end();
}

Model::Model(const std::optional<FileBefore>& before) {
  if (!before) return;
  auto file = std::make_shared<ModelFile>();
  file->write(0, written_bytes(before->value, before->pages * page_bytes));
  for (const uint64_t pgoff : before->lost_pages) file->lose(pgoff);
  named_[before->file] = std::move(file);
}

bool Model::meets_lost_page(const Op& op) const {
  const auto has_lost = [](const ModelFile& file, ByteRange range) {
    return file.has_lost(pages_of(range));
  };
  const ByteRange range{op.offset_bytes, op.length_bytes};
  const ModelView& view = views_[op.view];
  const uint64_t view_bytes = view.range.pgoff * page_bytes;
  switch (op.kind) {
    case OpKind::read:
    case OpKind::write:
    case OpKind::preallocate:
    case OpKind::punch:
    case OpKind::truncate:
      return open_[op.file] != nullptr &&
             (has_lost(*open_[op.file], range) || needs_lost_page(*open_[op.file], op));
    case OpKind::read_into_view:
    case OpKind::write_from_view:
      return (open_[op.file] != nullptr && has_lost(*open_[op.file], range)) ||
             (view.file != nullptr &&
              has_lost(*view.file, {view_bytes + op.value, op.length_bytes}));
    case OpKind::load:
    case OpKind::store:
      return view.file != nullptr && has_lost(*view.file, {view_bytes + op.offset_bytes, 8});
    case OpKind::prefault:
      return view.file != nullptr &&
             has_lost(*view.file, {view_bytes + op.offset_bytes, op.length_bytes});
    default:
      return false;
  }
}

Outcome Model::apply(const Op& op) {
  assert(is_defined(op));
  switch (op.kind) {
    case OpKind::create:
    case OpKind::open:
    case OpKind::unlink:
      return apply_to_names(op);
    case OpKind::read:
    case OpKind::write:
    case OpKind::truncate:
    case OpKind::punch:
    case OpKind::preallocate:
    case OpKind::sync:
    case OpKind::map:
      return open_[op.file] != nullptr ? apply_to_file(op) : Outcome{};
    case OpKind::read_into_view:
    case OpKind::write_from_view:
      return open_[op.file] != nullptr && views_[op.view].file != nullptr ? apply_by_view(op)
                                                                          : Outcome{};
    case OpKind::unmap:
    case OpKind::load:
    case OpKind::store:
    case OpKind::prefault:
    case OpKind::view_sync:
      return views_[op.view].file != nullptr ? apply_to_view(op) : Outcome{};
  }
  return {};
}

bool Model::is_defined(const Op& op) const {
  if (op.kind == OpKind::read_into_view || op.kind == OpKind::write_from_view) {
    return is_defined_by_view(op);
  }
  if (!is_on_view(op.kind) || op.kind == OpKind::unmap) return true;
  const ModelView& view = views_[op.view];
  if (view.file == nullptr) return true;
  const uint64_t length_bytes = view.range.pages * page_bytes;
  if (op.kind == OpKind::prefault || op.kind == OpKind::view_sync) {
    return op.offset_bytes + op.length_bytes <= length_bytes;
  }
  if (op.offset_bytes >= length_bytes) return false;
  const uint64_t in_file_bytes = view.range.pgoff * page_bytes + op.offset_bytes;
  return op.kind == OpKind::load || in_file_bytes + 8 <= view.file->size_bytes() ||
         view.file->is_beyond_end(in_file_bytes / page_bytes);
}

bool Model::is_defined_by_view(const Op& op) const {
  const ModelView& view = views_[op.view];
  if (open_[op.file] == nullptr || view.file == nullptr) return true;
  const uint64_t first = view.range.pgoff * page_bytes + op.value;
  const uint64_t end = first + op.length_bytes;
  if (op.value + op.length_bytes > view.range.pages * page_bytes) return false;
  // Whole words: where a view has no memory, a replay stores the last one whole.
  if ((end + 7) / 8 * 8 > view.file->size_bytes()) return false;
  return view.file != open_[op.file] || end <= op.offset_bytes ||
         op.offset_bytes + op.length_bytes <= first;
}

Outcome Model::apply_to_names(const Op& op) {
  Outcome outcome;
  const bool found = has_name(op.file);
  if (op.kind == OpKind::create) {
    if (found) {
      outcome.code = ErrorCode::exists;
    } else {
      open_[op.file] = named_[op.file] = std::make_shared<ModelFile>();
    }
  } else if (!found) {
    outcome.code = ErrorCode::not_found;
  } else if (op.kind == OpKind::open) {
    open_[op.file] = named_[op.file];
  } else {
    named_[op.file] = nullptr;
  }
  if (open_[op.file] != nullptr) outcome.size_bytes = open_[op.file]->size_bytes();
  return outcome;
}

Outcome Model::apply_to_file(const Op& op) {
  Outcome outcome;
  ModelFile& file = *open_[op.file];
  const ByteRange range{op.offset_bytes, op.length_bytes};
  if (needs_lost_page(file, op)) {
    outcome.code = ErrorCode::io_error;
  } else if (op.kind == OpKind::read) {
    outcome.bytes = file.read(op.offset_bytes, op.length_bytes);
    outcome.count_bytes = outcome.bytes.size();
  } else if (op.kind == OpKind::write) {
    file.write(op.offset_bytes, written_bytes(op.value, op.length_bytes));
    outcome.count_bytes = op.length_bytes;
  } else if (op.kind == OpKind::truncate) {
    file.truncate(op.offset_bytes);
  } else if (op.kind == OpKind::punch) {
    file.punch(range);
  } else if (op.kind == OpKind::preallocate) {
    file.preallocate(range);
  } else if (op.kind == OpKind::map) {
    views_[op.view] = {open_[op.file],
                       {op.offset_bytes / page_bytes, op.length_bytes / page_bytes}};
  }
  outcome.size_bytes = file.size_bytes();
  return outcome;
}

Outcome Model::apply_by_view(const Op& op) {
  Outcome outcome;
  ModelFile& file = *open_[op.file];
  const ModelView& view = views_[op.view];
  const uint64_t in_view_file = view.range.pgoff * page_bytes + op.value;
  std::vector<std::byte> bytes;
  if (op.kind == OpKind::read_into_view) {
    bytes = file.read(op.offset_bytes, op.length_bytes);
    view.file->write(in_view_file, bytes);
  } else {
    bytes = view.file->read(in_view_file, op.length_bytes);
    file.write(op.offset_bytes, bytes);
  }
  outcome.count_bytes = bytes.size();
  outcome.size_bytes = file.size_bytes();
  return outcome;
}

Outcome Model::apply_to_view(const Op& op) {
  Outcome outcome;
  ModelView& view = views_[op.view];
  const uint64_t first_bytes = view.range.pgoff * page_bytes + op.offset_bytes;
  const uint64_t last_bytes = first_bytes + std::max<uint64_t>(op.length_bytes, 1) - 1;
  const bool error = op.kind != OpKind::unmap && op.kind != OpKind::view_sync &&
                     view.file->is_beyond_end(last_bytes / page_bytes);
  if (error) {
    outcome.code = ErrorCode::beyond_end;
  } else if (meets_lost_page(op)) {
    outcome.code = ErrorCode::io_error;
  } else if (op.kind == OpKind::unmap) {
    view = {};
  } else if (op.kind == OpKind::load) {
    outcome.word = view.file->word(first_bytes);
  } else if (op.kind == OpKind::store) {
    view.file->set_word(first_bytes, op.value);
  }
  return outcome;
}

}  // namespace daxlab
