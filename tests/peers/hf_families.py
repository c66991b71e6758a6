#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Logits of tiny random Llama, Mistral, Qwen2 and Qwen3 checkpoints, written by transformers, against transformers (fp32).

    python3 tests/peers/hf_families.py build/ci/bin/batlab-cli

Needs torch, transformers and h5py; says so and exits 77 where they are absent. Bar: largest difference <= 5e-4.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
    import torch
    import transformers as tf
except Exception as missing:
    print(f"SKIP: {missing}")
    sys.exit(77)

cli = sys.argv[1]
common = dict(hidden_size=96, intermediate_size=160, num_hidden_layers=3, num_attention_heads=6, num_key_value_heads=2,
              vocab_size=320, max_position_embeddings=512, rms_norm_eps=1e-5)
llama3 = dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64)
cases = {
    "llama": tf.LlamaConfig(**common, tie_word_embeddings=True),
    "llama, biases": tf.LlamaConfig(**common, attention_bias=True, mlp_bias=True),
    "llama 3 rope": tf.LlamaConfig(**common, rope_theta=500000.0, rope_scaling=llama3),
    "mistral, window 16": tf.MistralConfig(**common, sliding_window=16),
    "qwen2": tf.Qwen2Config(**common, tie_word_embeddings=True),
    "qwen3, head 32": tf.Qwen3Config(**common, head_dim=32),
}
ids = [int(i) for i in torch.randint(0, 320, (60,), generator=torch.Generator().manual_seed(1))]
worst = 0.0
for name, config in cases.items():
    torch.manual_seed(7)
    model = tf.AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    with torch.no_grad():
        for parameter in model.parameters():  # larger than the default initialisation, biases and norms included
            parameter.add_(0.05 * torch.randn_like(parameter))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        model.save_pretrained(folder / "m", safe_serialization=True)
        (folder / "t.json").write_text(json.dumps({"tokens": ids}))
        subprocess.run([cli, "logits", folder / "m", "--tokens", folder / "t.json", "--out", folder / "l.h5", "--dtype", "fp32"],
                       check=True, capture_output=True)
        with h5py.File(folder / "l.h5") as f:
            ours = f["0/logits"][:]
    with torch.no_grad():
        theirs = model(torch.tensor([ids])).logits[0].numpy()
    difference = float(np.abs(ours - theirs).max())
    worst = max(worst, difference)
    print(f"{name}: largest logit difference {difference:.2e} (logits up to {np.abs(theirs).max():.1f})")
sys.exit(0 if worst <= 5e-4 else 1)
