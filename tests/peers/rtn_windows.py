#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Perplexity of full precision and of RTN W4A4 against an independent implementation, window by window.

  rtn_windows.py --cli build/dev/bin/batlab-cli --model SmolLM2.gguf --text wiki.test.raw --session out.batlab.h5 [--windows -1]

Runs batlab-cli in fp32 (RTN with FLOOR/away and with EVEN/even), then transformers with every decoder linear replaced by a quantizer
written here. Stopped and started again, both go on where they were: the session keeps our windows, SESSION.theirs.json the others. Bars: full precision 1e-4 nats in every window, RTN 0.2 % in the mean
(codes flip near ties when sums run in another order). Needs transformers, torch, gguf, h5py; without them it exits with
77 (skipped). All 148 windows take about an hour on two cores.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

from hf_logits import NLL_BAR, WINDOW, h5py, load, protocol_text, run, torch

RTN_BAR = 2e-3
SPEC = """
model: {model}
contract: own
protocol: {{dtype: fp32, text: wikitext2, windows: {windows}}}
calibration: {{source: self, sequences: 1, length: 32}}
analysis: {{enabled: false}}
variants:
  - {{preset: rtn-ocp, id: floor-away}}
  - {{preset: rtn-uos, id: even-even, set: {{settings.scaleRule: even}}}}
"""


def block_exponent(amax, rule):
    """Exponent of the shared scale: OCP floor, or rounded up from a mantissa of 1.75 (methods.md 1.2)."""
    mantissa, exponent = torch.frexp(amax)  # mantissa in [0.5, 1)
    e = exponent - 1 - 2
    return e + (mantissa * 2 >= 1.75).int() if rule == "even" else e


GRID = torch.tensor([0, 0.5, 1, 1.5, 2, 3, 4, 6])
MIDDLE = (GRID[1:] + GRID[:-1]) / 2


def quantize(x, rule, ties):
    """x [.., n] with 32-blocks along the last axis -> values on the MXFP4 grid."""
    blocks = x.reshape(-1, 32)
    scale = torch.exp2(block_exponent(blocks.abs().amax(1, keepdim=True), rule).clamp(-127, 127).float())
    y = (blocks / scale).abs()
    code = torch.bucketize(y, MIDDLE)  # number of midpoints below y
    tie = torch.zeros_like(code, dtype=torch.bool)
    at = code.clamp(max=6)
    tie = y == MIDDLE[at]
    up = tie if ties == "away" else tie & (code % 2 == 1)  # to the even code
    value = GRID[code + up.long()]
    return (torch.sign(blocks) * value * scale).reshape(x.shape)


class QuantizedLinear(torch.nn.Module):
    def __init__(self, linear, rule, ties):
        super().__init__()
        self.weight, self.bias, self.rule, self.ties = quantize(linear.weight.data, rule, ties), linear.bias, rule, ties

    def forward(self, x):
        return torch.nn.functional.linear(quantize(x, self.rule, self.ties), self.weight, self.bias)


def full_precision(path):
    model = load(path)
    model.config._attn_implementation = "sdpa"
    return model


def quantized(path, rule, ties):
    model = full_precision(path)
    for layer in model.model.layers:
        for parent in (layer.self_attn, layer.mlp):
            for name, child in list(parent.named_children()):
                if isinstance(child, torch.nn.Linear):
                    setattr(parent, name, QuantizedLinear(child, rule, ties))
    return model


def losses(make, ids, windows, kept, name):
    """Mean loss of each window under make(); windows that the file `kept` already has are not computed again."""
    known = {}
    if os.path.exists(kept):
        with open(kept, encoding="utf-8") as file:
            known = json.load(file)
    out = known.setdefault(name, [])
    model = make() if len(out) < windows else None
    for w in range(len(out), windows):
        window = torch.tensor([ids[w * WINDOW:(w + 1) * WINDOW]])
        logits = model(window).logits[0, :-1].float()
        out.append(torch.nn.functional.cross_entropy(logits, window[0, 1:], reduction="none").double().mean().item())
        with open(kept + ".new", "w", encoding="utf-8") as file:
            json.dump(known, file)
        os.replace(kept + ".new", kept)
        print(f"\r{name} {w + 1}/{windows}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return out[:windows]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--text", required=True, help="wiki.test.raw")
    parser.add_argument("--session", required=True)
    parser.add_argument("--windows", type=int, default=-1)
    options = parser.parse_args()
    data = os.path.dirname(os.path.dirname(os.path.abspath(options.text)))
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        text, spec = os.path.join(folder, "protocol.txt"), os.path.join(folder, "spec.yaml")
        with open(text, "w", encoding="utf-8", newline="") as file:
            file.write(protocol_text(options.text))
        with open(spec, "w", encoding="utf-8") as file:
            file.write(SPEC.format(model=json.dumps(os.path.abspath(options.model)), windows=options.windows))
        subprocess.run([options.cli, "run", spec, "--session", options.session, "--data", data], check=True)
        ids = run(options.cli, "tokenize", options.model, "--file", text)["tokens"]
    with h5py.File(options.session) as file, torch.no_grad():
        read = lambda variant: file[f"evaluations/{variant}/wikitext2/perplexity/window_nll"][:].tolist()
        ours = {v: read(v) for v in ("reference", "floor-away", "even-even")}
        windows = len(ours["reference"])
        print(f"{len(ids)} tokens, {windows} windows")
        kept = options.session + ".theirs.json"
        theirs = losses(lambda: full_precision(options.model), ids, windows, kept, "reference")
        worst = max(abs(a - b) for a, b in zip(theirs, ours["reference"]))
        failed = not worst <= NLL_BAR
        print(f"full precision: largest difference {worst:.2e} nats (bar {NLL_BAR:.0e}) over {windows} windows, "
              f"perplexity {torch.tensor(theirs).double().mean().exp():.4f}")
        for variant, rule, ties in (("floor-away", "floor", "away"), ("even-even", "even", "even")):
            theirs = losses(lambda r=rule, t=ties: quantized(options.model, r, t), ids, windows, kept, variant)
            a, b = sum(theirs) / windows, sum(ours[variant]) / windows
            off = abs(a - b) / a
            failed |= not off <= RTN_BAR
            print(f"RTN {variant}: mean {a:.6f} there, {b:.6f} here, {100 * off:.4f} % apart (bar {100 * RTN_BAR} %), "
                  f"largest window difference {max(abs(p - q) for p, q in zip(theirs, ours[variant])):.2e} nats")
    print("FAILED" if failed else "ok")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
