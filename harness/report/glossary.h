// What each figure of a record means: in `daxlab list --counters`, and in configs/README.md.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace daxlab {

struct CounterDescription {
  const char* name;
  const char* unit;                            // "ns", "bytes", "" for numbers
  const char* meaning;                         // one line
  bool is_own = false;                         // of one workload: shown in a table of its own
  const char* cause_of_small_pages = nullptr;  // that it counts, in two or three words
};

// Every counter that a record can have, those of all runs first.
std::span<const CounterDescription> glossary();

// nullptr: no counter is called so.
const CounterDescription* find_counter(std::string_view name);

// Lists of a record in JSON: they are described with the counters, and are none.
bool is_histogram(std::string_view name);

// Rows "| name | unit | meaning |" of a table in Markdown, with its heading.
std::string glossary_as_markdown();
std::string glossary_as_text();

}  // namespace daxlab
