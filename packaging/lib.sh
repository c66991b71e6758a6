# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Shared by the scripts of this folder; sourced, never run.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
DEPS=$(realpath -m "${BATLAB_DEPS_DIR:-$TOP/.deps}")
DEMO_MODEL_NAME=SmolLM2-135M-Instruct.Q4_1.gguf

say() { printf '\n==> %s\n' "$*"; }

# die WHAT [REMEDY...]: stops with one line that says what is wrong and lines that say what to do.
die() {
    printf '\nerror: %s\n' "$1" >&2
    shift
    local line
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
}

# Points CMake and the programs at what packaging/setup fetched; values set by the user win.
export_dependency_paths() {
    if [ -z "${BATLAB_TORCH_DIR:-}" ] && [ -e "$DEPS/torch/lib/libtorch_cpu.so" ]; then
        export BATLAB_TORCH_DIR=$DEPS/torch
    fi
    if [ -z "${BATLAB_CUDA_DIR:-}" ] && [ -x "$DEPS/nvidia/cu13/bin/nvcc" ]; then
        export BATLAB_CUDA_DIR=$DEPS/nvidia/cu13
    fi
    if [ -z "${BATLAB_DEMO_MODEL:-}" ] && [ -e "$DEPS/models/$DEMO_MODEL_NAME" ]; then
        export BATLAB_DEMO_MODEL=$DEPS/models/$DEMO_MODEL_NAME
    fi
}

# A compiler of an engine file takes up to 1.3 GB: as many jobs as cores and memory allow.
build_jobs() {
    local cores memory_mb by_memory
    cores=$(nproc)
    memory_mb=$(awk '/^MemAvailable:/ {print int($2 / 1024)}' /proc/meminfo)
    by_memory=$((memory_mb / 1500))
    [ "$by_memory" -ge 1 ] || by_memory=1
    echo "${BATLAB_JOBS:-$((cores < by_memory ? cores : by_memory))}"
}

# configure PRESET: CMake configuration of build/PRESET.
configure() {
    say "Configuring build/$1"
    (cd "$TOP" && cmake --preset "$1" -DBATLAB_TORCH_DIR="${BATLAB_TORCH_DIR:-}" -DBATLAB_CUDA_DIR="${BATLAB_CUDA_DIR:-}") || die "CMake cannot configure build/$1." \
        "The last CMake Error above names what is missing." \
        "If it is a package: packaging/setup prints the list. If the folder was moved: remove build/$1 and try again."
}

# build PRESET [TARGET...]: compiles with Ninja, which prints its progress.
build() {
    local preset=$1 targets=()
    shift
    [ $# -eq 0 ] || targets=(--target "$@")
    say "Building build/$preset with $(build_jobs) jobs"
    cmake --build "$TOP/build/$preset" --parallel "$(build_jobs)" "${targets[@]}" || die "The build of build/$preset failed." \
        "The first 'FAILED' above names the file." \
        "'Killed' or 'cannot allocate memory': try BATLAB_JOBS=1. 'No space left on device': free 2 GB for the programs, 7 GB for the tests."
}
