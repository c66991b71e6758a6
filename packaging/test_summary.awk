# SPDX-License-Identifier: Apache-2.0
# Reads ctest's JUnit file; prints every skipped test function with its reason, every failed test, and the totals.
# Counts are those of Qt Test ("Totals: ..."); an executable without totals, or one that crashed, counts as one.

function attribute(key,    rest) {
    if (!match($0, " " key "=\"[^\"]*\"")) return ""
    rest = substr($0, RSTART, RLENGTH)
    return plain(substr(rest, length(key) + 4, length(rest) - length(key) - 4))
}
function plain(text) {
    gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text); gsub(/&apos;/, "'", text)
    gsub(/&amp;/, "\\&", text)
    return text
}
function skip(text) { skips = skips "\n  " plain(text) }

/<testcase / {
    name = attribute("name"); status = attribute("status")
    totals = 0; test_failed = 0; reason = ""
}
/<skipped / { reason = attribute("message") }
{ sub(/^[ \t]*<system-out>/, "") }
/^SKIP +: / { sub(/^SKIP +: /, ""); skip(name ": " $0) }
/^SKIP: / { sub(/^SKIP: /, ""); own_reason = $0 }
/^Totals: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped/ { totals = 1; passed += $2; test_failed += $4; skipped += $6 }
/<\/testcase>/ {
    if (status == "notrun" && reason ~ /^SKIP/) {
        skipped += 1
        skip(name ": " (own_reason == "" ? reason : own_reason))
    } else if (status != "run" && status != "disabled") {
        if (test_failed == 0) test_failed = 1
        failures = failures "\n  " name (reason == "" ? "" : ": " reason)
    } else if (!totals) {
        passed += 1
    }
    failed += test_failed
    own_reason = ""
}

END {
    if (skips != "") print "\n==> SKIPPED (these prove nothing on this machine):" skips
    if (failures != "") print "\n==> FAILED:" failures
    printf "\n%d passed, %d failed, %d skipped\n", passed, failed, skipped
    exit failed > 0
}
