#include "harness/failures/limited_child.h"

#include <fmt/format.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>

#include "daxlab/types.h"

namespace daxlab {
namespace {

constexpr uint64_t most_pages = uint64_t{1} << 18;

// The test's own small pieces of memory come from here.
void have_memory_at_hand() {
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_ARENA_MAX, 1);                                 // for threads, too
  void* volatile at_hand = std::malloc(size_t{16} << 20);  // volatile: or it is optimized away
  std::free(at_hand);
}

}  // namespace

std::string in_child(const std::function<std::string()>& body) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    have_memory_at_hand();
    std::string wrong;
    try {
      wrong = body();
    } catch (const std::exception& error) {
      wrong = error.what();
    }
    const ssize_t written = write(ends[1], wrong.data(), wrong.size());
    _exit(written == static_cast<ssize_t>(wrong.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string said(4096, '\0');
  const ssize_t length = read(ends[0], said.data(), said.size());
  close(ends[0]);
  said.resize(length > 0 ? static_cast<size_t>(length) : 0);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return fmt::format("killed by signal {}", WTERMSIG(status));
  if (WEXITSTATUS(status) != 0) return fmt::format("ended with {}", WEXITSTATUS(status));
  return said;
}

void ManyMappings::fill(uint64_t left) {
  start_ = static_cast<std::byte*>(mmap(nullptr, most_pages * page_bytes, PROT_NONE,
                                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  take_rest();
  give_back(left);
}

// Each readable page among the others takes two.
void ManyMappings::take_rest() {
  while (page_ < most_pages && mprotect(start_ + page_ * page_bytes, page_bytes, PROT_READ) == 0) {
    page_ += 2;
  }
  full_ = page_ < most_pages;
}

void ManyMappings::give_back(uint64_t mappings) {
  for (uint64_t given = 0; given < mappings; given += 2) {
    page_ -= 2;
    mprotect(start_ + page_ * page_bytes, page_bytes, PROT_NONE);
  }
}

void ManyMappings::free() { munmap(start_, most_pages * page_bytes); }

}  // namespace daxlab
