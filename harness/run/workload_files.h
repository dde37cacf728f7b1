// The files of one workload on a region that outlives it, apart from whatever else is there.
#pragma once

#include <optional>
#include <string>

#include "core/base/error_or.h"
#include "core/file/file_system.h"
#include "core/lab/lab.h"

namespace daxlab {

// Names begin with this in the region. Such files belong to runs, which remove them: also those
// that an earlier run left when it was killed.
inline constexpr const char* workload_file_prefix = "workload.";

// The lab outlives it.
class WorkloadFiles final : public FileSystem {
 public:
  explicit WorkloadFiles(Lab& lab) : lab_(lab) {}

  // Removes every file of a workload from the region, open or not. The error names one that stays.
  std::optional<Error> remove_all();

  Result<std::unique_ptr<File>> create(std::string_view name) override;
  Result<std::unique_ptr<File>> open(std::string_view name) override;
  Status unlink(std::string_view name) override;
  SpaceUse space_use() override { return lab_.files().space_use(); }

 private:
  Lab& lab_;
};

}  // namespace daxlab
