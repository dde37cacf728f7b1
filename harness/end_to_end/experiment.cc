#include "harness/end_to_end/experiment.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <fstream>
#include <iterator>
#include <system_error>

namespace daxlab {

using testing::HasSubstr;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Json json_in(const std::filesystem::path& path) { return json_or_null(text_of(path)); }

Experiment::Experiment() {
  std::string pattern = testing::TempDir() + "daxlab_end_to_end_XXXXXX";
  EXPECT_NE(mkdtemp(pattern.data()), nullptr) << pattern;
  folder_ = pattern;
}

Experiment::~Experiment() {
  std::error_code ignored;  // what stays is in a folder for temporary files
  std::filesystem::remove_all(folder_, ignored);
}

std::filesystem::path Experiment::write(const std::string& name, const std::string& text) const {
  std::ofstream stream(folder_ / name);
  stream << text;
  EXPECT_TRUE(stream.flush().good()) << folder_ / name;
  return folder_ / name;
}

void Experiment::run(const std::string& yaml, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"run",
                                        write("config.yaml", yaml).string(),
                                        "--out",
                                        results_path().string(),
                                        "--plugin-path",
                                        DAXLAB_TEST_PLUGIN_FOLDER,
                                        "--allow-writable-plugins"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  outcome_ = run_daxlab(arguments, environment_);
  EXPECT_EQ(outcome_.signal_number, 0) << outcome_.error;
  results_ = json_in(results_path());
}

void Experiment::run_all_pass(const std::string& yaml) {
  run(yaml);
  EXPECT_EQ(outcome_.exit_status, 0) << outcome_.out << outcome_.error;
  ASSERT_TRUE(results_.is_map()) << outcome_.out << outcome_.error;
  EXPECT_FALSE(results_["benchmarks"].empty());
  for (const Json& record : results_["benchmarks"].items()) {
    EXPECT_FALSE(record.contains("error_occurred")) << record.dump(2);
  }
}

std::vector<Json> Experiment::records(const std::string& name) const {
  std::vector<Json> found;
  if (!results_.is_map()) return found;
  for (const Json& record : results_["benchmarks"].items()) {
    if (record["name"] == name) found.push_back(record);
  }
  return found;
}

Json Experiment::passed(const std::string& name) const {
  const std::vector<Json> found = records(name);
  EXPECT_EQ(found.size(), 1u) << name << "\n" << outcome_.out << outcome_.error;
  if (found.size() != 1) return Json::map();
  EXPECT_FALSE(found[0].contains("error_occurred")) << found[0].dump(2);
  EXPECT_GT(found[0]["real_time"].as_double().value(), 0) << name;
  EXPECT_THAT(outcome_.out, testing::Not(HasSubstr("FAILED " + name))) << name;
  return found[0];
}

std::string Experiment::failure(const std::string& name) const {
  const std::vector<Json> found = records(name);
  EXPECT_EQ(found.size(), 1u) << name << "\n" << outcome_.out << outcome_.error;
  if (found.size() != 1) return "";
  EXPECT_EQ(found[0]["error_occurred"], true) << found[0].dump(2);
  const std::string message = found[0]["error_message"].text();
  const std::string first_line = message.substr(0, message.find('\n'));
  EXPECT_THAT(outcome_.out, HasSubstr("FAILED " + name + "\n    " + first_line + "\n"));
  return message;
}

double Experiment::counter(const std::string& name, const std::string& key) const {
  const std::vector<Json> found = records(name);
  if (found.size() == 1 && found[0][key].is_number()) return *found[0][key].as_double();
  ADD_FAILURE() << "no " << key << " of one record of " << name << "\n" << outcome_.out;
  return -1;
}

}  // namespace daxlab
