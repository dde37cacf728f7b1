// region_image_corpus FOLDER: writes the fuzzer's first images there, each into a file of its own.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "harness/fuzz/region_image_corpus.h"

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: region_image_corpus FOLDER\n");
    return 2;
  }
  const std::filesystem::path folder = arguments[1];
  for (const daxlab::SeedImage& image : daxlab::region_image_corpus()) {
    std::ofstream file(folder / image.name, std::ios::binary);
    file.write(reinterpret_cast<const char*>(image.input.data()),
               static_cast<std::streamsize>(image.input.size()));
    file.close();
    if (!file) {
      std::perror((folder / image.name).c_str());
      return 1;
    }
  }
  return 0;
}
