#include "harness/bench/benchmark_door.h"

int main(int argument_count, char** arguments) {
  return daxlab::run_rows(argument_count, arguments, daxlab::all_rows(daxlab::full_sizes));
}
