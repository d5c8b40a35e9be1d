// Passkeys: fetches a challenge of the portal's, has the browser answer it, and sends the answer with the form.
// Without this script, or in a browser that knows no passkeys, a form says what else can be done.
"use strict";

(() => {
  const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
  const toText = (bytes) =>
    btoa(Array.from(new Uint8Array(bytes), (each) => String.fromCharCode(each)).join(""))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const withBytes = (each) => ({ ...each, id: toBytes(each.id) });

  // As `PublicKeyCredential.parseCreationOptionsFromJSON` and its like read it, which older browsers lack.
  const readOptions = (options) => {
    const read = { ...options, challenge: toBytes(options.challenge) };
    if (options.user) read.user = withBytes(options.user);
    if (options.excludeCredentials) read.excludeCredentials = options.excludeCredentials.map(withBytes);
    if (options.allowCredentials) read.allowCredentials = options.allowCredentials.map(withBytes);
    return read;
  };

  const written = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = toText(credential.response[name]);
    }
    return JSON.stringify({ id: credential.id, rawId: toText(credential.rawId), type: credential.type, response });
  };

  class Refused extends Error {}

  const challengeFor = async (form) => {
    const answer = await fetch(form.dataset.passkeyChallenge, { method: "POST", body: new FormData(form) });
    // A redirect means that the session is over, or that this step of it is: the page has to say so.
    if (answer.redirected) {
      location.reload();
      return new Promise(() => {});
    }
    const told = await answer.json();
    if (!answer.ok) throw new Refused(told.detail);
    return readOptions(told.publicKey);
  };

  const inWords = (error, words) => {
    if (error instanceof Refused) return error.message;
    if (error.name === "InvalidStateError") return words.there;
    if (error.name === "NotAllowedError") return words.nothing;
    return words.failed;
  };

  const begin = (form) => {
    const [button, said] = [form.querySelector("button[type=submit]"), form.querySelector("[data-passkey-said]")];
    const known = Boolean(window.PublicKeyCredential && navigator.credentials);
    for (const each of form.querySelectorAll("[data-passkey-needed]")) each.hidden = !known;
    for (const each of form.querySelectorAll("[data-passkey-missing]")) each.hidden = known;
    if (!known) return;
    // Also of a page that the browser kept while another one was looked at.
    addEventListener("pageshow", () => { button.disabled = false; });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      said.hidden = true;
      try {
        const publicKey = await challengeFor(form);
        const ask = form.dataset.passkey === "create" ? "create" : "get";
        form.elements.credential.value = written(await navigator.credentials[ask]({ publicKey }));
        form.submit();
      } catch (error) {
        said.textContent = inWords(error, form.querySelector("[data-passkey-words]").dataset);
        said.hidden = false;
        button.disabled = false;
      }
    });
  };

  document.querySelectorAll("form[data-passkey]").forEach(begin);
})();
