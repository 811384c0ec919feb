from __future__ import annotations

import re
from pathlib import Path

from xaiweb.site.policy import CSP, HEADERS

SCRIPT = Path(__file__).parents[2] / "web" / "src" / "policy.ts"


def test_the_service_worker_states_the_same_policy() -> None:
    text = SCRIPT.read_text("utf-8")
    tokens, _, headers = text.partition("HEADERS")
    assert re.findall(r'^  "(.+)",$', tokens, re.MULTILINE) == CSP.split("; ")
    others = {name: value for name, value in HEADERS.items() if name != "Content-Security-Policy"}
    assert dict(re.findall(r'^  "(.+?)": "(.+)",$', headers, re.MULTILINE)) == others


def test_no_token_names_another_origin_or_lets_text_run() -> None:
    for directive in CSP.split("; "):
        for token in directive.split()[1:]:
            assert token in {"'none'", "'self'", "'wasm-unsafe-eval'", "blob:", "data:"}, directive
    assert "data:" not in next(directive for directive in CSP.split("; ") if directive.startswith("script-src"))
