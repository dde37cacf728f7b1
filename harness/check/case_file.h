// A case as a file, to be read again by anybody: JSON. What is read is untrusted.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/error_or.h"
#include "harness/check/case.h"

namespace daxlab {

std::string case_text(const CheckFinding& finding);
// The error names what is wrong and where ("FILE: threads[1][0].kind: expected ..., seen ...").
ErrorOr<CheckFinding> parse_case(std::string_view text, const std::filesystem::path& path);

}  // namespace daxlab
