#include "harness/config/bad_config_test.h"

namespace daxlab {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Plugins, BadConfigTest,
    testing::Values(
        BadConfig{good_config + "fault: global_zer\n",
                  "t.yaml:2:8: no fault plugin 'global_zer', expected one of page_zero, "
                  "global_zero, native_zero; did you mean 'global_zero'?",
                  {},
                  which_plugins_are_there},
        BadConfig{good_config + "fault: ../global_zero\n",
                  "t.yaml:2:8: '../global_zero' is not the name of a fault plugin; expected at "
                  "most 64 of a-z, 0-9 and _"},
        BadConfig{good_config + "fault: \"\"\n",
                  "t.yaml:2:8: '' is not the name of a fault plugin; expected at most 64 of a-z, "
                  "0-9 and _"},
        BadConfig{good_config + "fault: [page_zero]\n",
                  "t.yaml:2:8: fault: expected a name or {name: word, option: value}, found a "
                  "list; lists of values stand under matrix"},
        BadConfig{good_config + "fault: {around: 16}\n",
                  "t.yaml:2:8: fault: expected the key 'name', as in {name: word, option: value}"},
        BadConfig{good_config + "fault: {name: [x]}\n",
                  "t.yaml:2:15: name of fault: expected a word, found a list"},
        BadConfig{good_config + "write: {name: partal}\n",
                  "t.yaml:2:15: no write plugin 'partal', expected one of partial, all_or_nothing; "
                  "did you mean 'partial'?",
                  {},
                  which_plugins_are_there},
        BadConfig{good_config + "fault: {name: global_zero, arond: 16}\n",
                  "t.yaml:2:28: unknown key of global_zero 'arond', expected one of name, around, "
                  "keep_own, zero_page; did you mean 'around'?"},
        BadConfig{good_config + "fault: {name: global_zero, around: 0}\n",
                  "t.yaml:2:36: around of global_zero: 0 is out of range, expected 1 to 512"},
        BadConfig{good_config + "fault: {name: global_zero, around: 16KiB}\n",
                  "t.yaml:2:36: around of global_zero: expected a whole number, found '16KiB' (it "
                  "has no unit)"},
        BadConfig{good_config + "fault: {name: global_zero, keep_own: yes}\n",
                  "t.yaml:2:38: unknown value for keep_own of global_zero 'yes', expected one of "
                  "false, true"},
        BadConfig{good_config + "fault: {name: global_zero, keep_own: {}}\n",
                  "t.yaml:2:38: value for keep_own of global_zero: expected one of false, true, "
                  "found a map"},
        BadConfig{good_config + "fault: {name: global_zero, zero_page: kernal}\n",
                  "t.yaml:2:39: unknown value for zero_page of global_zero 'kernal', expected one "
                  "of own, kernel; did you mean 'kernel'?"},
        BadConfig{
            good_config + "fault: {name: page_zero, cache_limit: 2GiB}\n",
            "t.yaml:2:39: cache_limit of page_zero: 2GiB is out of range, expected 0 to 1GiB"},
        BadConfig{good_config + "fault: {name: page_zero, delay: 1min}\n",
                  "t.yaml:2:33: delay of page_zero: 1min is out of range, expected 0 to 1s"},
        BadConfig{good_config + "fault: {name: native_zero, around: 2}\n",
                  "t.yaml:2:28: unknown key of native_zero 'around', expected only name"},
        BadConfig{good_config + "fault: {name: global_zero, around: 2, around: 3}\n",
                  "t.yaml:2:39: duplicate key of global_zero 'around', first at 2:28; keep one of "
                  "them",
                  {},
                  two_equal_keys}));

}  // namespace
}  // namespace daxlab
