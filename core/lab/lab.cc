#include "core/lab/lab.h"

#include <new>
#include <system_error>

#include "core/engine/baseline/baseline_file_system.h"
#include "core/lab/dax_lab.h"

namespace daxlab {
namespace {

class BaselineLab final : public Lab {
 public:
  explicit BaselineLab(std::unique_ptr<BaselineFileSystem> files) : files_(std::move(files)) {
    facts_ = {.medium = files_->type_name(),
              .persistence_domain = "the kernel's",
              .flush_instruction = "the kernel's",
              .fault_delivery = "the kernel's"};
  }

  FileSystem& files() override { return *files_; }
  ErrorOr<std::vector<std::string>> file_names() override {
    std::vector<std::string> names;
    std::error_code error;
    std::filesystem::directory_iterator entry(files_->folder(), error);
    for (; !error && entry != std::filesystem::end(entry); entry.increment(error)) {
      names.push_back(entry->path().filename().string());
    }
    if (error) return Error{files_->folder().string() + ": " + error.message()};
    return names;
  }
  Counters& counters() override { return counters_; }
  const EffectiveFacts& facts() const override { return facts_; }
  std::optional<std::string> failure() const override { return std::nullopt; }
  std::vector<CachedPage> cached_pages() override { return {}; }
  std::span<std::byte> region_bytes() override { return {}; }

 private:
  std::unique_ptr<BaselineFileSystem> files_;
  Counters counters_;
  EffectiveFacts facts_;
};

}  // namespace

ErrorOr<std::unique_ptr<Lab>> Lab::assemble(const LabSpec& spec, CallLog& log) try {
  if (spec.engine != EngineKind::baseline) return assemble_dax_lab(spec, log);
  auto files = BaselineFileSystem::make(spec.directory);
  if (!files.ok()) return files.error();
  return std::unique_ptr<Lab>(new BaselineLab(files.take()));
} catch (const std::bad_alloc&) {
  return Error{"out of memory"};  // short enough to need none
}

}  // namespace daxlab
