// On a lab over files of the kernel's: what counts is names.
#include "harness/run/workload_files.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

class WorkloadFilesTest : public testing::Test {
 protected:
  WorkloadFilesTest() : folder_(ScratchFolder::make(testing::TempDir()).take()) {
    LabSpec spec;
    spec.engine = EngineKind::baseline;
    spec.directory = folder_.path();
    lab_ = Lab::assemble(spec, calls_).take();
  }
  std::vector<std::string> names() {
    auto names = lab_->file_names();
    EXPECT_TRUE(names.ok());
    std::sort(names.value().begin(), names.value().end());
    return names.take();
  }

  ScratchFolder folder_;
  CallLog calls_;
  std::unique_ptr<Lab> lab_;
};

TEST_F(WorkloadFilesTest, HaveNamesOfTheirOwn) {
  ASSERT_TRUE(lab_->files().create("data").ok());
  WorkloadFiles files(*lab_);
  EXPECT_EQ(files.open("data").code(), ErrorCode::not_found);
  ASSERT_TRUE(files.create("data").ok());
  EXPECT_EQ(files.create("data").code(), ErrorCode::exists);
  EXPECT_TRUE(files.open("data").ok());
  EXPECT_EQ(names(), (std::vector<std::string>{"data", "workload.data"}));
  EXPECT_TRUE(files.unlink("data").ok());
  EXPECT_EQ(files.unlink("data").code(), ErrorCode::not_found);
  EXPECT_EQ(names(), std::vector<std::string>{"data"});
}

TEST_F(WorkloadFilesTest, GoAndOthersStay) {
  for (const char* name : {"data", "workload", "my workload.data"}) {
    ASSERT_TRUE(lab_->files().create(name).ok());
  }
  ASSERT_TRUE(lab_->files().create("workload.of an earlier run").ok());
  WorkloadFiles files(*lab_);
  ASSERT_TRUE(files.create("a").ok());
  auto open = files.create("b");
  ASSERT_TRUE(open.ok());
  EXPECT_FALSE(files.remove_all().has_value());
  EXPECT_EQ(names(), (std::vector<std::string>{"data", "my workload.data", "workload"}));
  EXPECT_FALSE(files.remove_all().has_value());
}

TEST_F(WorkloadFilesTest, AFileThatStaysIsNamed) {
  // In a folder of the kernel's a folder has a name, too, but is not removed like a file.
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    std::filesystem::create_directory(entry.path() / "workload.folder");
  }
  const auto error = WorkloadFiles(*lab_).remove_all();
  ASSERT_TRUE(error.has_value());
  EXPECT_NE(error->message.find("'workload.folder'"), std::string::npos) << error->message;
}

}  // namespace
}  // namespace daxlab
