# SPDX-License-Identifier: Apache-2.0
# Reads ctest's LastTest.log; prints every skipped test function with its reason, every failed test, and the totals.
# Counts are those of Qt Test ("Totals: ..."); an executable without totals, or one that crashed, counts as one.

function close_test() {
    if (name == "") return
    if (!totals) {
        if (verdict == "passed") passed += 1
        else if (verdict == "skipped") { skipped += 1; note(name ": not run here" (reason == "" ? "" : " (" reason ")")) }
    }
    if (verdict == "failed") {
        if (test_failed == 0) test_failed = 1
        failures = failures "\n  " name
    }
    failed += test_failed
    name = ""
}
function note(text) { skips = skips "\n  " text }

# "3/41 Testing: tst_name"
/^[0-9]+\/[0-9]+ Testing: / {
    close_test()
    name = $3; totals = 0; test_failed = 0; verdict = "failed"; reason = ""
    next
}
/^SKIP +: / { sub(/^SKIP +: /, ""); note(name ": " $0); next }
/^SKIP: / { sub(/^SKIP: /, ""); reason = $0; next }
/^Totals: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped/ {
    totals = 1
    passed += $2; test_failed += $4; skipped += $6
    next
}
/^Test Passed\.$/ { verdict = "passed"; next }
/^Test Skipped\.|^Test not run: skip/ { verdict = "skipped"; next }

END {
    close_test()
    if (skips != "") print "\n==> SKIPPED (these prove nothing on this machine):" skips
    if (failures != "") print "\n==> FAILED:" failures
    printf "\n%d passed, %d failed, %d skipped\n", passed, failed, skipped
    exit failed > 0
}
