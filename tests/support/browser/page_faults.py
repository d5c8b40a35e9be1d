"""What is wrong with a page that stands in a browser: structure, labels, sizes, contrast."""

from playwright.sync_api import Page

# Contrast as WCAG 2.2 computes it (1.4.3): 4.5 to 1, or 3 to 1 for large type.
_SCRIPT = """
() => {
  const faults = [];
  const say = (what, element) =>
    faults.push(what + ": " + (element ? element.outerHTML.slice(0, 120).replace(/\\s+/g, " ") : ""));
  const seen = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && !element.closest(".visually-hidden, .skip");

  if (document.querySelectorAll("h1").length !== 1) say("not exactly one h1");
  if (document.querySelectorAll("main").length !== 1) say("not exactly one main");
  if (!document.querySelector("header")) say("no header");
  if (!document.documentElement.lang) say("no language");
  if (!document.title.trim()) say("no title");
  if (document.documentElement.scrollWidth > window.innerWidth) say("wider than the window");

  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) say("id used twice, " + id);
  for (const element of document.querySelectorAll("[style], script:not([src]), style"))
    if (element.type !== "application/json") say("inline style or script", element);
  for (const element of document.querySelectorAll("[aria-labelledby], [aria-describedby]"))
    for (const name of ["aria-labelledby", "aria-describedby"])
      for (const id of (element.getAttribute(name) || "").split(" ").filter(Boolean))
        if (!document.getElementById(id)) say(name + " leads nowhere", element);
  const fields = "input:not([type=hidden], [hidden]), textarea, select";
  for (const field of document.querySelectorAll(fields))
    if (!(field.labels && field.labels.length) && !field.ariaLabel) say("field without label", field);
  for (const pressed of document.querySelectorAll("a, button"))
    if (!pressed.textContent.trim() && !pressed.ariaLabel) say("nothing to read on it", pressed);
  for (const pressed of document.querySelectorAll(".button, .tile, " + fields))
    if (seen(pressed) && !["radio", "checkbox"].includes(pressed.type))
      if (pressed.getBoundingClientRect().height < 44) say("lower than 44 pixels", pressed);

  const rgba = (text) => {
    const numbers = text.match(/[\\d.]+/g).map(Number);
    return { rgb: numbers.slice(0, 3), alpha: numbers.length > 3 ? numbers[3] : 1 };
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let up = element; up; up = up.parentElement) {
      const colour = rgba(getComputedStyle(up).backgroundColor);
      if (colour.alpha === 1) return colour.rgb;
    }
    return [255, 255, 255];
  };
  for (const element of document.body.querySelectorAll("*")) {
    const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    if (!own || !seen(element) || element.closest("noscript, option")) continue;
    const style = getComputedStyle(element);
    const [light, dark] = [luminance(rgba(style.color).rgb), luminance(ground(element))].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) say("contrast " + ratio.toFixed(2), element);
  }
  return faults;
}
"""


def faults_of(page: Page) -> list[str]:
    found: list[str] = page.evaluate(_SCRIPT)
    return found
