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

  const tell = () => {
    for (const time of all("time[data-relative-time]")) time.textContent = relative((new Date(time.dateTime) - Date.now()) / 1000) ?? time.textContent;
  };
  setInterval(tell, 30000);
  on("htmx:after:swap", arrived);
  on("DOMContentLoaded", arrived);
}

/* "5 minutes ago" stays true, and says what the server would say: words of its own for what is less than a minute off,
   nothing for what is so far off that the day is shown. */
function relative(seconds) {
  const JUST_NOW = 45, A_WEEK = 7 * 86400, ALMOST = 0.95, UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const { justNow, inAMoment } = document.getElementById("announcer").dataset;
  const far = Math.abs(seconds);
  if (far < JUST_NOW) return seconds > 0 ? inAMoment : justNow;
  if (far >= A_WEEK) return undefined;
  const [unit, size] = UNITS.find(([, size]) => far >= ALMOST * size) ?? UNITS[2];
  const words = new Intl.RelativeTimeFormat(html.lang, { numeric: "always", numberingSystem: "latn" });
  return words.format(Math.sign(seconds) * Math.max(1, Math.round(far / size)), unit);
}
