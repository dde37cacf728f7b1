#include "harness/config/bad_config_test.h"

namespace daxlab {
namespace {

const std::string needs_path_text =
    "medium file needs the key 'path' of region, as in {medium: file, path: /var/tmp/lab.pmem, "
    "size: 64MiB}";
const std::string needs_size_text =
    "medium file needs the key 'size' of region, as in size: 64MiB, unless all cells have it and "
    "create is never";

INSTANTIATE_TEST_SUITE_P(
    RegionFiles, BadConfigTest,
    testing::Values(
        BadConfig{good_config + "region: {path: /x}\n",
                  "t.yaml:2:10: path of region is for medium file, fsdax or devdax only, which no "
                  "cell has; remove it, or set medium: file",
                  {},
                  several_keys},
        BadConfig{
            good_config + "region: {medium: memfd, size: 1MiB, create: never}\n",
            "t.yaml:2:37: create of region is for medium file, fsdax or devdax only, which no "
            "cell has; remove it, or set medium: file",
            {},
            several_keys},
        BadConfig{good_config + "region: {medium: file, size: 1MiB}\n",
                  "t.yaml:2:18: " + needs_path_text,
                  {},
                  several_keys},
        BadConfig{good_config + "matrix: {medium: [memfd, file]}\n",
                  "t.yaml:2:26: " + needs_path_text,
                  {},
                  several_keys},
        BadConfig{good_config + "matrix:\n  include: [{medium: file}]\n",
                  "t.yaml:3:13: " + needs_path_text,
                  {},
                  several_keys},
        BadConfig{good_config + "region: {medium: fsdax, size: 1MiB}\n",
                  "t.yaml:2:18: medium fsdax needs the key 'path' of region, as in {medium: fsdax, "
                  "path: /mnt/ext4-dax/region, size: 64MiB}",
                  {},
                  several_keys},
        BadConfig{good_config + "region: {medium: devdax, size: 1MiB}\n",
                  "t.yaml:2:18: medium devdax needs the key 'path' of region, as in {medium: "
                  "devdax, path: /dev/dax0.0, size: 64MiB}",
                  {},
                  several_keys},
        BadConfig{
            good_config + "region: {path: /x, size: 1MiB}\nmatrix: {medium: [fsdax, devdax]}\n",
            "t.yaml:3:26: medium devdax takes a device and medium fsdax a file, and region "
            "has one path; write a config for each",
            {},
            several_keys},
        BadConfig{good_config,
                  "--set region.medium=file: " + needs_path_text,
                  {"region.medium=file"},
                  several_keys},
        BadConfig{good_config + "region: {medium: file, path: /x}\n",
                  "t.yaml:2:18: " + needs_size_text,
                  {},
                  several_keys},
        BadConfig{good_config + "region: {medium: file, path: /x, create: always}\n",
                  "t.yaml:2:18: " + needs_size_text,
                  {},
                  several_keys},
        BadConfig{
            good_config + "region: {path: /x, create: never}\nmatrix: {medium: [memfd, file]}\n",
            "t.yaml:3:26: " + needs_size_text,
            {},
            several_keys},
        BadConfig{good_config + "region: {medium: file, path: [a], size: 1MiB}\n",
                  "t.yaml:2:30: path of region: expected a file such as /var/tmp/lab.pmem, or a "
                  "device, found "
                  "a list"},
        BadConfig{good_config + "region: {medium: file, path: '', size: 1MiB}\n",
                  "t.yaml:2:30: path of region: expected a file such as /var/tmp/lab.pmem, or a "
                  "device, found "
                  "''"},
        BadConfig{good_config + "region: {medium: file, path: /x, size: 1MiB, create: allways}\n",
                  "t.yaml:2:54: unknown value for create of region 'allways', expected one of "
                  "never, if_missing, always; did you mean 'always'?"},
        BadConfig{good_config + "region: {medium: file, path: /x, size: 1MiB, create: {}}\n",
                  "t.yaml:2:54: value for create of region: expected one of never, if_missing, "
                  "always, found a map"},
        BadConfig{good_config + "region: {medium: fiel, path: /x, size: 1MiB}\n",
                  "t.yaml:2:18: unknown medium 'fiel', expected one of memfd, file, fsdax, devdax; "
                  "did you mean "
                  "'file'?"},
        BadConfig{good_config +
                      "region: {medium: file, path: /x, size: 1MiB}\nmatrix: {medium: [file]}\n",
                  "t.yaml:3:10: 'medium' is given as a single value and in matrix, first at 2:10; "
                  "keep one of them"},
        BadConfig{good_config + "region: {medium: file, path: /x, size: 1MiB, force: true}\n",
                  "t.yaml:2:46: unknown key of region 'force', expected one of medium, size, path, "
                  "create"}));

}  // namespace
}  // namespace daxlab
