/* Uploads with progress: one request a file, a few at a time, the others wait for them. One file has a row with its own progress, and
   then its card; what was chosen at once has one row for all, and a row of its own for each file that did not arrive. */
{
  const AT_ONCE = 4;
  const waiting = [];
  const lines = new Set();
  const acts = new Set();
  const percent = new Intl.NumberFormat(html.lang, { style: "percent", numberingSystem: "latn" });
  let running = 0;
  let leaving = false;
  let resting = false;

  const next = () => {
    while (!resting && running < AT_ONCE && waiting.length) { running++; waiting.shift()(); }
  };
  const rest = (seconds) => {
    if (resting) return;
    resting = true;
    setTimeout(() => { resting = false; next(); }, seconds * 1000);
  };
  /* A row of the form. It goes along when somebody looks at another page meanwhile and comes back. */
  const lineIn = (form, title) => {
    form.querySelector("[data-upload-rows]").append(form.querySelector("template[data-upload-row]").content.cloneNode(true));
    const row = form.querySelector("[data-upload-rows]").lastElementChild;
    const part = (key) => row.querySelector(`[data-upload-${key}]`);
    const line = { row, form: form.id, bar: row.querySelector("progress"), part, say: (text) => { if (part("state")) part("state").textContent = text; } };
    part("name").textContent = title;
    part("retry").hidden = true;
    lines.add(line);
    return line;
  };
  const away = (line) => { lines.delete(line); line.row.remove(); };
  on("htmx:after:swap", () => {
    for (const line of lines) if (!line.row.isConnected) document.querySelector(`[id="${line.form}"][data-upload] [data-upload-rows]`)?.append(line.row);
  });

  const told = () => document.dispatchEvent(new CustomEvent("adx:uploads", { detail: { underWay: acts.size > 0 } }));

  /* What was chosen at once. Its key has the server tell its files together; the number, when it is over. */
  const begin = (form, total) => {
    const act = { key: freshKey(), total, done: 0, failed: 0, group: "", uploads: new Set(), line: lineIn(form, "") };
    const title = () => filled(form.dataset.uploadMany, { done: act.done, total });
    act.show = () => {
      act.line.part("name").textContent = title();
      act.line.bar.max = total;
      act.line.bar.value = act.done + act.failed;
    };
    act.left = (upload) => {
      act.uploads.delete(upload);
      act.show();
      if (act.uploads.size) return;
      acts.delete(act);
      away(act.line);
      told();
      announce(title());
      close(act);
    };
    act.line.part("cancel").addEventListener("click", () => [...act.uploads].forEach((upload) => upload.cancel()));
    act.show();
    acts.add(act);
    told();
    announce(title());
    return act;
  };
  /* Not all of it came: the server need not wait for the rest. */
  const close = (act) => {
    if (!act.group || act.done === act.total) return;
    const headers = { ...JSON.parse(document.body.getAttribute("hx-headers:inherited")), "HX-Request": "true" };
    fetch(`/runs/groups/${act.group}/closing`, { method: "POST", keepalive: true, headers }).then(() => htmx.trigger(document.body, "runs:changed"), () => {});
  };

  /* One file. `sent` names what is sent, so that sending it again does it once, and with those that it was chosen with. */
  const add = (form, file, name, act, sent = { submission: freshKey(), key: act?.key, size: act?.total }) => {
    let line = act ? null : lineIn(form, file.name);
    const upload = {};
    const body = new FormData();
    for (const [key, value] of new FormData(form)) if (typeof value === "string") body.append(key, value);
    if (sent.key) { body.append("act", sent.key); body.append("act_size", sent.size); }
    body.append(name, file);

    const request = new XMLHttpRequest();
    const settle = () => {
      window.__busy.delete(request);
      running--;
      next();
      act?.left(upload);
    };
    /* Nothing is lost: what did not arrive, or met a server in trouble, is sent again by a button. */
    const fail = (text, mayWork) => {
      if (act) act.failed++;
      line ??= lineIn(form, file.name);
      line.row.dataset.failed = "";
      line.say(text);
      line.bar.remove();
      line.part("cancel").remove();
      line.part("retry").hidden = !mayWork;
      line.part("retry").addEventListener("click", () => { away(line); add(form, file, name, null, sent); next(); });
      announce(filled(form.dataset.uploadTold, { label: file.name, value: text }));
      settle();
    };
    /* Too many at this moment: this file and all after it go on by themselves when the server takes more. */
    const wait = (seconds) => {
      running--;
      if (line) line.bar.value = 0;
      (line ?? act.line).say(form.dataset.uploadWaiting);
      waiting.unshift(send);
      rest(seconds);
    };
    const arrived = () => {
      const group = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("[data-group]")?.dataset.group;
      if (act) {
        act.done++;
        act.group ||= group;
        act.line.say("");
      } else if (group) {
        away(line);
      } else {
        document.dispatchEvent(new CustomEvent("adx:uploads", { detail: { underWay: acts.size > 0, one: true } }));
        line.say(form.dataset.uploadSent);
        line.part("cancel").remove();
        lines.delete(line);
        if (line.row.isConnected) swapIn(line.row, line.row, "innerHTML swapEmpty:false", request.responseText);
      }
      settle();
    };
    request.upload.onprogress = (e) => {
      if (!e.lengthComputable || !line) return;
      line.bar.max = e.total;
      line.bar.value = e.loaded;
      line.say(filled(form.dataset.uploadProgress, { percent: percent.format(Math.floor((100 * e.loaded) / e.total) / 100) }));
    };
    request.onerror = () => fail(form.dataset.uploadFailed, true);
    request.onload = () => {
      const redirect = request.getResponseHeader("HX-Redirect");
      if (redirect) {
        leaving = true;
        return location.assign(redirect);
      }
      const seconds = [429, 503].includes(request.status) && Number(request.getResponseHeader("Retry-After"));
      if (seconds) return wait(seconds);
      if (request.status < 400) return arrived();
      /* "Nothing is lost" is true of what was kept before, not of this file. */
      const told = request.status < 500 ? new DOMParser().parseFromString(request.responseText, "text/html").querySelector(".toast__body") : null;
      return fail(told?.textContent.trim() || form.dataset.uploadFailed, request.status >= 500 || request.status === 408);
    };
    const send = () => {
      if (line) {
        line.say(form.dataset.uploadSending);
        announce(filled(form.dataset.uploadBegun, { name: file.name }));
      }
      request.open("POST", form.action);
      for (const [key, value] of [["HX-Request", "true"], ["HX-Request-Type", "partial"], ["HX-Current-URL", location.href],
        ["X-CSRF-Token", form.elements.csrf_token.value], ["Idempotency-Key", sent.submission], ["Accept", "text/html"]]) request.setRequestHeader(key, value);
      request.send(body);
    };
    upload.cancel = () => {
      const index = waiting.indexOf(send);
      if (index >= 0) { waiting.splice(index, 1); running++; } else request.abort();
      if (line) away(line);
      settle();
    };
    line?.part("cancel").addEventListener("click", upload.cancel);
    window.__busy.add(request);
    act?.uploads.add(upload);
    /* What the workspace does not accept is told before a byte is sent; the server looks again. */
    const suffix = file.name.toLowerCase().match(/\.[^.]*$/)?.[0];
    const refused = (form.dataset.uploadRefused ?? "").split(" ").filter(Boolean).includes(suffix);
    waiting.push(refused ? () => fail(form.dataset.uploadRefusal, false) : send);
  };

  const take = (form, files) => {
    const input = form.querySelector("input[type=file]");
    const act = files.length > 1 ? begin(form, files.length) : null;
    for (const file of files) add(form, file, input.name, act);
    form.reset();
    next();
  };

  on("change", (e) => {
    const form = e.target.matches("[data-upload] input[type=file]") && e.target.form;
    if (form) take(form, [...e.target.files]);
  });
  on("submit", (e) => {
    if (!e.target.matches("[data-upload]")) return;
    e.preventDefault();
    take(e.target, [...e.target.querySelector("input[type=file]").files]);
  });
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) on(name, (e) => {
    const zone = e.target.closest?.("[data-upload-zone]");
    if (!zone || !e.dataTransfer?.types.includes("Files")) return;
    e.preventDefault();
    zone.dataset.over = name === "dragenter" || name === "dragover";
    if (name === "drop") take(zone.closest("form"), [...e.dataTransfer.files]);
  });
  addEventListener("beforeunload", (e) => { if (!leaving && (running || waiting.length)) e.preventDefault(); });
  addEventListener("pagehide", () => acts.forEach(close));
}
