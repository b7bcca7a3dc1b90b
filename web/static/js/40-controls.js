/* Dialogs, menus, copying, messages, times. */
{
  on("click", (e) => {
    const hit = (selector) => e.target.closest(selector);
    const opener = hit("[data-dialog-open]");
    if (opener && !opener.commandForElement) document.getElementById(opener.dataset.dialogOpen)?.showModal();
    if (hit("[data-dialog-close]")) { e.preventDefault(); hit("dialog")?.close(); }
    if (e.target.matches("dialog[open]")) e.target.close();

    const menu = hit("[data-menu]");
    for (const open of all("[data-menu][open]")) if (open !== menu || hit(".menu__item")) open.open = false;

    hit("[data-toast-close]")?.closest("[data-toast]").remove();

    const copier = hit("[data-copy]");
    if (copier) navigator.clipboard.writeText(copier.dataset.copy).then(() => {
      copier.dataset.copied = "";
      if (copier.dataset.copyDone) announce(copier.dataset.copyDone);
      setTimeout(() => delete copier.dataset.copied, 2000);
    });
  });

  on("keydown", (e) => {
    if (e.key !== "Escape") return;
    for (const open of all("[data-menu][open]")) { open.open = false; open.querySelector("summary").focus(); }
  });

  /* Messages go by themselves, unless they tell of a problem or somebody is about to read them. */
  const leave = (toast) => setTimeout(() => (toast.matches(":hover, :focus-within") ? leave(toast) : toast.remove()), 6000);
  const arrived = () => all("[data-toast]:not([data-seen])").forEach((toast) => {
    toast.dataset.seen = "";
    if (!("toastStays" in toast.dataset)) leave(toast);
  });

  /* "5 minutes ago" stays true. */
  const units = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const tell = () => {
    const words = new Intl.RelativeTimeFormat(html.lang, { numeric: "always", numberingSystem: "latn" });
    for (const time of all("time[data-relative-time]")) {
      const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
      const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) || units[2];
      if (Math.abs(seconds) < 7 * 86400) time.textContent = words.format(Math.round(seconds / size) || -0, unit);
    }
  };
  setInterval(tell, 30000);
  on("htmx:after:swap", arrived);
  on("DOMContentLoaded", arrived);
}
