/* Uploads with progress: one request a file, two at a time, each with a row that can be cancelled. */
{
  const waiting = [];
  const percent = new Intl.NumberFormat(html.lang, { style: "percent" });
  let running = 0;
  let leaving = false;
  let resting = false;

  const next = () => {
    while (!resting && running < 2 && waiting.length) { running++; waiting.shift()(); }
  };
  const rest = (seconds) => {
    if (resting) return;
    resting = true;
    setTimeout(() => { resting = false; next(); }, seconds * 1000);
  };

  const add = (form, file, name) => {
    const template = form.querySelector("template[data-upload-row]");
    form.querySelector("[data-upload-rows]").append(template.content.cloneNode(true));
    const row = form.querySelector("[data-upload-rows]").lastElementChild;
    /* What the workspace does not accept is told before a byte is sent; the server looks again. */
    const refused = (form.dataset.uploadRefused ?? "").split(" ").filter(Boolean);
    const suffix = file.name.toLowerCase().match(/\.[^.]*$/)?.[0];
    const part = (key) => row.querySelector(`[data-upload-${key}]`);
    const bar = row.querySelector("progress");
    const say = (text) => { if (part("state")) part("state").textContent = text; };
    part("name").textContent = file.name;

    const body = new FormData();
    for (const [key, value] of new FormData(form)) if (typeof value === "string") body.append(key, value);
    body.append(name, file);
    const submission = freshKey();

    const request = new XMLHttpRequest();
    window.__busy.add(request);
    const end = (failure) => {
      window.__busy.delete(request);
      running--;
      next();
      if (failure === undefined) return;
      row.dataset.failed = "";
      say(failure);
      bar?.remove();
      part("cancel")?.remove();
      announce(`${file.name}: ${failure}`);
    };
    /* Too many within a while: this file and all after it go on by themselves when the server takes more. */
    const wait = (seconds) => {
      running--;
      bar.value = 0;
      say(form.dataset.uploadWaiting);
      waiting.unshift(send);
      rest(seconds);
    };
    request.upload.onprogress = (e) => {
      if (!e.lengthComputable) return;
      bar.max = e.total;
      bar.value = e.loaded;
      say(form.dataset.uploadProgress.replace("{percent}", () => percent.format(Math.floor((100 * e.loaded) / e.total) / 100)));
    };
    request.onerror = request.onabort = () => end(form.dataset.uploadFailed);
    request.onload = () => {
      const redirect = request.getResponseHeader("HX-Redirect");
      if (redirect) {
        leaving = true;
        return location.assign(redirect);
      }
      const seconds = request.status === 429 && Number(request.getResponseHeader("Retry-After"));
      if (seconds) return wait(seconds);
      if (request.status >= 400) {
        /* "Nothing is lost" is true of what was kept before, not of this file. */
        const told = request.status < 500 && new DOMParser().parseFromString(request.responseText, "text/html").querySelector(".toast__body");
        return end(told?.textContent.trim() || form.dataset.uploadFailed);
      }
      say(form.dataset.uploadSent);
      part("cancel")?.remove();
      if (row.isConnected) swapIn(row, row, "innerHTML swapEmpty:false", request.responseText);
      end();
    };
    const cancel = () => {
      const index = waiting.indexOf(send);
      if (index >= 0) { waiting.splice(index, 1); running++; end(); } else { request.onabort = () => end(); request.abort(); }
      row.remove();
    };
    const send = () => {
      say(form.dataset.uploadSending);
      announce(form.dataset.uploadBegun.replace("{name}", () => file.name));
      request.open("POST", form.action);
      for (const [key, value] of [["HX-Request", "true"], ["HX-Request-Type", "partial"], ["HX-Current-URL", location.href],
        ["X-CSRF-Token", form.elements.csrf_token.value], ["Idempotency-Key", submission], ["Accept", "text/html"]]) request.setRequestHeader(key, value);
      request.send(body);
    };
    part("cancel")?.addEventListener("click", cancel);
    waiting.push(refused.includes(suffix) ? () => end(form.dataset.uploadRefusal) : send);
  };

  const take = (form, files) => {
    const input = form.querySelector("input[type=file]");
    for (const file of files) add(form, file, input.name);
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
}
