#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test_bundle.sh SOURCE BUILD TORCH: makes the bundle, unpacks it elsewhere and runs it with nothing else in the environment.
set -euo pipefail
source=$1 build=$2 torch=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "FAIL: $*" >&2
    exit 1
}

"$source/packaging/bundle" "$build" "$work/b.tar.gz"
mkdir "$work/else where"
tar -C "$work/else where" -xzf "$work/b.tar.gz"
bundle="$work/else where/batlab-cli"
cli="$bundle/bin/batlab-cli"

# Its own libraries come from the bundle; none of Qt's or the build's is asked for.
libraries=$(env -i LD_LIBRARY_PATH="$torch/lib" ldd "$bundle/libexec/batlab-cli")
for name in hdf5 fmt yaml-cpp xxhash pcre2 utf8proc; do
    grep -E "lib$name[^ ]* => $bundle/libexec/../lib/" <<<"$libraries" >/dev/null || fail "lib$name is not the bundle's: $libraries"
done
! grep -q 'not found' <<<"$libraries" || fail "a library is missing: $libraries"
! grep -Eqi 'libqt|qcustomplot' <<<"$libraries" || fail "Qt: $libraries"
! readelf -d "$bundle"/libexec/batlab-cli "$bundle"/lib/* | grep -E 'R(UN)?PATH' | grep -qF "$(dirname "$torch")" ||
    fail "a path of the build machine is left"

run() { env -i PATH=/usr/bin:/bin HOME="$work" "$@"; }
run BATLAB_TORCH_DIR="$torch" "$cli" --version | grep -q batlab-cli || fail "by BATLAB_TORCH_DIR"
ln -s "$torch" "$bundle/torch"
run "$cli" presets --json | grep -q bat || fail "by a link beside it"
rm "$bundle/torch"
mkdir -p "$work/python"
ln -s "$torch" "$work/python/torch"
run PYTHONPATH="$work/python" "$cli" --version | grep -q batlab-cli || fail "by python3"
status=0
run BATLAB_TORCH_DIR=/nowhere "$cli" --version 2>"$work/err" || status=$?
[ "$status" = 3 ] || fail "without libtorch: status $status"
grep -q 'pip install torch' "$work/err" || fail "no remedy: $(cat "$work/err")"
# The program really computes: a session's folder, HDF5 and libtorch together.
run BATLAB_TORCH_DIR="$torch" "$cli" doctor --json | grep -q '"gemm-bf16"' || fail "doctor"
echo PASS
