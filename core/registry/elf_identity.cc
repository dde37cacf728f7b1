#include "core/registry/elf_identity.h"

#include <elf.h>
#include <fmt/format.h>

#include <cassert>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace daxlab {
namespace {

#if defined(__x86_64__)
constexpr uint16_t host_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr uint16_t host_machine = EM_AARCH64;
#else
#error "name this processor's e_machine here"
#endif

using Bytes = std::span<const std::byte>;
using Refusal = std::optional<std::string>;

std::string machine_name(uint16_t machine) {
  switch (machine) {
    case EM_386:
      return "i386";
    case EM_X86_64:
      return "x86-64";
    case EM_ARM:
      return "ARM";
    case EM_AARCH64:
      return "AArch64";
    case EM_RISCV:
      return "RISC-V";
    case EM_PPC64:
      return "PowerPC64";
    case EM_S390:
      return "s390";
    default:
      return fmt::format("machine {}", machine);
  }
}

bool lies_inside(Bytes bytes, uint64_t offset, uint64_t length) {
  return offset <= bytes.size() && length <= bytes.size() - offset;
}

// Copied out: nothing in a file is aligned for certain.
template <class T>
T at(Bytes bytes, uint64_t offset) {
  static_assert(std::is_trivially_copyable_v<T>);
  assert(lies_inside(bytes, offset, sizeof(T)));
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

std::string truncated(const char* what, uint64_t offset, uint64_t length, Bytes bytes) {
  return fmt::format(
      "is truncated: its {} of {} bytes at offset {} goes beyond its end at {}; "
      "copy or build it again",
      what, length, offset, bytes.size());
}

std::string damaged(const char* what) {
  return fmt::format("is damaged: {}; build it again", what);
}

Refusal ident_refusal(Bytes bytes) {
  if (bytes.size() < SELFMAG || std::memcmp(bytes.data(), ELFMAG, SELFMAG) != 0) {
    return "is not an ELF file; a plugin is a shared object, as the compiler makes with -shared";
  }
  if (bytes.size() < EI_NIDENT) return truncated("ELF header", 0, sizeof(Elf64_Ehdr), bytes);
  const auto byte = [&](int index) {
    return static_cast<unsigned>(bytes[static_cast<size_t>(index)]);
  };
  if (byte(EI_CLASS) == ELFCLASS32)
    return "is a 32-bit object, this program is 64-bit; build it with -m64";
  if (byte(EI_CLASS) != ELFCLASS64) return damaged("its ELF class is neither 32 nor 64 bits");
  if (byte(EI_DATA) != ELFDATA2LSB)
    return "is big-endian, this machine is little-endian; build it here";
  if (bytes.size() < sizeof(Elf64_Ehdr))
    return truncated("ELF header", 0, sizeof(Elf64_Ehdr), bytes);
  return std::nullopt;
}

Refusal type_refusal(const Elf64_Ehdr& header) {
  if (header.e_machine != host_machine) {
    return fmt::format("is for {}, this machine is {}; build it for this one",
                       machine_name(header.e_machine), machine_name(host_machine));
  }
  switch (header.e_type) {
    case ET_DYN:
      return std::nullopt;
    case ET_REL:
      return "is an object file, not a shared object; link it with -shared";
    case ET_EXEC:
      return "is an executable, not a shared object; link it with -shared -fPIC";
    case ET_CORE:
      return "is a core dump, not a shared object";
    default:
      return damaged("its ELF type is unknown");
  }
}

// A position-independent executable has the type of a shared object; only a flag tells.
bool is_pie(Bytes bytes, const Elf64_Phdr& dynamic) {
  for (uint64_t i = 0; i < dynamic.p_filesz / sizeof(Elf64_Dyn); ++i) {
    const auto entry = at<Elf64_Dyn>(bytes, dynamic.p_offset + i * sizeof(Elf64_Dyn));
    if (entry.d_tag == DT_NULL) return false;
    if (entry.d_tag == DT_FLAGS_1) return (entry.d_un.d_val & DF_1_PIE) != 0;
  }
  return false;
}

Refusal segments_refusal(Bytes bytes, const Elf64_Ehdr& header) {
  if (header.e_phnum == 0 || header.e_phentsize != sizeof(Elf64_Phdr)) {
    return damaged("it has no table of segments");
  }
  const uint64_t table_bytes = uint64_t{header.e_phnum} * sizeof(Elf64_Phdr);
  if (!lies_inside(bytes, header.e_phoff, table_bytes)) {
    return truncated("table of segments", header.e_phoff, table_bytes, bytes);
  }
  for (uint64_t i = 0; i < header.e_phnum; ++i) {
    const auto segment = at<Elf64_Phdr>(bytes, header.e_phoff + i * sizeof(Elf64_Phdr));
    if (!lies_inside(bytes, segment.p_offset, segment.p_filesz)) {
      return truncated("segment", segment.p_offset, segment.p_filesz, bytes);
    }
    if (segment.p_type == PT_DYNAMIC && is_pie(bytes, segment)) {
      return "is an executable (PIE), not a shared object; link it with -shared";
    }
  }
  return std::nullopt;
}

Refusal section_refusal(Bytes bytes, const Elf64_Shdr& section) {
  if (section.sh_type == SHT_NULL || section.sh_type == SHT_NOBITS) return std::nullopt;
  if (!lies_inside(bytes, section.sh_offset, section.sh_size)) {
    return truncated("section", section.sh_offset, section.sh_size, bytes);
  }
  const bool symbols = section.sh_type == SHT_SYMTAB || section.sh_type == SHT_DYNSYM;
  if (symbols && section.sh_size % sizeof(Elf64_Sym) != 0) {
    return damaged("a table of symbols ends inside a symbol");
  }
  return std::nullopt;
}

Refusal sections_refusal(Bytes bytes, const Elf64_Ehdr& header) {
  if (header.e_shnum == 0 || header.e_shoff == 0) {
    return "has no table of sections, so its symbols cannot be read; strip it with strip at most";
  }
  if (header.e_shentsize != sizeof(Elf64_Shdr)) return damaged("its sections have an odd size");
  const uint64_t table_bytes = uint64_t{header.e_shnum} * sizeof(Elf64_Shdr);
  if (!lies_inside(bytes, header.e_shoff, table_bytes)) {
    return truncated("table of sections", header.e_shoff, table_bytes, bytes);
  }
  for (uint64_t i = 0; i < header.e_shnum; ++i) {
    const auto section = at<Elf64_Shdr>(bytes, header.e_shoff + i * sizeof(Elf64_Shdr));
    if (Refusal refusal = section_refusal(bytes, section)) return refusal;
    // Readers trust the size of this one whatever its type says.
    if (i == header.e_shstrndx && section.sh_type != SHT_STRTAB) {
      return damaged("its section names are no string table");
    }
  }
  if (header.e_shstrndx >= header.e_shnum) return damaged("its sections have no names");
  return std::nullopt;
}

}  // namespace

std::optional<std::string> elf_refusal(Bytes bytes) {
  if (Refusal refusal = ident_refusal(bytes)) return refusal;
  const auto header = at<Elf64_Ehdr>(bytes, 0);
  if (Refusal refusal = type_refusal(header)) return refusal;
  if (Refusal refusal = segments_refusal(bytes, header)) return refusal;
  return sections_refusal(bytes, header);
}

}  // namespace daxlab
