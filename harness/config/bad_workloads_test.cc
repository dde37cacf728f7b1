#include "harness/config/bad_config_test.h"

namespace daxlab {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Workloads, BadConfigTest,
    testing::Values(
        BadConfig{"workloads: hole_read\n",
                  "t.yaml:1:12: workloads: expected 'all' or a list of workloads such as "
                  "[hole_read], found 'hole_read'"},
        BadConfig{"workloads: []\n",
                  "t.yaml:1:12: workloads: expected 'all' or a list of workloads such as "
                  "[hole_read], found an empty list"},
        BadConfig{"workloads:\n",
                  "t.yaml:1:1: workloads: expected 'all' or a list of workloads such as "
                  "[hole_read], found nothing"},
        BadConfig{"workloads: [hole_raed]\n",
                  "t.yaml:1:13: unknown workload 'hole_raed', expected one of hole_read, write, "
                  "enospc, sparse; did you mean 'hole_read'?"},
        BadConfig{
            "workloads: [[hole_read]]\n",
            "t.yaml:1:13: workload: expected a name or {name: word, option: value}, found a list"},
        BadConfig{
            "workloads: [{size: 1MiB}]\n",
            "t.yaml:1:13: workload: expected the key 'name', as in {name: word, option: value}"},
        BadConfig{"workloads:\n  - {name: hole_read, sise: 1MiB}\n",
                  "t.yaml:2:23: unknown key of hole_read 'sise', expected one of name, threads, "
                  "axes, size, pattern; did you mean 'size'?"},
        BadConfig{"workloads: [{name: hole_read, size: 4095}]\n",
                  "t.yaml:1:37: size of hole_read: 4095B is out of range, expected 4KiB to 1GiB"},
        BadConfig{"workloads: [{name: enospc, on_short: try}]\n",
                  "t.yaml:1:38: unknown value for on_short of enospc 'try', expected one of "
                  "accept, retry, fail"},
        BadConfig{"workloads: [{name: enospc, threads: 65}]\n",
                  "t.yaml:1:37: threads of enospc: 65 is out of range, expected 1 to 64"},
        BadConfig{"workloads: [{name: hole_read, threads: 2}]\n",
                  "t.yaml:1:40: threads of hole_read: it runs in one thread, found 2; expected 1 "
                  "or no such key"},
        BadConfig{"workloads:\n  - enospc\n  - {name: enospc, on_short: accept}\n",
                  "t.yaml:3:5: duplicate workload enospc with threads: 1, first at 2:5; change or "
                  "remove one of them",
                  {},
                  equal_in_other_words},
        BadConfig{"engine: baseline\nworkloads: [enospc]\n",
                  "t.yaml:2:13: no cell to run: baseline cannot run workloads that need a region",
                  {},
                  several_keys}));

INSTANTIATE_TEST_SUITE_P(
    AxesOfWorkloads, BadConfigTest,
    testing::Values(
        BadConfig{"workloads: [{name: hole_read, axes: fault}]\n",
                  "t.yaml:1:37: axes of hole_read: expected a list such as [fault, alloc], found "
                  "'fault'"},
        BadConfig{"workloads: [{name: hole_read, axes: [medium]}]\n",
                  "t.yaml:1:38: unknown axis 'medium', expected one of fault, write, alloc"},
        BadConfig{"workloads: [{name: hole_read, axes: [fault, alloc, fault]}]\n",
                  "t.yaml:1:52: duplicate axis fault in axes of hole_read; keep one of them"},
        BadConfig{
            "workloads: [hole_read, {name: hole_read, axes: [alloc]}]\n",
            "t.yaml:1:24: duplicate workload hole_read with threads: 1, first at 1:13; change "
            "or remove one of them",
            {},
            equal_in_other_words}));

INSTANTIATE_TEST_SUITE_P(
    Runtimes, BadConfigTest,
    testing::Values(
        BadConfig{"workloads: [{name: hole_read, runtime: 5s}]\n",
                  "t.yaml:1:31: runtime of hole_read: it does a fixed amount of work; remove the "
                  "key. Workloads with a runtime: write, sparse"},
        BadConfig{"workloads: [{name: enospc, ramp: 5s}]\n",
                  "t.yaml:1:28: ramp of enospc: it does a fixed amount of work; remove the key. "
                  "Workloads with a runtime: write, sparse"},
        BadConfig{"workloads: [{name: write, ramp: 5s}]\n",
                  "t.yaml:1:27: ramp of write needs the key 'runtime', as in runtime: 5s"},
        BadConfig{"workloads: [{name: write, runtime: 5}]\n",
                  "t.yaml:1:36: runtime of write: 5ns is out of range, expected 1ms to 24h"},
        BadConfig{"workloads: [{name: write, runtime: 5sec}]\n",
                  "t.yaml:1:36: runtime of write: expected a time such as 20s, found '5sec' (units "
                  "are ns, us, ms, s, min, h)"},
        BadConfig{"workloads: [{name: write, runtime: 5s, ramp: 25h}]\n",
                  "t.yaml:1:46: ramp of write: 25h is out of range, expected 0 to 24h"},
        BadConfig{"workloads: [{name: write, runtime: 60s}]\n",
                  "t.yaml:1:36: runtime of write: 1min is not below the time_limit of 1min; set a "
                  "longer time_limit",
                  {},
                  several_keys},
        BadConfig{"time_limit: 5s\nworkloads: [{name: write, runtime: 4s, ramp: 1s}]\n",
                  "t.yaml:2:36: runtime of write: 4s and a ramp of 1s is not below the time_limit "
                  "of 5s; set a longer time_limit",
                  {},
                  several_keys},
        BadConfig{
            "workloads: [{name: write, runtime: 1s}, {name: write, runtime: 1000ms}]\n",
            "t.yaml:1:41: duplicate workload write:runtime=1s with threads: 1, first at 1:13; "
            "change or remove one of them",
            {},
            equal_in_other_words}));

}  // namespace
}  // namespace daxlab
