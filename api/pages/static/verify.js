// Checks the code of a paper with the published keys that stand in this page: no network, also from a saved copy.
(() => {
  "use strict";
  const known = JSON.parse(document.getElementById("known").textContent);
  const form = document.getElementById("check"), field = document.getElementById("code");
  const result = document.getElementById("result");
  const SHAPE = /^(SIMPUL1\.([A-Z0-9-]{1,10})\.([0-9A-F]{8})\.([0-9A-F]{32})\.(\d{4})(\d\d)(\d\d)\.[A-Z2-7]{26}\.[A-Z2-7]{16})\.([A-Z2-7]{103})$/;
  const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const served = location.protocol.startsWith("http");

  const bytes = (text) => {
    const out = [];
    let bits = 0, held = 0;
    for (const digit of text) {
      held = (held << 5) | DIGITS.indexOf(digit);
      bits += 5;
      if (bits >= 8) { bits -= 8; out.push((held >> bits) & 255); }
      held &= 255;
    }
    return new Uint8Array(out);
  };
  const raw = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

  // The code in what was typed or scanned: it may stand behind the # of an address.
  const read = (text) => SHAPE.exec(text.slice(text.lastIndexOf("#") + 1).replace(/\s/g, "").toUpperCase());

  const genuine = async (key, code) => {
    const public_ = await crypto.subtle.importKey("raw", raw(key.public), "Ed25519", false, ["verify"]);
    return crypto.subtle.verify("Ed25519", public_, bytes(code[8]), new TextEncoder().encode(code[1]));
  };

  const line = (name, text) => {
    const element = document.createElement(name);
    element.textContent = text;
    return element;
  };
  const show = (kind, title, ...lines) => {
    result.className = kind;
    result.replaceChildren(line("h2", title), ...lines.filter(Boolean).map((text) => line("p", text)));
    result.hidden = false;
  };
  const about = (code) => {
    const kind = known.kinds[code[2]] || code[2];
    return `${kind}, ${known.words.issued} ${code[7]}-${code[6]}-${code[5]}. ${known.words.paper} ${code[4].toLowerCase()}`;
  };
  const style = { valid: "done", forged: "summary", revoked: "summary" };

  const check = async () => {
    const code = read(field.value);
    if (!code) return show("summary", known.words.malformed);
    const key = known.keys.find((one) => one.id === code[3]);
    // A copy that was saved before a new key: it calls nobody a forger for that.
    if (!key && !served) return show("notice", known.words.stranger, known.words.newer);
    if (key && !(await genuine(key, code))) return show("summary", known.verdicts.forged, known.abouts.forged);
    if (key) show("done", known.words.genuine, about(code), served ? known.words.asking : known.words.offline);
    if (!served) return undefined;
    try {
      const headers = { "Content-Type": "application/json" };
      const body = JSON.stringify({ code: code[0] });
      const answer = await fetch("/api/v1/verification", { method: "POST", headers, body });
      if (!answer.ok) throw new Error(String(answer.status));
      const { verdict } = await answer.json();
      return show(style[verdict] || "notice", known.verdicts[verdict], known.abouts[verdict], about(code));
    } catch {
      if (!key) return show("notice", known.words.stranger, known.words.newer);
      return show("notice", known.words.genuine, about(code), known.words.offline);
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    // A browser that does not know Ed25519: the hub checks, if it can be reached.
    check().catch(() => (served ? form.submit() : show("summary", known.words.old)));
  });
  if (location.hash.length > 1) {
    field.value = decodeURIComponent(location.hash.slice(1));
    form.requestSubmit();
  }
})();
