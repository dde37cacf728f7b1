# Counts the cases of GoogleTest in what ctest has kept of its tests (Testing/Temporary/LastTest.log): names those that
# failed, with their program, and sums all of them in its last line. A case that has begun and not ended (a crash) has
# failed; so has a program that ran none, or that failed in none of its cases.
function end_program() {
  if (program == "") return
  if (open_case != "") fail(open_case " (did not end)")
  if (begun == 0) fail("ran no case")
  else if (!program_passed && failed_here == 0) fail("failed outside of its cases")
  program = ""
}
function fail(what) {
  print program ": " what
  ++failed
  ++failed_here
}
function name_of(line) {
  sub(/.*\[[^\]]*\] /, "", line)
  sub(/[ ,].*/, "", line)
  return line
}

/^[0-9]+\/[0-9]+ Test: / {
  end_program()
  program = $3
  begun = failed_here = 0
  program_passed = 0
  open_case = ""
}
/\[ RUN      \] / {
  if (open_case != "") fail(open_case " (did not end)")
  open_case = name_of($0)
  ++begun
}
/\[       OK \] .*\([0-9]+ ms\)/ { ++passed; open_case = "" }
/\[  SKIPPED \] .*\([0-9]+ ms\)/ { ++skipped; open_case = "" }
# Its parameter may go over several lines. The list of failures at the end has no case that is open.
/\[  FAILED  \] / && open_case != "" && name_of($0) == open_case { fail(open_case); open_case = "" }
/^Test Passed\.$/ { program_passed = 1 }

END {
  end_program()
  if (passed + failed == 0) { print "no test ran"; failed = 1 }
  printf "%d cases passed, %d failed, %d skipped\n", passed, failed, skipped
  exit failed > 0
}
