/* The bell: its panel is read when it opens and while it is open. Opening a notification marks it as read. */
{
  const bell = () => document.getElementById("bell");
  const read = () => { if (bell()?.open) htmx.trigger("#bell-panel", "bell:read"); };
  document.addEventListener("toggle", (e) => { if (e.target.id === "bell") read(); }, true);
  on("notifications:changed", read);

  const opened = (e) => {
    const row = e.target.closest?.("[data-notice-open]")?.closest("[data-notice]");
    if (!row || e.button > 1) return;
    if (bell()) bell().open = false;
    if (!("unread" in row.dataset)) return;
    delete row.dataset.unread;
    const headers = { ...JSON.parse(document.body.getAttribute("hx-headers:inherited")), "HX-Request": "true" };
    fetch(`/notifications/${row.dataset.notice}/reading`, { method: "POST", keepalive: true, headers });
  };
  on("click", opened);
  on("auxclick", opened);

  /* What is new is said once; of workflows their cards say it. A button that is gone leaves the focus in its list. */
  let newest;
  let list;
  on("focusin", (e) => { list = e.target.closest(".notice, .bell__head, #notices .page-head")?.closest("#bell-panel, #notices"); });
  const look = () => {
    const { newest: id, says } = document.getElementById("bell-count")?.dataset ?? {};
    if (id === undefined) return;
    if (newest !== undefined && id > newest && says) announce(says);
    if (newest === undefined || id > newest) newest = id;
    if (list?.isConnected && document.activeElement === document.body) list.querySelector("[data-notice-open], a")?.focus();
  };
  on("htmx:after:swap", look);
  on("DOMContentLoaded", look);
}
