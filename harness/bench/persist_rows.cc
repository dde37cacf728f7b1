#include <array>
#include <memory>

#include "core/base/clock.h"
#include "harness/bench/bare_persist.h"
#include "harness/bench/rows.h"
#include "harness/crash/persist_trace.h"

namespace daxlab {
namespace {

constexpr uint64_t copied_bytes = 4096;

// Memory that stands for a region, and everything that stores to it.
struct Stores {
  struct alignas(copied_bytes) Page {
    std::array<std::byte, copied_bytes> bytes{};
  };
  explicit Stores(uint64_t words) : pages(words * cache_line_bytes / copied_bytes) {}

  uint64_t* words() { return reinterpret_cast<uint64_t*>(pages.data()); }
  uint64_t word_count() const { return pages.size() * copied_bytes / cache_line_bytes; }

  std::vector<Page> pages;
  Page source;
  Counters counters;
  Persist persist{counters};
  UnobservedPersist unobserved{counters};
  BarePersist bare;
  PersistRecorder recorder;
  uint64_t value = 0;
};

// `by`: Persist or UnobservedPersist. A word in each line of the memory.
template <class By>
void store_words(Stores& stores, By& by) {
  const uint64_t value = ++stores.value;
  for (uint64_t i = 0; i < stores.word_count(); ++i) {
    uint64_t* word = stores.words() + i * (cache_line_bytes / sizeof(uint64_t));
    by.store_word(word, value);
    by.flush(word, sizeof *word);
    by.fence();
  }
}

enum class Way { off, recording, without_observer, bare };

void store_words(Stores& stores, Way way) {
  switch (way) {
    case Way::off:
    case Way::recording:
      return store_words(stores, stores.persist);
    case Way::without_observer:
      return store_words(stores, stores.unobserved);
    case Way::bare:
      return stores.bare.store_words(stores.words(), stores.word_count(), ++stores.value);
  }
}

void copy_pages(Stores& stores, Way way) {
  for (Stores::Page& page : stores.pages) {
    if (way == Way::bare) {
      BarePersist::copy_lines(&page, &stores.source, copied_bytes);
    } else if (way == Way::without_observer) {
      stores.unobserved.copy_lines(&page, &stores.source, copied_bytes);
      stores.unobserved.fence();
    } else {
      stores.persist.copy(&page, &stores.source, copied_bytes);
      stores.persist.fence();
    }
  }
}

ErrorOr<TimedLoop> prepare_persist_loop(uint64_t words, Way way, void (*loop)(Stores&, Way)) {
  return TimedLoop([stores = std::make_shared<Stores>(words), way, loop]() -> ErrorOr<uint64_t> {
    if (way == Way::recording) {
      stores->recorder.start(std::as_bytes(std::span(stores->pages)));
      stores->persist.observe(&stores->recorder);
    }
    const uint64_t start_ns = now_ns();
    loop(*stores, way);
    const uint64_t spent_ns = now_ns() - start_ns;
    if (way == Way::recording) stores->recorder.stop();
    return spent_ns;
  });
}

void add(const std::string& name, uint64_t words, uint64_t items, void (*loop)(Stores&, Way),
         std::vector<Row>& rows) {
  const std::string base = name + "/without_observer";
  const auto row = [&](const std::string& row_name, const std::string& other, Way way) {
    rows.push_back(
        {row_name, other, items, [=] { return prepare_persist_loop(words, way, loop); }});
  };
  row(base, "", Way::without_observer);
  row(name + "/off", base, Way::off);
  row(name + "/recording", base, Way::recording);
  row(name + "/bare", base, Way::bare);
}

}  // namespace

void add_persist_rows(const RowSizes& sizes, std::vector<Row>& rows) {
  const uint64_t words = sizes.persist_words;
  add("persist/word_flush_fence", words, words, store_words, rows);
  add("persist/copy_4KiB_fence", words, words * cache_line_bytes / copied_bytes, copy_pages, rows);
}

}  // namespace daxlab
