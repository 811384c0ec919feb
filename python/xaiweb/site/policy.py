"""What a site's pages may do, as the one policy that both ``<meta>`` and ``serve`` state."""

from __future__ import annotations

# blob: is where the page's worker and the runtime's modules come from once their hashes have been checked;
# 'wasm-unsafe-eval' lets WebAssembly compile and nothing else. No token names another origin.
CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval' blob:",
        "worker-src 'self' blob:",
        "connect-src 'self' blob:",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "manifest-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CSP,
    # These two isolate the page, which is what lets WebAssembly use threads.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
