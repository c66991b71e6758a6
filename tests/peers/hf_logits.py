#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks batlab-cli against Hugging Face transformers on the dequantized weights of a llama GGUF file.

  hf_logits.py --cli build/dev/bin/batlab-cli --model SmolLM2.gguf --text wiki.test.raw [--windows 2] [--tokens 256]

Compares fp32 logits (bar 5e-4) and the mean NLL of the first windows of 2048 tokens (bar 1e-4 nats) for transformers'
eager attention. Needs transformers, torch, gguf, h5py; without them it says so and exits with 77 (skipped).
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

try:
    import gguf
    import h5py
    import numpy as np
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM
except ImportError as missing:
    print(f"SKIPPED: {missing}. pip install transformers torch gguf h5py", file=sys.stderr)
    sys.exit(77)

LOGIT_BAR, NLL_BAR, WINDOW = 5e-4, 1e-4, 2048


def value(reader, key):
    field = reader.fields.get(key)
    return None if field is None else field.contents()


def unpermute(weight, heads):
    """GGUF keeps neighbouring rotary pairs, transformers halves."""
    rows, cols = weight.shape
    return weight.reshape(heads, rows // heads // 2, 2, cols).swapaxes(1, 2).reshape(rows, cols)


def load(path):
    reader = gguf.GGUFReader(path)
    arch = value(reader, "general.architecture")
    if arch != "llama":
        sys.exit(f"{path}: architecture {arch}; this script knows llama only")
    get = lambda key: value(reader, f"llama.{key}")
    tensors = {t.name: torch.from_numpy(np.array(gguf.quants.dequantize(t.data, t.tensor_type), dtype=np.float32)) for t in reader.tensors}
    heads, kv = get("attention.head_count"), get("attention.head_count_kv")
    config = LlamaConfig(
        vocab_size=tensors["token_embd.weight"].shape[0], hidden_size=get("embedding_length"), intermediate_size=get("feed_forward_length"),
        num_hidden_layers=get("block_count"), num_attention_heads=heads, num_key_value_heads=kv, rms_norm_eps=get("attention.layer_norm_rms_epsilon"),
        max_position_embeddings=get("context_length"), tie_word_embeddings="output.weight" not in tensors,
        rope_theta=get("rope.freq_base") or 10000.0, attn_implementation="eager")
    if hasattr(config, "rope_parameters"):
        config.rope_parameters = {"rope_type": "default", "rope_theta": get("rope.freq_base") or 10000.0}
    names = {"attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
             "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj", "attn_norm": "input_layernorm",
             "ffn_norm": "post_attention_layernorm"}
    state = {"model.embed_tokens.weight": tensors["token_embd.weight"], "model.norm.weight": tensors["output_norm.weight"]}
    state["lm_head.weight"] = tensors.get("output.weight", tensors["token_embd.weight"])
    for name, tensor in tensors.items():
        if not name.startswith("blk."):
            continue
        _, layer, kind, _ = name.split(".")
        if kind == "attn_q":
            tensor = unpermute(tensor, heads)
        elif kind == "attn_k":
            tensor = unpermute(tensor, kv)
        state[f"model.layers.{layer}.{names[kind]}.weight"] = tensor
    model = LlamaForCausalLM(config)
    result = model.load_state_dict(state, strict=False)
    if result.unexpected_keys or [k for k in result.missing_keys if "rotary" not in k]:
        sys.exit(f"weights do not fit: {result}")
    return model.float().eval()


def protocol_text(path):
    rows = open(path, encoding="utf-8", newline="").read().split("\n")
    if rows and rows[-1] == "":
        rows.pop()
    return "\n\n".join(row + "\n" if row.strip() else "" for row in rows)


def run(cli, *arguments):
    done = subprocess.run([cli, *arguments], stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(arguments)} ended with {done.returncode}")
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--text", required=True, help="wiki.test.raw")
    parser.add_argument("--windows", type=int, default=2)
    parser.add_argument("--tokens", type=int, default=256, help="length of the compared logits")
    parser.add_argument("--threads", default="0")
    options = parser.parse_args()
    more = ["--threads", options.threads] if options.threads != "0" else []
    if options.threads != "0":
        torch.set_num_threads(int(options.threads))
    failed = False
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        text = os.path.join(folder, "protocol.txt")
        with open(text, "w", encoding="utf-8", newline="") as file:
            file.write(protocol_text(options.text))
        ids = run(options.cli, "tokenize", options.model, "--file", text)["tokens"]
        print(f"{len(ids)} tokens, {len(ids) // WINDOW} windows of {WINDOW}")
        model = load(options.model)

        part = ids[5000:5000 + options.tokens]
        tokens, out = os.path.join(folder, "t.json"), os.path.join(folder, "l.h5")
        with open(tokens, "w", encoding="utf-8") as file:
            json.dump({"tokens": part}, file)
        run(options.cli, "logits", options.model, "--tokens", tokens, "--out", out, "--dtype", "fp32", "--json", *more)
        with h5py.File(out) as file:
            ours = torch.from_numpy(file["/0/logits"][:])
        theirs = model(torch.tensor([part])).logits[0]
        worst = (ours - theirs).abs().max().item()
        print(f"logits of {len(part)} tokens: largest difference {worst:.2e} (bar {LOGIT_BAR:.0e})")
        failed |= not worst <= LOGIT_BAR

        got = run(options.cli, "evaluate", options.model, "--tasks", "wikitext2", "--limit", str(options.windows), "--dtype", "fp32",
                  "--json", "--data", os.path.dirname(os.path.dirname(os.path.abspath(options.text))), *more)["results"][0]
        for w in range(options.windows):
            window = torch.tensor([ids[w * WINDOW:(w + 1) * WINDOW]])
            logits = model(window).logits[0, :-1].double()
            nll = torch.nn.functional.cross_entropy(logits, window[0, 1:]).item()
            difference = abs(nll - got["window_nll"][w])
            print(f"window {w}: transformers {nll:.6f}, batlab {got['window_nll'][w]:.6f}, difference {difference:.1e} (bar {NLL_BAR:.0e})")
            failed |= not difference <= NLL_BAR
    print("FAILED" if failed else "ok")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
