// The part of a page that keeps itself up to date: says until when it was, and admits it when the portal is out of reach.
"use strict";

(() => {
  const element = (id) => document.getElementById(id);
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const twoDigits = (number) => String(number).padStart(2, "0");
  // Written like the server's moments (sensors/templatetags/nsm.py).
  const utc = (at) =>
    `${at.getUTCDate()} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()}, ` +
    `${twoDigits(at.getUTCHours())}:${twoDigits(at.getUTCMinutes())}:${twoDigits(at.getUTCSeconds())} UTC`;

  let lastHeard = utc(new Date());

  const heard = () => {
    lastHeard = utc(new Date());
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
      element("how-to-update").textContent = "Keeps itself up to date.";
    }
    if (element("errors")) {
      element("errors").focus();
    }
  });
})();
