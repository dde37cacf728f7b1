// Every mistake gets one line: where, what was found, what was expected.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/config/fixture_test.h"
#include "harness/config/yaml_reader.h"

namespace daxlab {
namespace {

struct BadConfig {
  std::string text;
  std::string message;
  std::vector<std::string> overrides = {};
};

void PrintTo(const BadConfig& bad, std::ostream* stream) { *stream << bad.text; }

class BadConfigTest : public testing::TestWithParam<BadConfig> {};

TEST_P(BadConfigTest, IsRefusedWithItsMessage) {
  const ErrorOr<Config> config = resolve(GetParam().text, GetParam().overrides);
  ASSERT_FALSE(config.ok());
  EXPECT_EQ(config.error().message, GetParam().message);
}

const std::string good = "workloads: [hole_read]\n";
const std::string keys =
    "expected one of seed, region, engine, path, fault, write, alloc, matrix, repetitions, "
    "time_limit, workloads";
const std::string matrix_keys = "expected one of engine, medium, fault, write, alloc, include";

INSTANTIATE_TEST_SUITE_P(
    Yaml, BadConfigTest,
    testing::Values(
        BadConfig{"", "t.yaml:1:1: the file is empty; expected keys such as 'workloads'"},
        BadConfig{"# nothing\n",
                  "t.yaml:1:1: the file is empty; expected keys such as 'workloads'"},
        BadConfig{"hello\n",
                  "t.yaml:1:1: config: expected keys such as 'workloads', found 'hello'"},
        BadConfig{"- a\n- b\n",
                  "t.yaml:1:1: config: expected keys such as 'workloads', found a list"},
        BadConfig{"seed: [1\n", "t.yaml:2:1: YAML syntax: end of sequence flow not found"},
        BadConfig{"seed: 1\n  region: 2\n",
                  "t.yaml:2:9: YAML syntax: illegal map value (': ' does not belong here; check "
                  "the indentation)"},
        BadConfig{
            "seed: 'x\n",
            "t.yaml:2:1: YAML syntax: illegal EOF in scalar (a quote before is never closed)"},
        BadConfig{
            "seed: \"x\nworkloads: [hole_read]\n",
            "t.yaml:3:1: YAML syntax: illegal EOF in scalar (a quote before is never closed)"},
        BadConfig{"seed: }\n",
                  "t.yaml:1:7: YAML syntax: illegal flow end (this bracket was not opened)"},
        BadConfig{"seed: {a: 1\n", "t.yaml:2:1: YAML syntax: end of map flow not found"},
        BadConfig{"{seed: 1",
                  "t.yaml:1:1: expected a word as key, found a list, a map, or a bracket that is "
                  "never closed"},
        BadConfig{"a: @b", "t.yaml:1:4: YAML syntax: unknown token"},
        BadConfig{
            "# c\nworkloads: ['a]\nseed: 1",
            "t.yaml:3:8: YAML syntax: illegal EOF in scalar (a quote before is never closed)"},
        BadConfig{"a: |\n   x", "t.yaml:1:1: unknown key 'a', " + keys},
        BadConfig{"seed: 1\nworkloads: all\n]\n",
                  "t.yaml:3:1: YAML syntax: illegal flow end (this bracket was not opened)"},
        BadConfig{"seed: 1\nworkloads: all\n x\n",
                  "t.yaml:2:12: workloads: expected 'all' or a list of workloads such as "
                  "[hole_read], found 'all x'"},
        BadConfig{"seed: 1\nworkloads: all\n- x\n",
                  "t.yaml:3:1: YAML syntax: end of map not found (expected 'key: value', in the "
                  "column of the keys above)"},
        BadConfig{"seed: 1\nregion: {size: 1MiB,, medium: x}",
                  "t.yaml:2:21: expected a key, found nothing"},
        BadConfig{"a: [1 2}\nb: 1",
                  "t.yaml:1:8: YAML syntax: illegal flow end (this bracket was not opened)"},
        BadConfig{"a: b: c\n",
                  "t.yaml:1:5: YAML syntax: illegal map value (': ' does not belong here; check "
                  "the indentation)"},
        BadConfig{"%YAML 3.0\n---\na: 1", "t.yaml:1:1: YAML syntax: YAML major version too large"},
        BadConfig{"a: 1\nb\n",
                  "t.yaml:2:1: YAML syntax: end of map not found (expected 'key: value', in the "
                  "column of the keys above)"},
        BadConfig{"workloads: [hole_read]\n]",
                  "t.yaml:2:1: YAML syntax: illegal flow end (this bracket was not opened)"},
        BadConfig{"\tseed: 1\n",
                  "t.yaml:1:6: YAML syntax: illegal map value (': ' does not belong here; check "
                  "the indentation)"},
        BadConfig{"seed: 1\n---\nseed: 2\n",
                  "t.yaml:2:1: a second document starts here; expected one document"},
        BadConfig{"seed: &a 1\n",
                  "t.yaml:1:7: anchors (&name) are not supported; write the value out"},
        BadConfig{"seed: *a\n", "t.yaml:1:7: YAML syntax: the referenced anchor is not defined"},
        BadConfig{"region: {<<: {size: 1}}\n",
                  "t.yaml:1:10: merge keys (<<) are not supported; write the keys out"},
        BadConfig{"seed: !!int 1\n",
                  "t.yaml:1:7: tags are not supported, found 'tag:yaml.org,2002:int'"},
        BadConfig{"region: !x {size: 1}\n", "t.yaml:1:9: tags are not supported, found '!x'"},
        BadConfig{"[a, b]: 1\n",
                  "t.yaml:1:1: expected a word as key, found a list, a map, or a bracket that is "
                  "never closed"},
        BadConfig{"? {a: 1}\n: 2\n",
                  "t.yaml:1:3: expected a word as key, found a list, a map, or a bracket that is "
                  "never closed"},
        BadConfig{"~: 1\n", "t.yaml:1:1: expected a key, found nothing"},
        BadConfig{"seed: \x04\n", "t.yaml:1:7: control character 0x04; expected text"},
        BadConfig{std::string("a: \0b", 5), "t.yaml:1:4: control character 0x00; expected text"},
        BadConfig{"# \xC3\n", "t.yaml:1:3: byte 0xc3 is not UTF-8; expected text"},
        BadConfig{"\xFF\xFEs\n", "t.yaml:1:1: byte 0xff is not UTF-8; expected text"},
        BadConfig{"# \xED\xA0\x80", "t.yaml:1:3: byte 0xed is not UTF-8; expected text"},
        BadConfig{"a: " + std::string(20, '[') + std::string(20, ']'),
                  "t.yaml:1:19: nested more than 16 deep"},
        BadConfig{std::string(100'000, '['),
                  "t.yaml:1:1: expected a word as key, found a list, a map, or a bracket that is "
                  "never closed"},
        BadConfig{std::string(max_yaml_bytes + 1, ' '),
                  "t.yaml:1:1: larger than 1048576 bytes, the most a config may have"}));

INSTANTIATE_TEST_SUITE_P(
    Keys, BadConfigTest,
    testing::Values(
        BadConfig{"seed: 1\n",
                  "t.yaml:1:1: missing key 'workloads', expected 'all' or a list of workloads such "
                  "as [hole_read]"},
        BadConfig{good + "sed: 1\n",
                  "t.yaml:2:1: unknown key 'sed', " + keys + "; did you mean 'seed'?"},
        BadConfig{good + "zzzzzz: 1\n", "t.yaml:2:1: unknown key 'zzzzzz', " + keys},
        BadConfig{good + "\"a\\nb\": 1\n", "t.yaml:2:1: unknown key 'a\\nb', " + keys},
        BadConfig{good + "seed: 1\nseed: 2\n",
                  "t.yaml:3:1: duplicate key 'seed', first at 2:1; keep one of them"},
        BadConfig{good + "seed: [1]\n", "t.yaml:2:7: seed: expected a whole number, found a list"},
        BadConfig{good + "seed:\n", "t.yaml:2:1: seed: expected a whole number, found nothing"},
        BadConfig{good + "seed: -1\n",
                  "t.yaml:2:7: seed: expected a whole number, found '-1' (must not be negative)"},
        BadConfig{good + "seed: 18446744073709551616\n",
                  "t.yaml:2:7: seed: expected a whole number, found '18446744073709551616' (more "
                  "than 18446744073709551615)"},
        BadConfig{
            good + "seed: 1.5\n",
            "t.yaml:2:7: seed: expected a whole number, found '1.5' (no fractions or exponents)"},
        BadConfig{good + "seed: 4KiB\n",
                  "t.yaml:2:7: seed: expected a whole number, found '4KiB' (it has no unit)"},
        BadConfig{good + "repetitions: 0\n",
                  "t.yaml:2:14: repetitions: 0 is out of range, expected 1 to 10000"},
        BadConfig{good + "time_limit: 20\n",
                  "t.yaml:2:13: time_limit: 20ns is out of range, expected 1ms to 24h"},
        BadConfig{good + "time_limit: 20sec\n",
                  "t.yaml:2:13: time_limit: expected a time such as 20s, found '20sec' (units are "
                  "ns, us, ms, s, min, h)"},
        BadConfig{good + "time_limit: 25h\n",
                  "t.yaml:2:13: time_limit: 25h is out of range, expected 1ms to 24h"},
        BadConfig{good + "region: 64MiB\n",
                  "t.yaml:2:9: region: expected {medium: memfd, size: 64MiB}, found '64MiB'"},
        BadConfig{good + "region: {pat: /x}\n",
                  "t.yaml:2:10: unknown key of region 'pat', expected one of medium, size, path, "
                  "create; did you mean 'path'?"},
        BadConfig{good + "region: {size: 64MB}\n",
                  "t.yaml:2:16: size: expected a size such as 64MiB, found '64MB' (units are B, "
                  "KiB, MiB, GiB, TiB)"},
        BadConfig{good + "region: {size: 70001}\n",
                  "t.yaml:2:16: size: 70001B is not a multiple of 4KiB"},
        BadConfig{good + "region: {size: 60KiB}\n",
                  "t.yaml:2:16: size: 60KiB is out of range, expected 64KiB to 1TiB"},
        BadConfig{good + "region: {size: 2TiB}\n",
                  "t.yaml:2:16: size: 2TiB is out of range, expected 64KiB to 1TiB"},
        BadConfig{good + "region: {size: 99999999TiB}\n",
                  "t.yaml:2:16: size: expected a size such as 64MiB, found '99999999TiB' (more "
                  "than 18446744073709551615)"},
        BadConfig{good + "region: {size: 1MiB, size: 2MiB}\n",
                  "t.yaml:2:22: duplicate key of region 'size', first at 2:10; keep one of them"},
        BadConfig{good + "region: {medium: fsdax}\n",
                  "t.yaml:2:18: unknown medium 'fsdax', expected one of memfd, file"},
        BadConfig{good + "engine: mmmu\n",
                  "t.yaml:2:9: unknown engine 'mmmu', expected one of mmu, simulator, baseline; "
                  "did you mean 'mmu'?"},
        BadConfig{good + "engine: [mmu]\n",
                  "t.yaml:2:9: engine: expected one of mmu, simulator, baseline, found a list"},
        BadConfig{good + "engine: baseline\npath: /no/such/folder\n",
                  "t.yaml:3:7: path: '/no/such/folder' is no folder; expected one for the files of "
                  "baseline, such as /dev/shm"},
        BadConfig{good + "path: [a]\n",
                  "t.yaml:2:7: path: expected a folder such as /dev/shm, found a list"}));

const std::string needs_path =
    "medium file needs the key 'path' of region, as in {medium: file, path: /var/tmp/lab.pmem, "
    "size: 64MiB}";
const std::string needs_size =
    "medium file needs the key 'size' of region, as in size: 64MiB, unless all cells have it and "
    "create is never";

INSTANTIATE_TEST_SUITE_P(
    RegionFiles, BadConfigTest,
    testing::Values(
        BadConfig{good + "region: {path: /x}\n",
                  "t.yaml:2:10: path of region is for medium file only, which no cell has; remove "
                  "it, or set medium: file"},
        BadConfig{good + "region: {medium: memfd, size: 1MiB, create: never}\n",
                  "t.yaml:2:37: create of region is for medium file only, which no cell has; "
                  "remove it, or set medium: file"},
        BadConfig{good + "region: {medium: file, size: 1MiB}\n", "t.yaml:2:18: " + needs_path},
        BadConfig{good + "matrix: {medium: [memfd, file]}\n", "t.yaml:2:26: " + needs_path},
        BadConfig{good + "matrix:\n  include: [{medium: file}]\n", "t.yaml:3:13: " + needs_path},
        BadConfig{good, "--set region.medium=file: " + needs_path, {"region.medium=file"}},
        BadConfig{good + "region: {medium: file, path: /x}\n", "t.yaml:2:18: " + needs_size},
        BadConfig{good + "region: {medium: file, path: /x, create: always}\n",
                  "t.yaml:2:18: " + needs_size},
        BadConfig{good + "region: {path: /x, create: never}\nmatrix: {medium: [memfd, file]}\n",
                  "t.yaml:3:26: " + needs_size},
        BadConfig{good + "region: {medium: file, path: [a], size: 1MiB}\n",
                  "t.yaml:2:30: path of region: expected a file such as /var/tmp/lab.pmem, found "
                  "a list"},
        BadConfig{good + "region: {medium: file, path: '', size: 1MiB}\n",
                  "t.yaml:2:30: path of region: expected a file such as /var/tmp/lab.pmem, found "
                  "''"},
        BadConfig{good + "region: {medium: file, path: /x, size: 1MiB, create: allways}\n",
                  "t.yaml:2:54: unknown value for create of region 'allways', expected one of "
                  "never, if_missing, always; did you mean 'always'?"},
        BadConfig{good + "region: {medium: file, path: /x, size: 1MiB, create: {}}\n",
                  "t.yaml:2:54: value for create of region: expected one of never, if_missing, "
                  "always, found a map"},
        BadConfig{good + "region: {medium: fiel, path: /x, size: 1MiB}\n",
                  "t.yaml:2:18: unknown medium 'fiel', expected one of memfd, file; did you mean "
                  "'file'?"},
        BadConfig{good + "region: {medium: file, path: /x, size: 1MiB}\nmatrix: {medium: [file]}\n",
                  "t.yaml:3:10: 'medium' is given as a single value and in matrix, first at 2:10; "
                  "keep one of them"},
        BadConfig{good + "region: {medium: file, path: /x, size: 1MiB, force: true}\n",
                  "t.yaml:2:46: unknown key of region 'force', expected one of medium, size, path, "
                  "create"}));

INSTANTIATE_TEST_SUITE_P(
    Plugins, BadConfigTest,
    testing::Values(
        BadConfig{good + "fault: global_zer\n",
                  "t.yaml:2:8: no fault plugin 'global_zer', expected one of page_zero, "
                  "global_zero, native_zero; did you mean 'global_zero'?"},
        BadConfig{good + "fault: ../global_zero\n",
                  "t.yaml:2:8: '../global_zero' is not the name of a fault plugin; expected at "
                  "most 64 of a-z, 0-9 and _"},
        BadConfig{good + "fault: \"\"\n",
                  "t.yaml:2:8: '' is not the name of a fault plugin; expected at most 64 of a-z, "
                  "0-9 and _"},
        BadConfig{good + "fault: [page_zero]\n",
                  "t.yaml:2:8: fault: expected a name or {name: word, option: value}, found a "
                  "list; lists of values stand under matrix"},
        BadConfig{good + "fault: {around: 16}\n",
                  "t.yaml:2:8: fault: expected the key 'name', as in {name: word, option: value}"},
        BadConfig{good + "fault: {name: [x]}\n",
                  "t.yaml:2:15: name of fault: expected a word, found a list"},
        BadConfig{good + "write: {name: partal}\n",
                  "t.yaml:2:15: no write plugin 'partal', expected one of partial, all_or_nothing; "
                  "did you mean 'partial'?"},
        BadConfig{good + "fault: {name: global_zero, arond: 16}\n",
                  "t.yaml:2:28: unknown key of global_zero 'arond', expected one of name, around, "
                  "keep_own, zero_page; did you mean 'around'?"},
        BadConfig{good + "fault: {name: global_zero, around: 0}\n",
                  "t.yaml:2:36: around of global_zero: 0 is out of range, expected 1 to 512"},
        BadConfig{good + "fault: {name: global_zero, around: 16KiB}\n",
                  "t.yaml:2:36: around of global_zero: expected a whole number, found '16KiB' (it "
                  "has no unit)"},
        BadConfig{good + "fault: {name: global_zero, keep_own: yes}\n",
                  "t.yaml:2:38: unknown value for keep_own of global_zero 'yes', expected one of "
                  "false, true"},
        BadConfig{good + "fault: {name: global_zero, keep_own: {}}\n",
                  "t.yaml:2:38: value for keep_own of global_zero: expected one of false, true, "
                  "found a map"},
        BadConfig{good + "fault: {name: global_zero, zero_page: kernal}\n",
                  "t.yaml:2:39: unknown value for zero_page of global_zero 'kernal', expected one "
                  "of own, kernel; did you mean 'kernel'?"},
        BadConfig{
            good + "fault: {name: page_zero, cache_limit: 2GiB}\n",
            "t.yaml:2:39: cache_limit of page_zero: 2GiB is out of range, expected 0 to 1GiB"},
        BadConfig{good + "fault: {name: page_zero, delay: 1min}\n",
                  "t.yaml:2:33: delay of page_zero: 1min is out of range, expected 0 to 1s"},
        BadConfig{good + "fault: {name: native_zero, around: 2}\n",
                  "t.yaml:2:28: unknown key of native_zero 'around', expected only name"},
        BadConfig{good + "fault: {name: global_zero, around: 2, around: 3}\n",
                  "t.yaml:2:39: duplicate key of global_zero 'around', first at 2:28; keep one of "
                  "them"}));

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
                  "enospc; did you mean 'hole_read'?"},
        BadConfig{
            "workloads: [[hole_read]]\n",
            "t.yaml:1:13: workload: expected a name or {name: word, option: value}, found a list"},
        BadConfig{
            "workloads: [{size: 1MiB}]\n",
            "t.yaml:1:13: workload: expected the key 'name', as in {name: word, option: value}"},
        BadConfig{"workloads:\n  - {name: hole_read, sise: 1MiB}\n",
                  "t.yaml:2:23: unknown key of hole_read 'sise', expected one of name, threads, "
                  "size, pattern; did you mean 'size'?"},
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
                  "remove one of them"},
        BadConfig{
            "engine: baseline\nworkloads: [enospc]\n",
            "t.yaml:2:13: no cell to run: baseline cannot run workloads that fill a region"}));

INSTANTIATE_TEST_SUITE_P(
    Matrix, BadConfigTest,
    testing::Values(
        BadConfig{good + "matrix: [fault]\n",
                  "t.yaml:2:9: matrix: expected lists such as fault: [page_zero, global_zero], "
                  "found a list"},
        BadConfig{good + "matrix: {fualt: [page_zero]}\n",
                  "t.yaml:2:10: unknown key of matrix 'fualt', " + matrix_keys +
                      "; did you mean 'fault'?"},
        BadConfig{good + "matrix: {fault: page_zero}\n",
                  "t.yaml:2:17: fault of matrix: expected a list, found 'page_zero'"},
        BadConfig{good + "matrix: {fault: []}\n",
                  "t.yaml:2:17: fault of matrix: expected a list of values, found an empty list"},
        BadConfig{good + "matrix: {exclude: [{fault: page_zero}]}\n",
                  "t.yaml:2:10: 'exclude' in matrix is not supported; expected only lists of "
                  "engine, medium, fault, write, alloc, and include"},
        BadConfig{good + "fault: page_zero\nmatrix: {fault: [page_zero]}\n",
                  "t.yaml:3:10: 'fault' is given as a single value and in matrix, first at 2:1; "
                  "keep one of them"},
        BadConfig{good + "region: {medium: memfd}\nmatrix: {medium: [memfd]}\n",
                  "t.yaml:3:10: 'medium' is given as a single value and in matrix, first at 2:10; "
                  "keep one of them"},
        BadConfig{good + "matrix:\n  fault:\n    - global_zero\n    - {name: global_zero, around: "
                         "1}\n",
                  "t.yaml:5:7: duplicate value global_zero in fault of matrix, first at 4:7; "
                  "change or remove one of them"},
        BadConfig{good + "matrix: {engine: [mmu, baseline, mmu]}\n",
                  "t.yaml:2:34: duplicate value mmu in engine of matrix, first at 2:19; change or "
                  "remove one of them"},
        BadConfig{good + "matrix: {include: {engine: baseline}}\n",
                  "t.yaml:2:19: include: expected a list of cells such as [{engine: baseline}], "
                  "found a map"},
        BadConfig{
            good + "matrix: {include: [baseline]}\n",
            "t.yaml:2:20: include: expected a cell such as {engine: baseline}, found 'baseline'"},
        BadConfig{
            good + "matrix: {include: [{engine: baseline, fault: page_zero}]}\n",
            "t.yaml:2:39: unknown key of a baseline cell 'fault', expected one of engine, path"},
        BadConfig{good + "matrix: {include: [{engine: baseline, path: /no/folder}]}\n",
                  "t.yaml:2:45: path: '/no/folder' is no folder; expected one for the files of "
                  "baseline, such as /dev/shm"},
        BadConfig{good + "matrix: {include: [{fault: global_zero}]}\n",
                  "t.yaml:2:20: duplicate cell mmu/memfd/global_zero/partial/first_fit, there "
                  "already by the lists of matrix; remove one of them"},
        BadConfig{good + "matrix:\n  include:\n    - {engine: baseline}\n    - {engine: baseline, "
                         "path: /tmp}\n",
                  "t.yaml:5:7: duplicate cell baseline/-/-/-/-, there already by the include at "
                  "4:7; remove one of them"},
        BadConfig{good + "matrix: {include: [{fault: page_zer}]}\n",
                  "t.yaml:2:28: no fault plugin 'page_zer', expected one of page_zero, "
                  "global_zero, native_zero; did you mean 'page_zero'?"},
        BadConfig{"engine: simulator\nworkloads:\n  - hole_read\n  - {name: enospc, threads: 2}\n",
                  "t.yaml:4:5: enospc with threads: 2: the simulator runs one thread; expected "
                  "threads: 1 or another engine"},
        BadConfig{"matrix: {include: [{engine: simulator}]}\nworkloads: [{name: write, threads: "
                  "3}]\n",
                  "t.yaml:2:13: write with threads: 3: the simulator runs one thread; expected "
                  "threads: 1 or another engine"}));

INSTANTIATE_TEST_SUITE_P(
    FirstInTheFile, BadConfigTest,
    testing::Values(
        BadConfig{"fault: nonsense\nseed: x\n",
                  "t.yaml:1:8: no fault plugin 'nonsense', expected one of page_zero, global_zero, "
                  "native_zero"},
        BadConfig{"seed: x\nfault: nonsense\n",
                  "t.yaml:1:7: seed: expected a whole number, found 'x'"},
        BadConfig{"matrix: {engine: [none]}\nregion: {size: 1}\nworkloads: [none]\n",
                  "t.yaml:1:19: unknown engine 'none', expected one of mmu, simulator, baseline"}));

INSTANTIATE_TEST_SUITE_P(
    Overrides, BadConfigTest,
    testing::Values(
        BadConfig{good, "--set seed: expected key=value, as in region.size=1GiB", {"seed"}},
        BadConfig{good, "--set =1: empty key; expected a path such as region.size", {"=1"}},
        BadConfig{good,
                  "--set region..size=1: empty key; expected a path such as region.size",
                  {"region..size=1"}},
        BadConfig{good, "--set seed=: seed: expected a whole number, found nothing", {"seed="}},
        BadConfig{
            good, "--set sed=1: unknown key 'sed', " + keys + "; did you mean 'seed'?", {"sed=1"}},
        BadConfig{good,
                  "--set region.sise=1MiB: unknown key of region 'sise', expected one of medium, "
                  "size, path, create; did you mean 'size'?",
                  {"region.sise=1MiB"}},
        BadConfig{good,
                  "--set seed=[1: expected a word as key, found a list, a map, or a bracket that "
                  "is never closed",
                  {"seed=[1"}},
        BadConfig{good, "--set seed.x=1: seed: expected a whole number, found a map", {"seed.x=1"}},
        BadConfig{good,
                  "--set workloads.1=hole_read: '1' is no entry of the list; expected a number "
                  "less than 1",
                  {"workloads.1=hole_read"}},
        BadConfig{good,
                  "--set workloads.x.size=1MiB: 'x' is no entry of the list; expected a number "
                  "less than 1",
                  {"workloads.x.size=1MiB"}},
        BadConfig{good,
                  "--set workloads.0.size=1: size of hole_read: 1B is out of range, expected 4KiB "
                  "to 1GiB",
                  {"workloads.0.size=1"}},
        BadConfig{good,
                  "--set fault=globl_zero: no fault plugin 'globl_zero', expected one of "
                  "page_zero, global_zero, native_zero; did you mean 'global_zero'?",
                  {"repetitions=2", "fault=globl_zero"}},
        BadConfig{good,
                  "--set fault.around=16: fault: expected the key 'name', as in {name: word, "
                  "option: value}",
                  {"fault.around=16"}},
        BadConfig{good + "matrix: {fault: [page_zero]}\n",
                  "--set fault=global_zero: 'fault' is given as a single value and in matrix, "
                  "first at 2:10; keep one of them",
                  {"fault=global_zero"}},
        BadConfig{good,
                  "--set a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q=1: nested more than 16 deep",
                  {"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q=1"}},
        BadConfig{
            good, "--set seed=x\\ny: seed: expected a whole number, found 'x y'", {"seed=x\ny"}},
        BadConfig{good + "region: {size: 1}\n",
                  "t.yaml:2:16: size: 1B is out of range, expected 64KiB to 1TiB",
                  {"sed=1"}}));

}  // namespace
}  // namespace daxlab
