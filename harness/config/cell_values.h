// Values of a cell's keys that are no plugins, wherever they stand: at the top, in the lists of
// matrix, in include and exclude.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "core/lab/lab.h"
#include "harness/config/config.h"
#include "harness/config/first_problem.h"
#include "harness/config/node.h"

namespace daxlab {

// nullopt: reported.
std::optional<EngineKind> read_engine(const Node& node, FirstProblem& problems);
std::optional<MediumKind> read_medium(const Node& node, FirstProblem& problems);

// How baseline reads and writes, one word; buffered after a report.
IoKind read_io(const Node& node, FirstProblem& problems);
// The same where a list may stand; nullptr: the default. Never empty.
std::vector<IoKind> read_ios(const Node* node, FirstProblem& problems);

// The folder for baseline's files; nullptr: the default. `at` is where it is reported when there
// must be one and is none.
std::filesystem::path read_directory(const Node* node, const Location& at, bool must_exist,
                                     FirstProblem& problems);
// The same where a list of them may stand. Never empty.
std::vector<std::filesystem::path> read_directories(const Node* node, const Location& at,
                                                    bool must_exist, FirstProblem& problems);

}  // namespace daxlab
