#include "harness/config/bad_config_test.h"

namespace daxlab {
namespace {

const std::string keys_of_matrix =
    "expected one of engine, medium, fault, write, alloc, include, exclude";

INSTANTIATE_TEST_SUITE_P(
    Matrix, BadConfigTest,
    testing::Values(
        BadConfig{good_config + "matrix: [fault]\n",
                  "t.yaml:2:9: matrix: expected lists such as fault: [page_zero, global_zero], "
                  "found a list"},
        BadConfig{good_config + "matrix: {fualt: [page_zero]}\n",
                  "t.yaml:2:10: unknown key of matrix 'fualt', " + keys_of_matrix +
                      "; did you mean 'fault'?"},
        BadConfig{good_config + "matrix: {fault: page_zero}\n",
                  "t.yaml:2:17: fault of matrix: expected a list, found 'page_zero'"},
        BadConfig{good_config + "matrix: {fault: []}\n",
                  "t.yaml:2:17: fault of matrix: expected a list of values, found an empty list"},
        BadConfig{good_config + "fault: page_zero\nmatrix: {fault: [page_zero]}\n",
                  "t.yaml:3:10: 'fault' is given as a single value and in matrix, first at 2:1; "
                  "keep one of them"},
        BadConfig{good_config + "region: {medium: memfd}\nmatrix: {medium: [memfd]}\n",
                  "t.yaml:3:10: 'medium' is given as a single value and in matrix, first at 2:10; "
                  "keep one of them"},
        BadConfig{good_config +
                      "matrix:\n  fault:\n    - global_zero\n    - {name: global_zero, around: "
                      "1}\n",
                  "t.yaml:5:7: duplicate value global_zero in fault of matrix, first at 4:7; "
                  "change or remove one of them",
                  {},
                  equal_in_other_words},
        BadConfig{good_config + "matrix: {engine: [mmu, baseline, mmu]}\n",
                  "t.yaml:2:34: duplicate value mmu in engine of matrix, first at 2:19; change or "
                  "remove one of them"},
        BadConfig{good_config + "matrix: {include: {engine: baseline}}\n",
                  "t.yaml:2:19: include: expected a list of cells such as [{engine: baseline}], "
                  "found a map"},
        BadConfig{
            good_config + "matrix: {include: [baseline]}\n",
            "t.yaml:2:20: include: expected a cell such as {engine: baseline}, found 'baseline'"},
        BadConfig{good_config + "matrix: {include: [{engine: baseline, fault: page_zero}]}\n",
                  "t.yaml:2:39: unknown key of a baseline cell 'fault', expected one of engine, "
                  "path, io, workload"},
        BadConfig{good_config + "matrix: {include: [{engine: baseline, path: /no/folder}]}\n",
                  "t.yaml:2:45: path: '/no/folder' is no folder; expected one for the files of "
                  "baseline, such as /dev/shm",
                  {},
                  which_folders_are_there},
        BadConfig{good_config + "matrix: {include: [{fault: global_zero}]}\n",
                  "t.yaml:2:20: duplicate cell mmu/memfd/global_zero/partial/first_fit, there "
                  "already by the lists of matrix; remove one of them",
                  {},
                  several_keys},
        BadConfig{
            good_config +
                "matrix:\n  include:\n    - {engine: baseline, path: /tmp}\n    - {path: /tmp, "
                "engine: baseline}\n",
            "t.yaml:5:7: duplicate cell baseline/-/-/-/-, there already by the include at "
            "4:7; remove one of them",
            {},
            several_keys},
        BadConfig{good_config + "matrix: {include: [{fault: page_zer}]}\n",
                  "t.yaml:2:28: no fault plugin 'page_zer', expected one of page_zero, "
                  "global_zero, native_zero; did you mean 'page_zero'?",
                  {},
                  which_plugins_are_there},
        BadConfig{"engine: simulator\nworkloads:\n  - hole_read\n  - {name: enospc, threads: 2}\n",
                  "t.yaml:4:5: enospc with threads: 2: the simulator runs one thread; expected "
                  "threads: 1 or another engine",
                  {},
                  several_keys},
        BadConfig{"matrix: {include: [{engine: simulator}]}\nworkloads: [{name: write, threads: "
                  "3}]\n",
                  "t.yaml:2:13: write with threads: 3: the simulator runs one thread; expected "
                  "threads: 1 or another engine",
                  {},
                  several_keys}));

const std::string two_lists = "matrix:\n  fault: [page_zero, {name: global_zero, around: 2}]\n";
const std::string keys_of_exclude = "expected one of engine, medium, fault, write, alloc, workload";

INSTANTIATE_TEST_SUITE_P(
    Exclude, BadConfigTest,
    testing::Values(
        BadConfig{good_config + two_lists + "  exclude: {fault: page_zero}\n",
                  "t.yaml:4:12: exclude: expected a list of cells such as [{fault: page_zero, "
                  "alloc: first_fit}], found a map"},
        BadConfig{good_config + two_lists + "  exclude: [page_zero]\n",
                  "t.yaml:4:13: exclude: expected a cell such as {fault: page_zero, alloc: "
                  "first_fit}, found 'page_zero'"},
        BadConfig{good_config + two_lists + "  exclude: [{}]\n",
                  "t.yaml:4:13: exclude: " + keys_of_exclude + ", found an empty map"},
        BadConfig{good_config + two_lists + "  exclude: [{falt: page_zero}]\n",
                  "t.yaml:4:14: unknown key of exclude 'falt', " + keys_of_exclude +
                      "; did you mean 'fault'?"},
        BadConfig{
            good_config + two_lists + "  exclude: [{fault: [page_zero]}]\n",
            "t.yaml:4:21: fault: expected a name or {name: word, option: value}, found a list; "
            "lists of values stand under matrix"},
        BadConfig{
            good_config + two_lists + "  exclude: [{fault: page_zer}]\n",
            "t.yaml:4:21: no fault plugin 'page_zer', expected one of page_zero, global_zero, "
            "native_zero; did you mean 'page_zero'?",
            {},
            which_plugins_are_there},
        BadConfig{
            good_config + two_lists + "  exclude: [{engine: mmv}]\n",
            "t.yaml:4:22: unknown engine 'mmv', expected one of mmu, simulator, baseline; did "
            "you mean 'mmu'?"},
        BadConfig{good_config + two_lists +
                      "  exclude:\n    - {fault: page_zero}\n    - {fault: native_zero}\n",
                  "t.yaml:6:7: exclude: no combination of matrix has fault native_zero; change or "
                  "remove it",
                  {},
                  several_keys},
        BadConfig{good_config + two_lists + "  exclude: [{fault: {name: global_zero}}]\n",
                  "t.yaml:4:13: exclude: no combination of matrix has fault global_zero with all "
                  "options at their defaults; change or remove it",
                  {},
                  several_keys},
        BadConfig{
            good_config + two_lists + "  exclude: [{fault: {name: global_zero, around: 4}}]\n",
            "t.yaml:4:13: exclude: no combination of matrix has fault global_zero:around=4; "
            "change or remove it",
            {},
            several_keys},
        BadConfig{good_config + two_lists + "  exclude: [{engine: simulator, fault: page_zero}]\n",
                  "t.yaml:4:13: exclude: no combination of matrix has engine simulator; change or "
                  "remove it",
                  {},
                  several_keys},
        BadConfig{
            good_config + two_lists +
                "  engine: [mmu, baseline]\n"
                "  exclude: [{engine: baseline, fault: page_zero}]\n",
            "t.yaml:5:13: exclude: no combination of matrix has all of this; change or remove "
            "it",
            {},
            several_keys},
        BadConfig{good_config + two_lists + "  exclude: [{workload: write}]\n",
                  "t.yaml:4:13: exclude: workload write is none of workloads; change or remove it",
                  {},
                  several_keys},
        BadConfig{
            good_config + two_lists + "  exclude: [{workload: {name: hole_read, size: 1MiB}}]\n",
            "t.yaml:4:13: exclude: workload hole_read:size=1MiB is none of workloads; change "
            "or remove it",
            {},
            several_keys},
        BadConfig{good_config + two_lists + "  exclude: [{workload: hole_raed}]\n",
                  "t.yaml:4:24: unknown workload 'hole_raed', expected one of hole_read, write, "
                  "enospc, sparse; did you mean 'hole_read'?"},
        BadConfig{
            good_config + two_lists + "  exclude: [{workload: {name: hole_read, axes: [fault]}}]\n",
            "t.yaml:4:42: unknown key of hole_read 'axes', expected one of name, threads, "
            "size, pattern"},
        BadConfig{
            two_lists + "  exclude: [{workload: write}]\nworkloads: [hole_read, write]\n",
            "t.yaml:4:24: write with threads: 1: exclude leaves no cell of it; remove it from "
            "workloads, or change exclude",
            {},
            several_keys}));

INSTANTIATE_TEST_SUITE_P(
    IncludeWorkload, BadConfigTest,
    testing::Values(
        BadConfig{good_config + "matrix: {include: [{workload: hole_raed}]}\n",
                  "t.yaml:2:31: unknown workload 'hole_raed', expected one of hole_read, write, "
                  "enospc, sparse; did you mean 'hole_read'?"},
        BadConfig{good_config + "matrix: {include: [{engine: baseline, workload: enospc}]}\n",
                  "t.yaml:2:49: baseline cannot run enospc, which needs a region",
                  {},
                  several_keys},
        BadConfig{good_config + "matrix: {include: [{workload: hole_read}]}\n",
                  "t.yaml:2:20: duplicate cell hole_read/mmu/memfd/global_zero/partial/first_fit/"
                  "threads:1, there already by the lists of matrix; remove one of them",
                  {},
                  several_keys},
        BadConfig{
            good_config + "matrix: {include: [{workload: write}, {workload: {name: write}}]}\n",
            "t.yaml:2:39: duplicate cell write/mmu/memfd/global_zero/partial/first_fit/"
            "threads:1, there already by the include at 2:20; remove one of them",
            {},
            several_keys},
        BadConfig{good_config +
                      "matrix: {include: [{engine: simulator, workload: {name: write, threads: "
                      "2}}]}\n",
                  "t.yaml:2:50: write with threads: 2: the simulator runs one thread; expected "
                  "threads: 1 or another engine",
                  {},
                  several_keys}));

}  // namespace
}  // namespace daxlab
