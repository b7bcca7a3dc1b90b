"""Rows measured in Chromium: from a step's end to the changed page, a first page without a cache, and the next one."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal

from playwright.async_api import async_playwright

from core.runs.dispatch import start_workflow
from tests.bench.figures import Row, ms, p50_p95, percentile
from tests.bench.people import make_tenant
from tests.bench.workflows import driver
from workflows.files.contract import INGEST
from workflows.files.start import start_ingest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from playwright.async_api import Page

    from tests.bench.people import Tenant
    from tests.bench.product import Product
    from tests.bench.workflows import Driver

FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
RUNS = 8
LOADS = 5
SWITCHES = 24
FIGURE_DOM, FIGURE_LOAD, FIGURE_SWITCH = 0.150, 1.0, 0.100
FIGURE_ALL, FIGURE_SCRIPT = 100, 60
FIGURE_SHIFT = 0.05
ASSETS = frozenset({"Stylesheet", "Script", "Image", "Font"})

WIDTHS = (390, 1440)
SECONDS_TO_SETTLE = 1.5
PATHS = ("/", "/files", "/runs", "/members", "/preferences")

# https://web.dev/articles/cls: the sum of what moved without anybody's doing, in one burst; here the whole load counts.
WATCH_SHIFTS = """
  window.shifted = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({type: 'layout-shift', buffered: true});
"""
WATCH_STEPS = """() => {
  window.seen = {};
  const look = () => document.querySelectorAll('main .step').forEach((step, at) => {
    if (step.dataset.state === 'done') window.seen[at] ??= performance.timeOrigin + performance.now();
  });
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, attributes: true});
}"""
SWITCH = """path => new Promise(resolve => {
  const began = performance.now();
  const observer = new MutationObserver(() => {
    if (location.pathname !== path || document.querySelector('#main')?.classList.contains('htmx-swapping')) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
  });
  observer.observe(document.body, {subtree: true, childList: true});
  document.querySelector(`header a[href="${path}"]`).click();
})"""


async def measure(product: Product) -> list[Row]:
    """Open the product in Chromium as a signed-in person."""
    tenant = make_tenant(product, "browser", 1)
    # A first visit has no service worker; one of a load before would serve all and leave nothing to be counted.
    async with _page(product, tenant, service_workers="block") as page:
        rows = [*await _first_page(page, product), await _layout_shift(page, product)]
    async with _page(product, tenant) as page:
        rows.append(await _switches(page, product))
    async with driver(product, tenant) as given, _page(product, tenant) as page:
        return [await _steps(given, page, product), *rows]


@asynccontextmanager
async def _page(
    product: Product, tenant: Tenant, service_workers: Literal["allow", "block"] = "allow"
) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        context = await browser.new_context(service_workers=service_workers)
        # Chromium counts localhost as secure, but lets a secure cookie be set only for an https address.
        address = _url(product).replace("http:", "https:")
        cookie = {"name": "__Host-adx_session", "value": tenant.people[0].token, "url": address, "secure": True}
        await context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict of the same keys
        yield await context.new_page()
        await browser.close()


def _url(product: Product, path: str = "/") -> str:
    return f"http://{product.host('browser')}{path}"


async def _first_page(page: Page, product: Product) -> list[Row]:
    """Load the dashboard again and again with an empty cache."""
    wire = await page.context.new_cdp_session(page)
    await wire.send("Network.enable")
    kinds: dict[str, str] = {}
    received: dict[str, int] = {}
    wire.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    wire.on("Network.loadingFinished", lambda event: received.update({event["requestId"]: event["encodedDataLength"]}))
    took = []
    for _ in range(LOADS):
        await wire.send("Network.clearBrowserCache")
        received.clear()
        await page.goto(_url(product), wait_until="load")
        timing: dict[str, float] = await page.evaluate("performance.getEntriesByType('navigation')[0].toJSON()")
        took.append(timing["loadEventStart"] / 1000)
        await asyncio.sleep(0.3)
    assets = {key: size for key, size in received.items() if kinds.get(key) in ASSETS}
    script = sum(size for key, size in assets.items() if kinds[key] == "Script") / 1000
    document = sum(size for key, size in received.items() if kinds.get(key) == "Document") / 1000
    whole = sum(assets.values()) / 1000 + document
    if not (document and script):
        raise RuntimeError("no bytes of the first page were seen on the wire")
    return [
        Row(
            "first page, cold cache, in Chromium",
            p50_p95(took),
            f"{LOADS} loads",
            figure=f"< {ms(FIGURE_LOAD)}",
            met=percentile(took, 95) < FIGURE_LOAD,
        ),
        Row(
            "bytes of the first page, compressed, page and all assets",
            f"{whole:.0f} KB, of it JavaScript {script:.0f} KB",
            f"page {document:.0f} KB",
            figure=f"< {FIGURE_ALL} KB, JavaScript < {FIGURE_SCRIPT} KB",
            met=whole < FIGURE_ALL and script < FIGURE_SCRIPT,
        ),
    ]


async def _layout_shift(page: Page, product: Product) -> Row:
    """Load every page with an empty cache, on a phone and on a wide screen, and add up what moves by itself."""
    await page.add_init_script(WATCH_SHIFTS)
    wire = await page.context.new_cdp_session(page)
    found: dict[str, float] = {}
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        for path in PATHS:
            await wire.send("Network.clearBrowserCache")
            await page.goto(_url(product, path), wait_until="load")
            await asyncio.sleep(SECONDS_TO_SETTLE)
            found[f"{path} at {width}"] = await page.evaluate("window.shifted")
    worst = max(found, key=found.__getitem__)
    return Row(
        "layout shift of a first page, cold cache",
        f"{found[worst]:.3f} ({worst})",
        f"{len(found)} pages",
        figure=f"<= {FIGURE_SHIFT}",
        met=found[worst] <= FIGURE_SHIFT,
    )


async def _switches(page: Page, product: Product) -> Row:
    """Go from page to page by the links of the navigation."""
    await page.goto(_url(product), wait_until="load")
    await asyncio.sleep(0.5)
    took = []
    for number in range(SWITCHES):
        path = ("/files", "/runs")[number % 2]
        took.append(await asyncio.wait_for(page.evaluate(SWITCH, path), 10) / 1000)
        await asyncio.sleep(0.3)
    met = percentile(took, 95) < FIGURE_SWITCH
    return Row(
        "switch of the page by a link, click to painted",
        p50_p95(took),
        f"{SWITCHES} clicks",
        figure=f"p95 < {ms(FIGURE_SWITCH)}",
        met=met,
    )


async def _steps(given: Driver, page: Page, product: Product) -> Row:
    """Watch runs on their own page; the workflow starts when the page is ready."""
    took: list[float] = []
    for _ in range(RUNS):
        took += await _one_run(given, page, product)
    met = percentile(took, 95) < FIGURE_DOM
    return Row(
        "step finished in the worker to changed page in Chromium",
        p50_p95(took),
        f"{len(took)} steps",
        figure=f"p95 < {ms(FIGURE_DOM)}",
        met=met,
    )


async def _one_run(given: Driver, page: Page, product: Product) -> list[float]:
    file = await given.upload()
    async with given.db.unit_of_work(given.ctx, "files") as uow:
        run = await start_ingest(uow, file)
        start = uow.starts.pop()
    await page.goto(_url(product, run.path), wait_until="load")
    await page.evaluate(WATCH_STEPS)
    await asyncio.sleep(0.5)
    await start_workflow(given.client, start)
    seen: dict[str, float] = {}
    while len(seen) < len(INGEST.steps):  # asked again and again: the page's policy lets nothing wait within it
        await asyncio.sleep(0.2)
        seen = await page.evaluate("window.seen")
    ended = _ended_at(product, run.id)
    return [at / 1000 - ended[INGEST.steps[int(number)].name] for number, at in seen.items()]


def _ended_at(product: Product, run_id: UUID) -> dict[str, float]:
    query = "select name, extract(epoch from ended_at)::float from platform.run_steps where run_id = %s"
    with product.connect() as connection:
        rows: Any = connection.execute(query, (run_id,)).fetchall()
    return dict(rows)
