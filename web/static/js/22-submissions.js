/* What is sent again is done once: the same action keeps its key until it is answered. Who may have been heard all the
   same, because the answer was lost or was none, sends the key of before (see web/kit/submissions.py). */
const freshKey = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
{
  const open = new Map();
  const changes = (ctx) => !["GET", "HEAD"].includes(ctx.request.method.toUpperCase());
  const fields = (body) => [...body].filter(([name]) => name !== "csrf_token" && name !== "idempotency_key")
    .map(([name, value]) => [name, typeof value === "string" ? value : [value.name, value.size, value.lastModified]]);

  on("htmx:config:request", (e) => {
    const { ctx } = e.detail;
    if (!changes(ctx)) return;
    ctx.submission = JSON.stringify([ctx.request.method, ctx.request.action, fields(ctx.request.body)]);
    if (!open.has(ctx.submission)) open.set(ctx.submission, freshKey());
    ctx.request.headers["Idempotency-Key"] = open.get(ctx.submission);
  });
  on("htmx:before:response", (e) => {
    const { submission, response } = e.detail.ctx;
    if (response.status < 500 && response.status !== 408) open.delete(submission);
  });
}
