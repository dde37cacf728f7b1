#include <fmt/format.h>

#include <array>
#include <utility>

#include "harness/workloads/each_workload.h"
#include "harness/workloads/file_options.h"
#include "harness/workloads/laid_out_files.h"

namespace daxlab {
namespace {

using Body = std::optional<Failure> (*)(WorkloadRun&);

class WorkloadOfBody final : public Workload {
 public:
  WorkloadOfBody(const WorkloadDescription& description, Body body)
      : description_(description), body_(body) {}
  const WorkloadDescription& description() const override { return description_; }
  std::optional<Failure> run(WorkloadRun& run) override {
    if (const auto wrong = find_wrong_option(description_.options, run.options)) {
      return refusal(
          fmt::format("{} of {}: {}", option_label(wrong->name), description_.name, wrong->why));
    }
    const FileLayout layout = FileLayout::of(description_.options, run.options);
    return layout.is_usual() ? body_(run) : run_laid_out(run, layout);
  }

 private:
  std::optional<Failure> run_laid_out(WorkloadRun& run, FileLayout layout) const {
    LaidOutFiles files(run.files, layout);
    const auto usual = std::exchange(run.files, std::ref<FileSystem>(files));
    std::optional<Failure> failure = body_(run);
    run.files = usual;
    if (!failure) failure = files.verify(description_.name);
    files.report(run);
    return failure;
  }

  const WorkloadDescription& description_;
  Body body_;
};

// In the order that a newcomer should meet them. The two arrays go together.
constexpr std::array descriptions{&hole_read_description,
                                  &mapped_read_description,
                                  &second_touch_description,
                                  &many_mappings_description,
                                  &mkwrite_description,
                                  &mapped_write_description,
                                  &read_description,
                                  &write_description,
                                  &write_after_hole_read_description,
                                  &mixed_description,
                                  &truncate_regrow_description,
                                  &punch_storm_description,
                                  &open_map_read_unmap_description,
                                  &enospc_description,
                                  &mapped_enospc_description,
                                  &alloc_aging_description};
constexpr std::array<Body, descriptions.size()> bodies{run_hole_read,
                                                       run_mapped_read,
                                                       run_second_touch,
                                                       run_many_mappings,
                                                       run_mkwrite,
                                                       run_mapped_write,
                                                       run_read,
                                                       run_write,
                                                       run_write_after_hole_read,
                                                       run_mixed,
                                                       run_truncate_regrow,
                                                       run_punch_storm,
                                                       run_open_map_read_unmap,
                                                       run_enospc,
                                                       run_mapped_enospc,
                                                       run_alloc_aging};

}  // namespace

std::span<const WorkloadDescription* const> all_workloads() { return descriptions; }

std::unique_ptr<Workload> make_workload(std::string_view name) {
  for (size_t i = 0; i < descriptions.size(); ++i) {
    if (descriptions[i]->name == name)
      return std::make_unique<WorkloadOfBody>(*descriptions[i], bodies[i]);
  }
  return nullptr;
}

}  // namespace daxlab
