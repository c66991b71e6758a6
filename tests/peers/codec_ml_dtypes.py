#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""batlab-cli codec against ml_dtypes (element rounding) and the textbook exponents (scales), ties even.

    python3 tests/peers/codec_ml_dtypes.py build/ci/bin/batlab-cli

Needs numpy, h5py and ml_dtypes; says so and exits 77 where they are absent. Exits 1 on any mismatch.
"""
import pathlib
import subprocess
import sys
import tempfile

try:
    import h5py
    import ml_dtypes
    import numpy as np
except ImportError as missing:
    print(f"SKIP: {missing}")
    sys.exit(77)

cli = sys.argv[1]
rng = np.random.default_rng(0)
x = np.concatenate([
    rng.standard_normal((20000, 128)).astype(np.float32) * np.exp2(rng.uniform(-20, 20, (20000, 1))).astype(np.float32),
    rng.standard_normal((5000, 128)).astype(ml_dtypes.bfloat16).astype(np.float32),  # many ties
    (rng.integers(-28, 29, (5000, 128)) / 4).astype(np.float32),  # boundaries of E2M1
])
elements = {  # format: type, largest value, its exponent
    "mxfp4": (ml_dtypes.float4_e2m1fn, 6, 2),
    "mxfp8-e4m3": (ml_dtypes.float8_e4m3fn, 448, 8),
    "mxfp8-e5m2": (ml_dtypes.float8_e5m2, 57344, 15),
    "mxfp6-e2m3": (ml_dtypes.float6_e2m3fn, 7.5, 2),
    "mxfp6-e3m2": (ml_dtypes.float6_e3m2fn, 28, 4),
}
amax = np.abs(x).reshape(len(x), -1, 32).max(-1).astype(np.float64)
safe = np.where(amax > 0, amax, 1)
exponent = np.floor(np.log2(safe))
total = 0
with tempfile.TemporaryDirectory() as folder:
    source, result = pathlib.Path(folder) / "in.h5", pathlib.Path(folder) / "out.h5"
    with h5py.File(source, "w") as f:
        f["a/input"] = x
    for name, (kind, largest, emax) in elements.items():
        for rule in ("floor", "ceil", "rceil", "even", "uos"):
            subprocess.run([cli, "codec", "--format", name, "--rule", rule, "--ties", "even", source, result],
                           check=True, capture_output=True)
            with h5py.File(result) as f:
                values, scales, codes = f["a/dequantized"][:], f["a/scales"][:], f["a/codes"][:]
            step = np.exp2(scales.astype(np.float64) - 127).repeat(32, 1)
            rounded = np.clip(x / step, -largest, largest).astype(np.float32).astype(kind)
            bad = int((rounded.astype(np.float32) * step != values).sum() + (rounded.view(np.uint8) != codes).sum())
            expected = {"floor": exponent - emax, "ceil": exponent + (safe > np.exp2(exponent)) - emax,
                        "rceil": np.ceil(np.log2(safe / largest))}.get(rule)
            if expected is not None:
                bad += int((np.where(amax > 0, np.clip(expected, -127, 127) + 127, 0) != scales).sum())
            print(f"{name} {rule}: {bad} mismatches of {x.size}")
            total += bad
sys.exit(0 if total == 0 else 1)
