/* Nothing typed is lost when the session has ended in between: it waits in this tab until the same person is back. */
{
  const KEY = "adx-kept";
  const fields = (form) => [...form.elements].filter((each) => each.name && !["hidden", "password", "file", "submit", "button"].includes(each.type));
  const name = (form) => form.id || form.getAttribute("action") || "";

  on("htmx:before:response", (e) => {
    const { response, sourceElement } = e.detail.ctx;
    const form = sourceElement?.closest?.("form") || sourceElement?.form;
    if (response?.status !== 401 || !form) return;
    const values = fields(form).map((each) => [each.name, each.value, each.checked]);
    sessionStorage.setItem(KEY, JSON.stringify({ whose: whose(), path: location.pathname, form: name(form), values }));
  });

  on("DOMContentLoaded", () => {
    const kept = JSON.parse(sessionStorage.getItem(KEY) || "null");
    if (kept && whose() && kept.whose !== whose()) return sessionStorage.removeItem(KEY);
    const form = kept?.path === location.pathname && kept.whose === whose() && all("form").find((each) => name(each) === kept.form);
    if (!form) return;
    sessionStorage.removeItem(KEY);
    const places = fields(form);
    kept.values.forEach(([name, value, checked], index) => {
      const place = places[index]?.name === name ? places[index] : null;
      if (!place) return;
      if (["checkbox", "radio"].includes(place.type)) place.checked = checked; else place.value = value;
    });
    form.scrollIntoView({ block: "center" });
    places.find((each) => each.value)?.focus();
  });
}
