from __future__ import annotations

import http.client
import json
import socket
import threading
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from xaiweb.errors import SiteError
from xaiweb.site.policy import CSP, HEADERS
from xaiweb.site.serve import Request, serve, serving


def ask(
    url: str, path: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """One request with exactly this path, which urllib would tidy."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request(method, path, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def test_every_listed_file_is_served_with_its_bytes_and_type(site: Path) -> None:
    types = {
        "xaiweb.js": "text/javascript",
        "runtime/ort/ort.wasm.min.mjs": "text/javascript",
        "runtime/ort/ort-wasm-simd-threaded.wasm": "application/wasm",
        "page.css": "text/css",
        "icon.svg": "image/svg+xml",
        "index.html": "text/html",
        "bundles/tiny/manifest.json": "application/json",
        "bundles/tiny/background.npy": "application/octet-stream",
        "bundles/tiny/model.onnx": "application/octet-stream",
        "runtime/pyodide/xaiweb_core-0.1.0-py3-none-any.whl": "application/zip",
    }
    with serving(site) as url:
        for path in [*json.loads((site / "files.json").read_bytes())["files"], "files.json"]:
            status, headers, body = ask(url, f"/{path}")
            assert (status, body) == (200, (site / path).read_bytes()), path
            assert headers["Content-Type"].startswith(types.get(path, "")), path


def test_folders_answer_with_their_page(site: Path) -> None:
    with serving(site) as url:
        assert ask(url, "/")[2] == (site / "index.html").read_bytes()
        assert ask(url, "/explain/tiny/")[2] == (site / "explain" / "tiny" / "index.html").read_bytes()
        status, headers, _ = ask(url, "/explain/tiny")
        assert (status, headers["Location"]) == (301, "/explain/tiny/")


def test_the_headers_of_a_good_host_are_sent_or_left_out(site: Path) -> None:
    with serving(site) as url:
        headers = ask(url, "/index.html")[1]
        assert headers["Content-Security-Policy"] == CSP
        assert {name: headers[name] for name in HEADERS} == HEADERS
    with serving(site, headers=False) as url:
        status, headers, _ = ask(url, "/index.html")
        assert status == 200
        assert not [name for name in HEADERS if name in headers]
        assert headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "/bundles/",
        "/bundles/tiny/",
        "/runtime",
        "/unlisted.txt",
        "/favicon.ico",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/bundles/../../secret.txt",
        "/bundles/tiny/..%2f..%2f..%2fsecret.txt",
        "//etc/passwd",
        "/index.html%00",
    ],
)
def test_nothing_but_listed_files_is_served(path: str, site: Path) -> None:
    (site / "unlisted.txt").write_text("not in files.json", "utf-8")
    (site.parent / "secret.txt").write_text("outside of the site", "utf-8")
    with serving(site) as url:
        assert ask(url, path)[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"])
def test_only_get_and_head_are_answered(method: str, site: Path) -> None:
    log: list[Request] = []
    with serving(site, log=log) as url:
        status, headers, _ = ask(url, "/index.html", method, body=b"age=30")
        assert (status, headers["Allow"]) == (405, "GET, HEAD")
    assert log == [Request(method, "/index.html", 405, 6)]


def test_head_says_what_get_would_send(site: Path) -> None:
    with serving(site) as url:
        status, headers, body = ask(url, "/index.html", "HEAD")
        assert (status, body) == (200, b"")
        assert int(headers["Content-Length"]) == (site / "index.html").stat().st_size


def test_a_get_that_carries_data_is_refused(site: Path) -> None:
    log: list[Request] = []
    with serving(site, log=log) as url:
        assert ask(url, "/index.html?age=30")[0] == 400
        assert ask(url, "/index.html?")[0] == 400
        assert ask(url, "/index.html", body=b"age=30")[0] == 400
    assert [(r.path, r.status, r.body_bytes) for r in log] == [
        ("/index.html?age=30", 400, 0),
        ("/index.html?", 400, 0),
        ("/index.html", 400, 6),
    ]


def test_an_unchanged_file_is_not_sent_again(site: Path) -> None:
    with serving(site) as url:
        for path in ("/xaiweb.js", "/files.json"):
            _, headers, _ = ask(url, path)
            assert headers["Cache-Control"] == "no-cache"
            status, again, body = ask(url, path, If_None_Match=headers["ETag"])
            assert (status, body, again["ETag"]) == (304, b"", headers["ETag"])
            assert ask(url, path, If_None_Match='"another"')[0] == 200


def test_the_log_has_every_request_in_order(site: Path) -> None:
    log: list[Request] = []
    with serving(site, base="/models/", log=log) as url:
        urllib.request.urlopen(url).close()
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{url}nothing")
        caught.value.close()
    assert log == [Request("GET", "/models/", 200, 0), Request("GET", "/models/nothing", 404, 0)]


def test_a_sub_path_is_all_there_is(site: Path) -> None:
    with serving(site, base="a/b") as url:
        assert url.endswith("/a/b/")
        assert ask(url, "/a/b/xaiweb.js")[0] == 200
        assert ask(url, "/a/b")[1]["Location"] == "/a/b/"
        assert ask(url, "/a/b/explain/tiny")[1]["Location"] == "/a/b/explain/tiny/"
        assert ask(url, "/xaiweb.js")[0] == 404
        assert ask(url, "/a/")[0] == 404


def test_pages_of_another_folder_can_stand_beside_the_site(site: Path) -> None:
    with serving(site, base="/models/", extra={"/blog/": b"<!doctype html><p>Ten lines"}) as url:
        status, headers, body = ask(url, "/blog/")
        assert (status, body) == (200, b"<!doctype html><p>Ten lines")
        assert "Content-Security-Policy" not in headers


def test_a_rebuilt_site_is_served_without_a_restart(site: Path) -> None:
    with serving(site) as url:
        assert ask(url, "/late.txt")[0] == 404
        listing = json.loads((site / "files.json").read_bytes())
        listing["files"]["late.txt"] = {"sha256": "0" * 64, "bytes": 4, "role": "page"}
        (site / "late.txt").write_text("here", "utf-8")
        (site / "files.json").write_text(json.dumps(listing), "utf-8")
        assert ask(url, "/late.txt")[2] == b"here"


def test_a_list_that_climbs_out_of_the_site_is_refused(site: Path) -> None:
    (site / "files.json").write_text('{"files": {"../secret.txt": {"sha256": "0"}}}', "utf-8")
    with pytest.raises(SiteError, match=r"'\.\./secret\.txt' is no path inside a site"), serving(site):
        pass


def test_a_folder_without_files_json_is_no_site(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="not a site") as caught:
        serve(tmp_path, 0)
    assert "xaiweb build" in caught.value.next


def test_a_taken_port_is_said_with_what_to_do(site: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SiteError, match=f"port {port} is taken") as caught:
            serve(site, port)
    assert caught.value.code == "port-taken"
    assert "--port" in caught.value.next


def test_a_number_that_is_no_port_is_refused(site: Path) -> None:
    with pytest.raises(SiteError, match="70000 is not a port"):
        serve(site, 70000)


def test_only_loopback_listens(site: Path) -> None:
    with serving(site) as url:
        assert urlsplit(url).hostname == "127.0.0.1"
        port = urlsplit(url).port
        with pytest.raises(OSError), socket.create_connection(("127.0.0.2", int(str(port))), timeout=2):  # noqa: PT011
            pass


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:80", 200),
        ("localhost:80", 200),
        ("LOCALHOST:80", 200),
        ("evil.example:80", 421),
        ("evil.example", 421),
    ],
)
def test_a_foreign_name_for_this_machine_is_refused(site: Path, host: str, status: int) -> None:
    """A page whose name is pointed at 127.0.0.1 after it was loaded could read the site as its own."""
    with serving(site) as url:
        assert ask(url, "/", Host=host)[0] == status


@pytest.mark.parametrize("length", ["\xb2", "9" * 5000, "-1", "1e3"])
def test_a_length_that_is_no_number_is_a_body(site: Path, length: str) -> None:
    with serving(site) as url:
        assert ask(url, "/", Content_Length=length)[0] == 400


def test_many_requests_at_once_are_answered_and_closing_waits_for_none(site: Path) -> None:
    expected = (site / "xaiweb.js").read_bytes()
    got: list[bytes] = []
    with serving(site) as url:
        idle = socket.create_connection(("127.0.0.1", int(str(urlsplit(url).port))))  # as a browser keeps one open
        threads = [threading.Thread(target=lambda: got.append(ask(url, "/xaiweb.js")[2])) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    idle.close()
    assert got == [expected] * 12
