#include "harness/config/bad_config_test.h"

namespace daxlab {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Keys, BadConfigTest,
    testing::Values(
        BadConfig{"seed: 1\n",
                  "t.yaml:1:1: missing key 'workloads', expected 'all' or a list of workloads such "
                  "as [hole_read]"},
        BadConfig{good_config + "sed: 1\n",
                  "t.yaml:2:1: unknown key 'sed', " + expected_keys + "; did you mean 'seed'?"},
        BadConfig{good_config + "zzzzzz: 1\n",
                  "t.yaml:2:1: unknown key 'zzzzzz', " + expected_keys},
        BadConfig{good_config + "\"a\\nb\": 1\n",
                  "t.yaml:2:1: unknown key 'a\\nb', " + expected_keys},
        BadConfig{good_config + "seed: 1\nseed: 2\n",
                  "t.yaml:3:1: duplicate key 'seed', first at 2:1; keep one of them",
                  {},
                  two_equal_keys},
        BadConfig{good_config + "seed: [1]\n",
                  "t.yaml:2:7: seed: expected a whole number, found a list"},
        BadConfig{good_config + "seed:\n",
                  "t.yaml:2:1: seed: expected a whole number, found nothing"},
        BadConfig{good_config + "seed: -1\n",
                  "t.yaml:2:7: seed: expected a whole number, found '-1' (must not be negative)"},
        BadConfig{good_config + "seed: 18446744073709551616\n",
                  "t.yaml:2:7: seed: expected a whole number, found '18446744073709551616' (more "
                  "than 18446744073709551615)"},
        BadConfig{
            good_config + "seed: 1.5\n",
            "t.yaml:2:7: seed: expected a whole number, found '1.5' (no fractions or exponents)"},
        BadConfig{good_config + "seed: 4KiB\n",
                  "t.yaml:2:7: seed: expected a whole number, found '4KiB' (it has no unit)"},
        BadConfig{good_config + "repetitions: 0\n",
                  "t.yaml:2:14: repetitions: 0 is out of range, expected 1 to 10000"},
        BadConfig{good_config + "time_limit: 20\n",
                  "t.yaml:2:13: time_limit: 20ns is out of range, expected 1ms to 24h"},
        BadConfig{good_config + "time_limit: 20sec\n",
                  "t.yaml:2:13: time_limit: expected a time such as 20s, found '20sec' (units are "
                  "ns, us, ms, s, min, h)"},
        BadConfig{good_config + "time_limit: 25h\n",
                  "t.yaml:2:13: time_limit: 25h is out of range, expected 1ms to 24h"},
        BadConfig{good_config + "region: 64MiB\n",
                  "t.yaml:2:9: region: expected {medium: memfd, size: 64MiB}, found '64MiB'"},
        BadConfig{good_config + "region: {pat: /x}\n",
                  "t.yaml:2:10: unknown key of region 'pat', expected one of medium, size, path, "
                  "create; did you mean 'path'?"},
        BadConfig{good_config + "region: {size: 64MB}\n",
                  "t.yaml:2:16: size: expected a size such as 64MiB, found '64MB' (units are B, "
                  "KiB, MiB, GiB, TiB)"},
        BadConfig{good_config + "region: {size: 70001}\n",
                  "t.yaml:2:16: size: 70001B is not a multiple of 4KiB"},
        BadConfig{good_config + "region: {size: 60KiB}\n",
                  "t.yaml:2:16: size: 60KiB is out of range, expected 64KiB to 1TiB"},
        BadConfig{good_config + "region: {size: 2TiB}\n",
                  "t.yaml:2:16: size: 2TiB is out of range, expected 64KiB to 1TiB"},
        BadConfig{good_config + "region: {size: 99999999TiB}\n",
                  "t.yaml:2:16: size: expected a size such as 64MiB, found '99999999TiB' (more "
                  "than 18446744073709551615)"},
        BadConfig{good_config + "region: {size: 1MiB, size: 2MiB}\n",
                  "t.yaml:2:22: duplicate key of region 'size', first at 2:10; keep one of them",
                  {},
                  two_equal_keys},
        BadConfig{good_config + "region: {medium: pmem}\n",
                  "t.yaml:2:18: unknown medium 'pmem', expected one of memfd, file, fsdax, devdax"},
        BadConfig{good_config + "engine: mmmu\n",
                  "t.yaml:2:9: unknown engine 'mmmu', expected one of mmu, simulator, baseline; "
                  "did you mean 'mmu'?"},
        BadConfig{good_config + "engine: [mmu]\n",
                  "t.yaml:2:9: engine: expected one of mmu, simulator, baseline, found a list"},
        BadConfig{good_config + "engine: baseline\npath: /no/such/folder\n",
                  "t.yaml:3:7: path: '/no/such/folder' is no folder; expected one for the files of "
                  "baseline, such as /dev/shm",
                  {},
                  which_folders_are_there},
        BadConfig{good_config + "io: fast\n",
                  "t.yaml:2:5: unknown io 'fast', expected one of buffered, direct"},
        BadConfig{good_config + "io: []\n",
                  "t.yaml:2:5: io: expected a list of words, found an empty list"},
        BadConfig{good_config + "io: [direct, buffered, direct]\n",
                  "t.yaml:2:24: duplicate value 'direct' in io; remove one of them"},
        BadConfig{good_config + "path: {a: b}\n",
                  "t.yaml:2:7: path: expected a folder such as /dev/shm, found a map"},
        BadConfig{good_config + "path: [[a]]\n",
                  "t.yaml:2:8: path: expected a folder such as /dev/shm, found a list"},
        BadConfig{good_config + "path: []\n",
                  "t.yaml:2:7: path: expected a list of folders, found an empty list"},
        BadConfig{good_config + "engine: baseline\npath: [/tmp, /no/such/folder]\n",
                  "t.yaml:3:14: path: '/no/such/folder' is no folder; expected one for the files "
                  "of baseline, such as /dev/shm",
                  {},
                  which_folders_are_there},
        BadConfig{
            good_config + "path: [/tmp, /tmp/]\n",
            "t.yaml:2:14: duplicate value '/tmp/' in path, first at 2:8; change or remove one "
            "of them (in names of cells '/tmp' is tmp, too)",
            {},
            equal_in_other_words}));

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

// Numbers and truth values as other readers of YAML have them.
INSTANTIATE_TEST_SUITE_P(
    Notations, BadConfigTest,
    testing::Values(
        BadConfig{good_config + "seed: +5\n",
                  "t.yaml:2:7: seed: expected a whole number, found '+5'",
                  {},
                  limits_of_readers},
        BadConfig{good_config + "seed: 0x10\n",
                  "t.yaml:2:7: seed: expected a whole number, found '0x10' (it has no unit)",
                  {},
                  limits_of_readers},
        BadConfig{good_config + "seed: '0x10'\n",
                  "t.yaml:2:7: seed: expected a whole number, found '0x10' (it has no unit)"},
        BadConfig{good_config + "seed: 1e3\n",
                  "t.yaml:2:7: seed: expected a whole number, found '1e3' (no fractions or "
                  "exponents)"},
        BadConfig{good_config + "fault: {name: global_zero, keep_own: True}\n",
                  "t.yaml:2:38: unknown value for keep_own of global_zero 'True', expected one of "
                  "false, true; did you mean 'true'?",
                  {},
                  limits_of_readers},
        BadConfig{good_config + "fault: {name: global_zero, keep_own: 1}\n",
                  "t.yaml:2:38: unknown value for keep_own of global_zero '1', expected one of "
                  "false, true"},
        BadConfig{good_config + "fault: 7\n",
                  "t.yaml:2:8: no fault plugin '7', expected one of page_zero, global_zero, "
                  "native_zero"},
        BadConfig{
            good_config + "fault: ~\n",
            "t.yaml:2:1: fault: expected a name or {name: word, option: value}, found nothing"},
        BadConfig{good_config + "engine: null\n",
                  "t.yaml:2:1: engine: expected one of mmu, simulator, baseline, found nothing"},
        BadConfig{good_config + "region: {size: 70001B}\n",
                  "t.yaml:2:16: size: 70001B is not a multiple of 4KiB",
                  {},
                  multiples}));

INSTANTIATE_TEST_SUITE_P(
    Userfaultfd, BadConfigTest,
    testing::Values(
        BadConfig{good_config + "userfaultfd: forbiden\n",
                  "t.yaml:2:14: unknown userfaultfd 'forbiden', expected one of allowed, "
                  "forbidden; did you mean 'forbidden'?"},
        BadConfig{good_config + "userfaultfd: false\n",
                  "t.yaml:2:14: unknown userfaultfd 'false', expected one of allowed, forbidden"},
        BadConfig{good_config + "userfaultfd: [allowed, forbidden]\n",
                  "t.yaml:2:14: userfaultfd: expected one of allowed, forbidden, found a list"}));

INSTANTIATE_TEST_SUITE_P(
    OrderAndCpus, BadConfigTest,
    testing::Values(
        BadConfig{
            good_config + "order: radnom\n",
            "t.yaml:2:8: unknown order 'radnom', expected one of random, listed; did you mean "
            "'random'?"},
        BadConfig{good_config + "order: [random]\n",
                  "t.yaml:2:8: order: expected one of random, listed, found a list"},
        BadConfig{good_config + "cpus: 1\n",
                  "t.yaml:2:7: cpus: expected a list of CPU numbers such as [0, 1], found '1'"},
        BadConfig{good_config + "cpus: []\n",
                  "t.yaml:2:7: cpus: expected a list of CPU numbers such as [0, 1], found an empty "
                  "list"},
        BadConfig{good_config + "cpus: [0, 1024]\n",
                  "t.yaml:2:11: cpus: 1024 is out of range, expected 0 to 1023"},
        BadConfig{good_config + "cpus: [0-3]\n",
                  "t.yaml:2:8: cpus: expected a whole number, found '0-3' (it has no unit)"},
        BadConfig{good_config + "cpus: [1, 0, 1]\n",
                  "t.yaml:2:14: duplicate CPU 1 in cpus, first at 2:8; keep one of them"},
        BadConfig{
            good_config +
                "cpus: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, "
                "19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, "
                "37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, "
                "55, 56, 57, 58, 59, 60, 61, 62, 63, 64]\n",
            "t.yaml:2:7: cpus: expected a list of CPU numbers such as [0, 1], found more than "
            "64"}));

}  // namespace
}  // namespace daxlab
