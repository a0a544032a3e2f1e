"""Is this paper genuine? On the page without JavaScript, and in a saved copy of it without a network."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.acts.people import SRI_NIK
from tests.adapters.papers.samples import told
from tests.api.pages.browser import Browser, Screen
from tests.api.pages.steps import register
from tests.api.pages.test_papers import printed

NODE = shutil.which("node")
VERIFY = "/verify"
# The few things of a browser that the page uses, and no network: a saved copy, opened from a disk.
BROWSER = """
import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { webcrypto } from "node:crypto";
const { script, known, codes, hash } = JSON.parse(readFileSync(0, "utf8"));
const element = () => ({
  textContent: "", value: "", className: "", hidden: true, children: [], listeners: {},
  replaceChildren(...all) { this.children = all; },
  addEventListener(name, listener) { this.listeners[name] = listener; },
  requestSubmit() { this.listeners.submit({ preventDefault() {} }); },
});
const page = { known: element(), check: element(), code: element(), result: element() };
page.known.textContent = known;
const location = { protocol: "file:", hash };
const document = { getElementById: (id) => page[id], createElement: element };
const shown = [];
const look = async (begin) => {
  page.result.children = [];
  begin();
  while (!page.result.children.length) await new Promise((next) => setImmediate(next));
  shown.push([page.result.className, ...page.result.children.map((child) => child.textContent)]);
};
const submit = () => page.check.requestSubmit();
const open = () => runInNewContext(script, { document, location, crypto: webcrypto, atob, TextEncoder, Uint8Array });
await (hash ? look(open) : open());
for (const code of codes) await look(() => { page.code.value = code; submit(); });
console.log(JSON.stringify(shown));
"""


def code_of(client: TestClient, paper: Screen) -> str:
    return told(client.get(f"{paper.address}/pdf").content)


def asked(browser: Browser, code: str) -> Screen:
    return browser.send(browser.get(VERIFY).form(VERIFY), values={"code": code})


def test_anybody_reads_whether_a_paper_holds_and_no_name(clerk: Browser, client: TestClient) -> None:
    paper = printed(clerk, register(clerk), "KK")
    code = code_of(client, paper)
    client.cookies.clear()
    screen = asked(clerk, f"https://simpul.example/verify#{code}")
    assert (screen.status, "Asli dan berlaku" in screen.text) == (200, True)
    assert "Kartu Keluarga, diterbitkan 24 November 2026" in screen.text
    assert not [word for word in ("Sri", "Budi", SRI_NIK) if word in screen.html]
    assert "Palsu" in asked(clerk, code.replace(".KK.", ".KIA.")).text


def test_a_revoked_paper_is_told_as_such(clerk: Browser, client: TestClient) -> None:
    paper = printed(clerk, register(clerk), "KK")
    code = code_of(client, paper)
    clerk.send(paper.form(paper.address, "revoke"), "revoke")
    assert "Dicabut: tidak berlaku" in asked(clerk, code).text


def test_what_is_no_code_is_a_mistake_in_the_field(browser: Browser) -> None:
    screen = asked(browser, "halo")
    assert (screen.status, screen.codes()) == (422, ["malformed-paper-code"])


def saved(browser: Browser) -> tuple[str, str]:
    """The script and the published keys of the page as a reader saves it."""
    html = browser.get(VERIFY).html
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)
    known = re.search(r'<script type="application/json" id="known">(.*?)</script>', html, re.DOTALL)
    assert script
    assert known
    return script[1], known[1]


def offline(folder: Path, page: tuple[str, str], *codes: str, anchor: str = "") -> list[list[str]]:
    """What a saved page shows for each code: its style, then its lines."""
    program = folder / "browser.mjs"
    program.write_text(BROWSER, "utf-8")
    given = json.dumps({"script": page[0], "known": page[1], "codes": codes, "hash": anchor})
    ran = subprocess.run(
        [str(NODE), str(program)], input=given.encode(), capture_output=True, check=True, timeout=60
    )
    return [[str(text) for text in shown] for shown in json.loads(ran.stdout)]


@pytest.mark.skipif(NODE is None, reason="node is not installed: the page's script cannot be run")
def test_a_saved_page_checks_a_code_without_a_network(
    clerk: Browser, client: TestClient, tmp_path: Path
) -> None:
    code = code_of(client, printed(clerk, register(clerk), "KK"))
    head, _, signature = code.rpartition(".")
    wrong = [
        code.replace(".KK.", ".KIA."),
        code.replace(".20261124.", ".20261125."),
        f"{head}.{signature[1:]}{signature[0]}",
        code.replace(code.split(".")[2], "00000000"),
    ]
    good, spaced, *bad, nonsense = offline(
        tmp_path, saved(clerk), code, f"https://simpul.example/verify#{code.lower()}", *wrong, "halo"
    )
    assert good[:2] == ["done", "Asli"]
    assert "Kartu Keluarga, diterbitkan 24-11-2026" in good[2]
    assert "tanpa jaringan" in good[3]
    assert spaced == good
    assert [shown[:2] for shown in bad[:-1]] == [["summary", "Palsu"]] * 3
    assert bad[-1][:2] == ["notice", "Kunci tidak dikenal"]
    assert nonsense == ["summary", "Ini bukan kode dokumen yang utuh."]


@pytest.mark.skipif(NODE is None, reason="node is not installed: the page's script cannot be run")
def test_a_scanned_address_is_checked_at_once(clerk: Browser, client: TestClient, tmp_path: Path) -> None:
    code = code_of(client, printed(clerk, register(clerk), "KK"))
    (shown,) = offline(tmp_path, saved(clerk), anchor=f"#{code}")
    assert shown[1] == "Asli"


@pytest.mark.skipif(NODE is None, reason="node is not installed: the page's script cannot be run")
def test_a_page_that_was_saved_before_a_new_key_does_not_know_it(
    clerk: Browser, client: TestClient, tmp_path: Path
) -> None:
    """Control: it is the published keys in the page that decide, and it calls nobody a forger for that."""
    page = saved(clerk)
    code = code_of(client, printed(clerk, register(clerk), "KK"))
    (shown,) = offline(tmp_path, page, code)
    assert shown[:2] == ["notice", "Kunci tidak dikenal"]
