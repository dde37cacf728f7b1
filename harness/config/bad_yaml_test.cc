#include "harness/config/bad_config_test.h"
#include "harness/config/yaml_reader.h"

namespace daxlab {
namespace {

// Each line ten times as large as the one before.
std::string alias_bomb() {
  std::string text = "x-0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 10; ++i) {
    text += "x-" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) text += "*a" + std::to_string(i - 1) + " , ";
    text += "]\n";
  }
  return text + good_config;
}

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
        BadConfig{"a: |\n   x", "t.yaml:1:1: unknown key 'a', " + expected_keys},
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
        BadConfig{"seed: *a\n", "t.yaml:1:7: YAML syntax: the referenced anchor is not defined"},
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

// Anchors, aliases and merge keys: what is wrong inside of an anchor is shown where it is written.
INSTANTIATE_TEST_SUITE_P(
    Aliases, BadConfigTest,
    testing::Values(
        BadConfig{"workloads: [&a [*a]]\n",
                  "t.yaml:1:17: this alias stands inside of its own anchor"},
        BadConfig{"workloads: &a\n  <<: *a\n",
                  "t.yaml:2:7: this alias stands inside of its own anchor"},
        BadConfig{good_config + "x-a: &a 1\n*a : 2\n",
                  "t.yaml:3:1: expected a word as key, found an alias"},
        BadConfig{good_config + "x-a: &a 70001\nregion:\n  size: *a\n",
                  "t.yaml:4:9: size: 70001B is not a multiple of 4KiB"},
        BadConfig{
            good_config + "x-a: &a {name: global_zero, around: 600}\nfault: *a\n",
            "t.yaml:2:37: around of global_zero: 600 is out of range, expected 1 to 512 (used "
            "by the alias at 3:8)"},
        BadConfig{
            good_config + "x-a: &a {around: 600}\nfault:\n  <<: *a\n  name: global_zero\n",
            "t.yaml:2:18: around of global_zero: 600 is out of range, expected 1 to 512 (used "
            "by the alias at 4:7)"},
        BadConfig{
            good_config + "x-a: &a {arund: 6}\nx-b: &b {<<: *a, name: global_zero}\nfault: *b\n",
            "t.yaml:2:10: unknown key of global_zero 'arund', expected one of name, around, "
            "keep_own, zero_page; did you mean 'around'? (used by the alias at 4:8)"},
        BadConfig{
            good_config + "x-a: &a page_zer\nmatrix: {fault: [*a]}\n",
            "t.yaml:3:18: no fault plugin 'page_zer', expected one of page_zero, global_zero, "
            "native_zero; did you mean 'page_zero'?",
            {},
            which_plugins_are_there},
        BadConfig{
            good_config + "x-a: &a page_zero\nmatrix: {fault: [*a, *a]}\n",
            "t.yaml:3:22: duplicate value page_zero in fault of matrix, first at 3:18; change "
            "or remove one of them"},
        BadConfig{good_config + "<<: 1\n",
                  "t.yaml:2:5: <<: expected a map or a list of maps, such as *defaults, found '1'"},
        BadConfig{good_config + "region:\n  <<:\n",
                  "t.yaml:3:3: <<: expected a map or a list of maps, such as *defaults, found "
                  "nothing"},
        BadConfig{good_config + "region: {<<: [{size: 1MiB}, [a]]}\n",
                  "t.yaml:2:29: <<: expected a map or a list of maps, such as *defaults, found a "
                  "list"},
        BadConfig{good_config + "region:\n  <<: {size: 1MiB}\n  <<: {medium: memfd}\n",
                  "t.yaml:4:3: a second merge key (<<), first at 3:3; write one with a list of "
                  "maps: <<: [*a, *b]"},
        BadConfig{good_config + "region: {'<<': {size: 1MiB}}\n",
                  "t.yaml:2:10: unknown key of region '<<', expected one of medium, size, path, "
                  "create"},
        BadConfig{good_config + "region: {x-a: 1}\n",
                  "t.yaml:2:10: unknown key of region 'x-a', expected one of medium, size, path, "
                  "create"},
        BadConfig{good_config + "x-a: 1\nx-a: 2\n",
                  "t.yaml:3:1: duplicate key 'x-a', first at 2:1; keep one of them",
                  {},
                  two_equal_keys},
        BadConfig{good_config + "x-a: &a [[[[[[[[1]]]]]]]]\nx-b: [[[[[[[[*a]]]]]]]]\n",
                  "t.yaml:3:14: nested more than 16 deep"},
        BadConfig{alias_bomb(),
                  "t.yaml:5:17: anchors and aliases bring more than 4194304 bytes, "
                  "the most that they may"}));

}  // namespace
}  // namespace daxlab
