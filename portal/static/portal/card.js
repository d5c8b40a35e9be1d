// The QR code of a loss card has the code behind a #, which no browser sends to anybody: here it goes into the field.
"use strict";

(() => {
  const take = () => {
    const field = document.getElementById("id_code");
    const code = location.hash.slice(1);
    if (field && /^[0-9A-Za-z-]{20,60}$/.test(code)) {
      field.value = code;
      // Neither the address bar nor the browser's history keeps it.
      history.replaceState(null, "", location.pathname);
    }
  };
  addEventListener("hashchange", take);
  take();
})();
