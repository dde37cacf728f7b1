#include "harness/crash/image_choices.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/crash/line_fates.h"
#include "harness/histories/random.h"

namespace daxlab {
namespace {

constexpr size_t most_lines_told = 12;

uint64_t line_of(const OpenStore& store) { return store.offset_bytes / cache_line_bytes; }

uint64_t product(uint64_t one, uint64_t other) {
  uint64_t result = 0;
  return __builtin_mul_overflow(one, other, &result) ? UINT64_MAX : result;
}

}  // namespace

void ImageChoices::find(const CrashImages& images) {
  in_order_ = images.domain() == PersistenceDomain::eadr;
  picks_.clear();
  dimensions_.clear();
  data_.clear();
  images.collect_open(open_);
  uses_.find(images, open_);
  in_order_ ? add_buffered() : add_words();
  find_layers();
  std::vector<uint64_t> lines;
  for (size_t pick : picks_) lines.push_back(line_of(open_[pick]));
  std::ranges::sort(lines);
  open_lines_ = static_cast<uint64_t>(std::unique(lines.begin(), lines.end()) - lines.begin());
}

void ImageChoices::add_dimension(Kind kind, size_t first) {
  const size_t stores = picks_.size() - first;
  if (stores == 0) return;
  dimensions_.push_back(
      {kind, first, stores, kind == Kind::one_of ? line_of(open_[picks_[first]]) : no_line});
}

void ImageChoices::add_words() {
  for (size_t i = 0; i < open_.size();) {
    const uint64_t word = open_[i].offset_bytes;
    const WordUse use = prunes_ ? uses_.use_of(word) : WordUse::metadata;
    const size_t first = picks_.size();
    for (; i < open_.size() && open_[i].offset_bytes == word; ++i) {
      if (use == WordUse::metadata) picks_.push_back(i);
      if (use == WordUse::data) data_.push_back(i);
    }
    add_dimension(Kind::one_of, first);
  }
}

// Each thread's stores through the cache, in their order; each word past the cache by itself.
void ImageChoices::add_buffered() {
  std::vector<uint32_t> threads;
  for (const OpenStore& store : open_) {
    if (std::ranges::find(threads, store.thread) == threads.end()) threads.push_back(store.thread);
  }
  auto use_of = [&](const OpenStore& store) {
    return prunes_ ? uses_.use_of(store.offset_bytes) : WordUse::metadata;
  };
  for (uint32_t thread : threads) {
    const size_t first = picks_.size();
    for (size_t i = 0; i < open_.size(); ++i) {
      const OpenStore& store = open_[i];
      if (store.thread != thread || store.past_cache) continue;
      if (use_of(store) != WordUse::unread) picks_.push_back(i);
    }
    add_dimension(Kind::first_so_many, first);
  }
  for (size_t i = 0; i < open_.size(); ++i) {
    if (!open_[i].past_cache) continue;
    const WordUse use = use_of(open_[i]);
    if (use == WordUse::data) data_.push_back(i);
    if (use != WordUse::metadata) continue;
    picks_.push_back(i);
    add_dimension(Kind::one_of, picks_.size() - 1);
  }
  std::ranges::stable_sort(data_, {}, [&](size_t i) { return open_[i].offset_bytes; });
}

void ImageChoices::find_layers() {
  data_words_ = layers_ = 0;
  uint64_t values = 0;
  for (size_t i = 0; i < data_.size(); ++i) {
    const bool same_word =
        i > 0 && open_[data_[i]].offset_bytes == open_[data_[i - 1]].offset_bytes;
    values = same_word ? values + 1 : 1;
    data_words_ += same_word ? 0 : 1;
    layers_ = std::max(layers_, values);
  }
}

uint64_t ImageChoices::count(bool mixed) const {
  uint64_t images = data_digits(mixed);
  for (const Dimension& dimension : dimensions_) images = product(images, dimension.stores + 1);
  return images;
}

// Stores of several threads are told apart by thread, for that is how they are combined.
uint64_t ImageChoices::fingerprint(const CrashImages& images) const {
  uint64_t hash = images.certain_fingerprint();
  for (const OpenStore& store : open_) {
    const uint64_t kind = uint64_t{store.thread} << 1 | (store.past_cache ? 1 : 0);
    hash = mix_bits(hash ^ store.offset_bytes);
    hash = mix_bits(hash ^ store.value);
    if (in_order_) hash = mix_bits(hash ^ kind);
  }
  return hash;
}

void ImageChoices::choose(const Dimension& dimension, uint64_t digit) const {
  if (digit == 0) return;
  const size_t* stores = picks_.data() + dimension.first;
  if (dimension.kind == Kind::one_of) {
    chosen_.push_back(stores[digit - 1]);
  } else {
    chosen_.insert(chosen_.end(), stores, stores + digit);
  }
}

// Digit k up to layers_: each word in its k-th value, or in its last if it has less. Above: every
// other word in its last.
void ImageChoices::choose_data(uint64_t digit) const {
  if (digit == 0) return;
  uint64_t rank = 0;
  for (size_t first = 0; first < data_.size(); ++rank) {
    size_t end = first + 1;
    while (end < data_.size() &&
           open_[data_[end]].offset_bytes == open_[data_[first]].offset_bytes) {
      ++end;
    }
    if (digit <= layers_) {
      chosen_.push_back(data_[std::min<size_t>(first + digit, end) - 1]);
    } else if (rank % 2 == 1) {
      chosen_.push_back(data_[end - 1]);
    }
    first = end;
  }
}

void ImageChoices::put_chosen(CrashImages& images) const {
  if (in_order_) std::ranges::sort(chosen_);
  for (size_t i : chosen_) images.put_word(open_[i].offset_bytes, open_[i].value);
}

void ImageChoices::put(uint64_t number, CrashImages& images) const {
  images.drop_open_lines();
  chosen_.clear();
  for (const Dimension& dimension : dimensions_) {
    choose(dimension, number % (dimension.stores + 1));
    number /= dimension.stores + 1;
  }
  choose_data(number);
  put_chosen(images);
}

uint64_t ImageChoices::newest_digit(const Dimension& dimension, const CrashImages& images) const {
  if (dimension.kind == Kind::first_so_many) return dimension.stores;
  for (size_t i = dimension.stores; i > 0; --i) {
    const OpenStore& store = open_[picks_[dimension.first + i - 1]];
    if (store.value == images.newest_word(store.offset_bytes)) return i;
  }
  return 0;
}

void ImageChoices::put_sample(uint64_t seed, CrashImages& images) const {
  images.drop_open_lines();
  chosen_.clear();
  Random random(seed);
  std::vector<size_t> line_starts;
  for (size_t i = 0; i < dimensions_.size(); ++i) {
    const uint64_t line = dimensions_[i].line;
    if (i == 0 || line == no_line || line != dimensions_[i - 1].line) line_starts.push_back(i);
  }
  LineFates fates(random, line_starts.size());
  for (size_t l = 0; l < line_starts.size(); ++l) {
    const LineFate fate = fates.next();
    const size_t end = l + 1 < line_starts.size() ? line_starts[l + 1] : dimensions_.size();
    for (size_t i = line_starts[l]; i < end; ++i) {
      const Dimension& dimension = dimensions_[i];
      if (fate == LineFate::kept) choose(dimension, newest_digit(dimension, images));
      if (fate == LineFate::torn) choose(dimension, random.below(dimension.stores + 1));
    }
  }
  choose_data(random.below(data_digits(true)));
  put_chosen(images);
}

std::vector<std::string> ImageChoices::taken(const CrashImages& images) const {
  struct Line {
    uint64_t words = 0;
    uint64_t old_words = 0;  // of these: as they were certain
    const OpenStore* missing = nullptr;
  };
  std::map<uint64_t, Line> lines;
  std::vector<size_t> all = picks_;
  all.insert(all.end(), data_.begin(), data_.end());
  std::ranges::sort(all);
  for (size_t i : all) {
    const OpenStore& store = open_[i];
    uint64_t seen = 0;
    std::copy_n(images.image().data() + store.offset_bytes, sizeof seen,
                reinterpret_cast<std::byte*>(&seen));
    Line& line = lines[line_of(store)];
    ++line.words;
    if (seen == images.certain_word(store.offset_bytes)) ++line.old_words;
    if (seen != images.newest_word(store.offset_bytes)) line.missing = &store;
  }
  std::vector<std::string> text;
  uint64_t more = 0;
  for (const auto& [number, line] : lines) {
    if (line.missing == nullptr) continue;
    if (text.size() == most_lines_told) {
      ++more;
      continue;
    }
    text.push_back(fmt::format("{}: {}, stored at {} by thread {}",
                               line.old_words == line.words ? "lost" : "torn",
                               uses_.line_text(number * cache_line_bytes),
                               place_of(line.missing->where), line.missing->thread));
  }
  if (more > 0) text.push_back(fmt::format("and {} lines more", more));
  return text;
}

}  // namespace daxlab
