"""Mails as tokens, in Python and in the page: whether they are the same, and how long it takes.

Alone: ``python -m tests.bench.tokens``.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from tests.bench.part import Goal, Part
from xaiweb.bundle.read import read
from xaiweb.engine.tokenizer import Tokenizer

ROOT = Path(__file__).parent.parent.parent
N_MAILS = 1_000


def report(bundle: Path) -> Part:
    """1,000 mails drawn from all, tokenised with the bundle's ``tokenizer.json`` by both."""
    text = read(bundle).manifest.text
    path = bundle / text.tokenizer
    sys.path.insert(0, str(ROOT / "export"))  # the recipe itself would train
    mails = [mail.text for mail in importlib.import_module("spam_mails").read()]
    drawn = np.random.Generator(np.random.PCG64(0)).choice(len(mails), N_MAILS, replace=False)
    texts = [mails[i] for i in drawn]

    tokenizer = Tokenizer(path, text.max_tokens)
    started = time.perf_counter()
    ours = [tokenizer.encode(text) for text in texts]
    python_ms = 1e3 * (time.perf_counter() - started)

    asked = {"document": json.loads(path.read_text("utf-8")), "maxTokens": text.max_tokens, "texts": texts}
    command = ["node", "tests/bench/tokens.mjs"]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(asked), capture_output=True, text=True, check=True)
    page = json.loads(done.stdout)

    wrong = sum(
        [[start, stop, list(ids)] for start, stop, ids in pieces] != other
        for pieces, other in zip(ours, page["pieces"], strict=True)
    )
    n_tokens = sum(len(ids) for pieces in ours for _, _, ids in pieces)
    lines = [
        f"{N_MAILS:,} mails, {n_tokens:,} tokens: tokenizers (Python) {python_ms / N_MAILS:.2f} ms a mail,"
        f" @huggingface/tokenizers (Node) {page['ms'] / N_MAILS:.2f} ms; {wrong} mails read differently."
    ]
    goal = Goal(f"{N_MAILS:,} mails have the same tokens in Python and in the page", f"{wrong} differ", wrong == 0)
    return Part("Mails as tokens", lines, [goal])


if __name__ == "__main__":
    print("\n".join(report(ROOT / "build" / "bundles" / "spam").lines))
