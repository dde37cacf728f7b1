// case_file_corpus FOLDER: writes the cases that the fuzzer starts from there, each into a file.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "harness/check/case_file.h"
#include "harness/check/case_file_examples.h"

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: case_file_corpus FOLDER\n");
    return 2;
  }
  const std::filesystem::path folder = arguments[1];
  for (const daxlab::NamedFinding& named : daxlab::findings_of_each_kind()) {
    std::ofstream file(folder / (named.name + ".json"), std::ios::binary);
    file << daxlab::case_text(named.finding);
    file.close();
    if (!file) {
      std::perror((folder / named.name).c_str());
      return 1;
    }
  }
  return 0;
}
