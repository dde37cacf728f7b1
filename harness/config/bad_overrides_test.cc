#include "harness/config/bad_config_test.h"

namespace daxlab {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Overrides, BadConfigTest,
    testing::Values(
        BadConfig{good_config, "--set seed: expected key=value, as in region.size=1GiB", {"seed"}},
        BadConfig{good_config, "--set =1: empty key; expected a path such as region.size", {"=1"}},
        BadConfig{good_config,
                  "--set region..size=1: empty key; expected a path such as region.size",
                  {"region..size=1"}},
        BadConfig{
            good_config, "--set seed=: seed: expected a whole number, found nothing", {"seed="}},
        BadConfig{good_config,
                  "--set sed=1: unknown key 'sed', " + expected_keys + "; did you mean 'seed'?",
                  {"sed=1"}},
        BadConfig{good_config,
                  "--set region.sise=1MiB: unknown key of region 'sise', expected one of medium, "
                  "size, path, create; did you mean 'size'?",
                  {"region.sise=1MiB"}},
        BadConfig{good_config,
                  "--set seed=[1: expected a word as key, found a list, a map, or a bracket that "
                  "is never closed",
                  {"seed=[1"}},
        BadConfig{good_config,
                  "--set seed.x=1: seed: expected a whole number, found a map",
                  {"seed.x=1"}},
        BadConfig{good_config,
                  "--set workloads.1=hole_read: '1' is no entry of the list; expected a number "
                  "less than 1",
                  {"workloads.1=hole_read"}},
        BadConfig{good_config,
                  "--set workloads.x.size=1MiB: 'x' is no entry of the list; expected a number "
                  "less than 1",
                  {"workloads.x.size=1MiB"}},
        BadConfig{good_config,
                  "--set workloads.0.size=1: size of hole_read: 1B is out of range, expected 4KiB "
                  "to 1GiB",
                  {"workloads.0.size=1"}},
        BadConfig{good_config,
                  "--set fault=globl_zero: no fault plugin 'globl_zero', expected one of "
                  "page_zero, global_zero, native_zero; did you mean 'global_zero'?",
                  {"repetitions=2", "fault=globl_zero"},
                  which_plugins_are_there},
        BadConfig{good_config,
                  "--set fault.around=16: fault: expected the key 'name', as in {name: word, "
                  "option: value}",
                  {"fault.around=16"}},
        BadConfig{good_config + "matrix: {fault: [page_zero]}\n",
                  "--set fault=global_zero: 'fault' is given as a single value and in matrix, "
                  "first at 2:10; keep one of them",
                  {"fault=global_zero"}},
        BadConfig{good_config,
                  "--set a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q=1: nested more than 16 deep",
                  {"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q=1"}},
        BadConfig{good_config,
                  "--set seed=x\\ny: seed: expected a whole number, found 'x y'",
                  {"seed=x\ny"}},
        BadConfig{good_config,
                  "--set region.path=: path of region: expected a file such as "
                  "/var/tmp/lab.pmem, or a device, found ''",
                  {"region.medium=file", "region.size=1MiB", "region.path="}},
        BadConfig{good_config,
                  "--set order='random': unknown order ''random'', expected one of random, listed; "
                  "did you mean 'random'?",
                  {"order='random'"}},
        BadConfig{good_config + "region: {size: 1}\n",
                  "t.yaml:2:16: size: 1B is out of range, expected 64KiB to 1TiB",
                  {"sed=1"}}));

}  // namespace
}  // namespace daxlab
