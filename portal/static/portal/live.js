// The part of a page that keeps itself up to date: says until when it was, and admits it when the portal is out of reach.
"use strict";

(() => {
  const element = (id) => document.getElementById(id);
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const twoDigits = (number) => String(number).padStart(2, "0");
  const clock = (at) => `${twoDigits(at.getUTCHours())}:${twoDigits(at.getUTCMinutes())}:${twoDigits(at.getUTCSeconds())} UTC`;
  // Written like the server's moments (sensors/fleet/moments.py): in English and UTC by ourselves, otherwise as the
  // browser knows language and zone, with UTC beside it.
  const written = (at) => {
    const { lang } = document.documentElement;
    const { zone } = document.body.dataset;
    if (lang === "en" && !zone) {
      return `${at.getUTCDate()} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()}, ${clock(at)}`;
    }
    const parts = { dateStyle: "medium", timeStyle: "long", timeZone: zone || "UTC", hourCycle: "h23" };
    const here = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, parts).format(at);
    return zone ? `${here} (${clock(at)})` : here;
  };

  let lastHeard = written(new Date());

  const heard = () => {
    lastHeard = written(new Date());
    element("stale").hidden = true;
    element("as-of").textContent = lastHeard;
  };

  const lost = () => {
    element("stale-since").textContent = lastHeard;
    element("stale").hidden = false;
  };

  // A redirect means that the session is over, a refusal that the page is not this person's any more: the whole page has to say so.
  const hasMoved = (xhr, path) =>
    (xhr.status >= 400 && xhr.status < 500) || new URL(xhr.responseURL, location.href).pathname !== path;

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (hasMoved(event.detail.xhr, location.pathname)) {
      event.detail.shouldSwap = false;
      location.reload();
    }
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) {
      heard();
    } else {
      lost();
    }
  });

  // Sending a report twice does no harm; a person who presses should still see that the first press has arrived.
  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("[data-sending]");
    if (button) {
      button.textContent = button.dataset.sending;
    }
  });

  document.addEventListener("DOMContentLoaded", () => {
    if (element("how-to-update")) {
      element("how-to-update").textContent = element("how-to-update").dataset.updating;
    }
    if (element("errors")) {
      element("errors").focus();
    }
  });
})();
