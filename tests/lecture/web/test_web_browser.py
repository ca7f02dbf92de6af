"""The site in a browser: no complaints, no wide pages, a player and a filter that work."""

import shutil

import pytest

pytest.importorskip("jupytext")
pytest.importorskip("math_core")
from browser import FOUND, Browser
from tiny_site import PAGES

from minnet.lecture.web import pages

LOW_CONTRAST = """(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, k) => sum + c * [0.2126, 0.7152, 0.0722][k], 0);
  const ground = (element) => {
    for (; element; element = element.parentElement) {
      const colour = parts(getComputedStyle(element).backgroundColor);
      if (colour[3] !== 0) return colour;
    }
    return [255, 255, 255];
  };
  const low = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let seen = 0, node; node = walk.nextNode();) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility()) continue;
    const [a, b] = [parts(getComputedStyle(element).color), ground(element)].map(light);
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.push([node.data.trim(), element.className, ratio]);
  }
  return low;
})()"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if FOUND is None:
        pytest.skip("no Chromium is installed, to open the pages in")
    profile = tmp_path_factory.mktemp("chromium")
    opened = Browser(profile)
    yield opened
    opened.close()
    shutil.rmtree(profile, ignore_errors=True)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_from_a_file_without_complaint(browser, site, name):
    browser.open(site / name)
    sizes = browser.js(
        "Promise.all([...document.images].map(async image => { image.loading = 'eager';"
        " await image.decode(); return image.naturalWidth; }))"
    )
    assert all(size > 100 for size in sizes)
    asked = [e["params"]["request"]["url"] for e in browser.events
             if e["method"] == "Network.requestWillBeSent"]  # fmt: skip
    assert asked and all(url.startswith(("file:", "data:", "about:")) for url in asked)
    wrong = ("Network.loadingFailed", "Log.entryAdded", "Runtime.exceptionThrown",
             "Runtime.consoleAPICalled")  # fmt: skip
    assert not [event for event in browser.events if event["method"] in wrong]


@pytest.mark.parametrize("width", [320, 360, 800, 1400])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_its_screen(browser, site, name, width):
    browser.open(site / name, width=width)
    assert browser.js("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_browser_finds_no_text_that_is_hard_to_read(browser, site, name, scheme):
    browser.open(site / name, scheme=scheme)
    dark = browser.js("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark is (scheme == "dark")
    assert browser.js(LOW_CONTRAST) == []


def test_the_player_plays_and_can_be_set(browser, site):
    browser.open(site / "scenes.html")
    told = (
        "[document.querySelector('polyline').points.length,"
        " +document.querySelector('.player input').value]"
    )
    steps = browser.js("+document.querySelector('.player input').max")
    assert browser.js(told) == [steps + 1, steps]
    moved, says = browser.js(
        "new Promise(done => { const player = document.querySelector('.player');"
        " const [button, slider, clock] = player.querySelectorAll('button, input, output');"
        " const look = () => +slider.value > 1 && done([+slider.value, button.textContent]);"
        " new MutationObserver(look).observe(clock, {childList: true}); button.click();"
        " setTimeout(() => done([0, 'it stood still']), 60000); })"
    )
    assert 1 < moved < steps and says == "Pause"
    browser.js("{ const slider = document.querySelector('.player input'); slider.value = 7;"
               " slider.dispatchEvent(new Event('input')); }")  # fmt: skip
    assert browser.js(told) == [8, 7]
    assert browser.js("document.querySelector('output').textContent") == f"step 7 of {steps}"


def test_the_filter_shows_one_verdict(browser, site):
    browser.open(site / "index.html")
    browser.js("document.querySelector('input[value=refuted]').click()")
    shown = browser.js("[...document.querySelectorAll('tbody tr')].filter(row =>"
                       " row.checkVisibility()).map(row => row.className)")  # fmt: skip
    assert shown == ["refuted"]


def test_the_keyboard_reaches_the_text_first(browser, site):
    browser.open(site / "6x.html", width=360)
    assert browser.js("document.querySelector('.contents details').open") is False
    browser.press("Tab")
    assert browser.js("document.activeElement.className") == "skip"
    browser.press("Enter")
    reached = browser.js(
        "new Promise(done => { let looks = 6000; const look = () => {"
        " const { id } = document.activeElement;"
        " id === 'main' || !--looks ? done(id) : setTimeout(look, 10); }; look(); })"
    )
    assert reached == "main"


def test_the_pages_file_names_are_those_tested(site):
    assert pages.FRONT in PAGES and set(pages.STATIC) <= {path.name for path in site.iterdir()}
