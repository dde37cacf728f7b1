#include "harness/report/call_time_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "harness/report/text_table.h"

namespace daxlab {
namespace {

struct CallPart {
  const char* heading;
  const char* counter;
};

constexpr std::array<CallPart, 11> write_parts = {{{"find", "write_look_up_ns"},
                                                   {"stage", "write_reserve_ns"},
                                                   {"alloc", "write_allocator_ns"},
                                                   {"pin", "write_pin_ns"},
                                                   {"copy", "write_copy_ns"},
                                                   {"zero", "write_zero_ns"},
                                                   {"flush", "write_flush_ns"},
                                                   {"fence", "write_fence_ns"},
                                                   {"publish", "write_publish_ns"},
                                                   {"fault", "write_strategy_ns"},
                                                   {"rest", "write_rest_ns"}}};
constexpr std::array<CallPart, 4> read_parts = {{{"find", "read_look_up_ns"},
                                                 {"pin", "read_pin_ns"},
                                                 {"copy", "read_copy_ns"},
                                                 {"rest", "read_rest_ns"}}};

struct Call {
  const char* name;
  const char* calls;
  const char* mean;
  std::span<const CallPart> parts;
};
constexpr std::array<Call, 2> all_calls = {{{"write()", "write_calls", "write_ns", write_parts},
                                            {"read()", "read_calls", "read_ns", read_parts}}};

const ResultRecord* middle_run(const CellSummary& cell, const Call& call) {
  std::vector<const ResultRecord*> runs;
  for (const ResultRecord& run : cell.runs) {
    const auto operations = run.counter("operations");
    if (run.counter(call.mean) && operations && run.counter(call.calls) == operations) {
      runs.push_back(&run);
    }
  }
  if (cell.failure || runs.empty()) return nullptr;
  std::ranges::sort(runs, {},
                    [](const ResultRecord* run) { return *run->time_per_operation_ns(); });
  return runs[(runs.size() - 1) / 2];
}

std::string plain(double value) { return fmt::format("{:.0f}", value); }

// Operations are timed by who calls, all of them: a sample of the calls themselves may have taken
// longer, and then nothing is known of what lies outside.
std::vector<std::string> row(const std::string& label, const ResultRecord& run, const Call& call) {
  const double operation = *run.time_per_operation_ns(), mean = *run.counter(call.mean);
  std::vector<std::string> cells = {label, plain(std::max(operation, mean)),
                                    operation >= mean ? plain(operation - mean) : "unknown"};
  for (const CallPart& part : call.parts) {
    const std::string shown = plain(run.counter(part.counter).value_or(0));
    cells.push_back(shown == "0" ? "-" : shown);
  }
  return cells;
}

std::string table_of(const WorkloadGroup& group, const Call& call) {
  TextTable table;
  table.add_column("strategy", TextTable::Align::left);
  table.add_column("whole", TextTable::Align::right);
  table.add_column("outside", TextTable::Align::right);
  for (const CallPart& part : call.parts) {
    table.add_column(part.heading, TextTable::Align::right, TextTable::When::not_blank);
  }
  const std::vector<std::string> labels = strategy_labels(group);
  bool any = false;
  for (size_t i = 0; i < group.cells.size(); ++i) {
    const ResultRecord* run = middle_run(group.cells[i], call);
    if (run == nullptr) continue;
    any = true;
    table.add_row(row(labels[i], *run, call));
  }
  if (!any) return {};
  return fmt::format(
             "where the time goes, ns for a {} (outside: what is none of it, waits for a CPU)\n",
             call.name) +
         table.text();
}

}  // namespace

std::string call_time_tables(const WorkloadGroup& group) {
  std::string text;
  for (const Call& call : all_calls) text += table_of(group, call);
  return text;
}

}  // namespace daxlab
