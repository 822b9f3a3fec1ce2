/* Makes pages quicker to use. Nothing here is needed: everything works as links and forms.

   data-needs-script           is shown only where this runs
   data-focus                  takes the focus when the page opens
   data-submit, data-go        a form that is sent, a link that is followed when the page opens
   data-copy="id"              a button that copies the text of that element; data-copied: what is said then
   data-countdown="time"       shows the time that is left, with the words of data-days, data-hours, data-minutes, data-seconds and
                               data-over; the line around it (data-line) is spoken at 60 and at 10 seconds
   data-announce               its text is spoken when a part of the page comes with another one; needs an id
   data-keys                   a list: j and k move, x ticks, Enter opens, / searches (data-search), ? helps (#keys)
   data-keys-switch            a button that switches those keys off and on; data-off and data-on are its words
   data-passkey="get|create"   a form: asks data-options for a challenge, the device for its answer, and is sent
   data-filter                 a field: of its section's lines with data-filtered those are shown that hold what is typed
   data-chosen="name"          says how many boxes of that name are ticked, with the words of data-none and data-some
   data-sent on body           the page answers a form, and is another one when it is opened again
   data-events on body         the stream that says when something changed: "changed" is then raised on body */
"use strict";
(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const live = () => document.getElementById("live");

  const say = (words) => {
    const region = live();
    if (!region || !words) return;
    region.textContent = "";
    // An empty moment, or the same words again would not be spoken.
    setTimeout(() => { region.textContent = words.replace(/\s+/g, " ").trim(); }, 100);
  };

  // Time that is left, by the server's clock

  const ahead = Date.parse(document.body.dataset.now || "") - Date.now() || 0;
  const filled = (words, values) => words.replace(/\{(\w)\}/g, (_, name) => values[name]);

  const tick = () => {
    for (const element of all("[data-countdown]")) {
      const left = Math.max(0, Math.ceil((Date.parse(element.dataset.countdown) - Date.now() - ahead) / 1000));
      const days = left >= 172800 ? Math.floor(left / 86400) : 0;
      const values = { d: days, h: Math.floor((left - days * 86400) / 3600), m: Math.floor((left % 3600) / 60), s: left % 60 };
      const data = element.dataset;
      let words = data.seconds;
      if (left === 0) words = data.over;
      else if (days) words = data.days;
      else if (left >= 3600) words = data.hours;
      else if (left >= 60) words = data.minutes;
      const text = filled(words, values);
      if (element.textContent !== text) element.textContent = text;
      if (left === 60 || left === 10) {
        if (data.said !== String(left)) say((element.closest("[data-line]") || element).textContent);
        data.said = String(left);
      }
    }
  };

  // What changed is spoken

  const announced = new Map();
  const announce = () => {
    for (const element of all("[data-announce][id]")) {
      const before = announced.get(element.id);
      if (before !== undefined && before !== element.textContent) say(element.textContent);
      announced.set(element.id, element.textContent);
    }
  };

  const prepare = () => {
    for (const element of all("[data-needs-script]")) element.hidden = false;
    putBack();
    countChosen();
    tick();
    announce();
  };

  // Boxes that are ticked, and lists that are long

  const ticked = (name) => all(`input[type=checkbox][name="${name}"]:checked`);
  const countChosen = () => {
    for (const element of all("[data-chosen]")) {
      const n = ticked(element.dataset.chosen).length;
      element.textContent = n ? filled(element.dataset.some, { n }) : element.dataset.none;
    }
  };

  const filter = (field) => {
    const wanted = field.value.normalize("NFKC").toLowerCase().trim();
    const section = field.closest("section");
    for (const line of all("[data-filtered]", section)) {
      line.hidden = !line.textContent.normalize("NFKC").toLowerCase().includes(wanted);
      if (!wanted || line.hidden) continue;
      for (let around = line.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
    }
    for (const group of all(".group", section)) group.hidden = !group.querySelector("[data-filtered]:not([hidden])");
  };

  // What somebody typed, ticked or opened stays when a part of the page comes anew, and so does where they are

  const FIELDS = "input:not([type=hidden]), textarea, select";
  const KEYS = "button, a[href], summary";
  const isBox = (field) => field.type === "checkbox" || field.type === "radio";
  const isTouched = (field) =>
    field.tagName === "SELECT" || (isBox(field) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue);
  const pressed = (button) => `${button.getAttribute("formaction") || button.getAttribute("href")} ${button.textContent.trim()}`;

  // Fields by form, name and, where several have one name, order.
  const named = (root) => {
    const seen = new Map();
    return all(FIELDS, root).map((field) => {
      const name = `${field.form?.getAttribute("action")} ${field.name} ${isBox(field) ? field.value : ""}`;
      seen.set(name, (seen.get(name) || 0) + 1);
      return [`${name} ${seen.get(name)}`, field];
    });
  };

  let kept = null;
  const keep = (root) => {
    // A part that came back with mistakes holds what was typed as if it had always stood there.
    const keepsAll = root.querySelector("[aria-invalid]") !== null;
    const active = document.activeElement;
    kept = {
      id: root.id,
      fields: new Map(named(root).filter(([, field]) => keepsAll || isTouched(field)).map(([name, field]) => [name, [field.value, field.checked]])),
      opened: all("details[open] > summary", root).map((summary) => summary.textContent),
      at: root.contains(active) && !active.id && active.matches(KEYS) ? pressed(active) : null,
    };
  };
  const putBack = () => {
    const root = kept && document.getElementById(kept.id);
    if (!root) return;
    for (const [name, field] of named(root).filter(([name]) => kept.fields.has(name))) {
      const [value, checked] = kept.fields.get(name);
      if (isBox(field)) field.checked = checked;
      else field.value = value;
    }
    for (const summary of all("details > summary", root)) {
      if (kept.opened.includes(summary.textContent)) summary.parentElement.open = true;
    }
    all(KEYS, root).find((button) => pressed(button) === kept.at)?.focus({ preventScroll: true });
    kept = null;
  };

  // A page whose session ended leaves for the sign-in by itself: what was typed waits in this tab until it is back

  const ASIDE = "mailguard-typed";
  const putAside = () => {
    const main = document.getElementById("main");
    const fields = named(main)
      .filter(([, field]) => isTouched(field) && field.type !== "password" && field.type !== "file")
      .map(([name, field]) => [name, [field.value, field.checked]]);
    const opened = all("details[open] > summary", main).map((summary) => summary.textContent);
    sessionStorage.setItem(ASIDE, JSON.stringify({ path: location.pathname, who: document.body.dataset.who, fields, opened }));
  };
  const takeUp = () => {
    const aside = JSON.parse(sessionStorage.getItem(ASIDE) || "null");
    if (!aside || aside.path !== location.pathname) return;
    sessionStorage.removeItem(ASIDE);
    if (aside.who === document.body.dataset.who) kept = { id: "main", fields: new Map(aside.fields), opened: aside.opened, at: null };
  };

  // A press is not cut in two: what comes meanwhile is asked for again.
  let isDown = false;
  let isMissed = false;
  const lift = () => setTimeout(() => {
    isDown = false;
    if (isMissed) document.body.dispatchEvent(new CustomEvent("changed"));
    isMissed = false;
  }, 0);

  // Copying

  const copy = async (button) => {
    const source = document.getElementById(button.dataset.copy);
    if (!source) return;
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
    } catch {
      // Without HTTPS there is no clipboard: the text is selected, and the person copies it.
      getSelection().selectAllChildren(source);
      return;
    }
    say(button.dataset.copied);
    const word = button.querySelector("span") || button;
    const before = word.textContent;
    word.textContent = button.dataset.copied;
    setTimeout(() => { word.textContent = before; }, 3000);
  };

  // Passkeys

  const hasPasskeys = () => "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;

  const passkey = async (form) => {
    const failed = form.querySelector("[data-passkey-failed]");
    failed.hidden = true;
    try {
      const answer = await fetch(form.dataset.options, { method: "POST", credentials: "same-origin" });
      if (!answer.ok) throw new Error("no challenge");
      const options = await answer.json();
      const isNew = form.dataset.passkey === "create";
      const publicKey = isNew
        ? PublicKeyCredential.parseCreationOptionsFromJSON(options)
        : PublicKeyCredential.parseRequestOptionsFromJSON(options);
      const made = isNew
        ? await navigator.credentials.create({ publicKey })
        : await navigator.credentials.get({ publicKey });
      form.elements.response.value = JSON.stringify(made.toJSON());
      form.submit();
    } catch {
      failed.hidden = false;
    }
  };

  // Keys

  const keysAreOff = () => localStorage.getItem("mailguard-keys") === "off";
  const rows = () => all("[data-keys] > *").filter((row) => row.querySelector("a[href]"));

  const move = (by) => {
    const list = rows();
    const at = list.findIndex((row) => row.classList.contains("is-at"));
    const next = list[at < 0 && by > 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + by))];
    if (!next) return;
    for (const row of list) row.classList.toggle("is-at", row === next);
    next.querySelector("a[href]").focus();
    next.scrollIntoView({ block: "nearest" });
  };

  const onKey = (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || keysAreOff()) return;
    const here = event.target.closest("[data-keys] > *") || document.querySelector("[data-keys] > .is-at");
    if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
    else if (event.key === "x" && here) here.querySelector("input[type=checkbox]")?.click();
    else if (event.key === "/" && document.querySelector("[data-search]")) document.querySelector("[data-search]").focus();
    else if (event.key === "?" && document.getElementById("keys")) document.getElementById("keys").showModal();
    else return;
    event.preventDefault();
  };

  const showSwitch = () => {
    for (const button of all("[data-keys-switch]")) {
      button.textContent = keysAreOff() ? button.dataset.on : button.dataset.off;
    }
  };

  // Changes: a hint to look again. Streams are ended on pages nobody sees: browsers open few of them.

  let stream = null;
  const listen = () => {
    const path = document.body.dataset.events;
    if (!path) return;
    if (document.hidden) {
      stream?.close();
      stream = null;
    } else if (!stream) {
      stream = new EventSource(path);
      stream.addEventListener("queue", () => document.body.dispatchEvent(new CustomEvent("changed")));
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.copy) copy(button);
    if ("keysSwitch" in button.dataset) {
      localStorage.setItem("mailguard-keys", keysAreOff() ? "on" : "off");
      showSwitch();
    }
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.dataset.passkey) return;
    event.preventDefault();
    passkey(event.target);
  });
  document.addEventListener("keydown", onKey);
  document.addEventListener("visibilitychange", () => {
    listen();
    if (!document.hidden && document.body.dataset.events) document.body.dispatchEvent(new CustomEvent("changed"));
  });
  document.addEventListener("change", countChosen);
  document.addEventListener("input", (event) => {
    if ("filter" in event.target.dataset) filter(event.target);
  });
  document.addEventListener("pointerdown", () => { isDown = true; });
  document.addEventListener("pointerup", lift);
  document.addEventListener("pointercancel", lift);
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (isDown && event.detail.shouldSwap) {
      event.detail.shouldSwap = false;
      isMissed = true;
    } else if (event.detail.shouldSwap) keep(event.detail.target);
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Redirect")) putAside();
  });
  // Settled in the moment it is swapped (htmx-config): a part without what was ticked in it is never seen or pressed.
  document.addEventListener("htmx:afterSettle", prepare);
  document.addEventListener("htmx:configRequest", (event) => {
    // What a page asks by itself is no sign that somebody is there: it does not keep a session alive.
    const cause = event.detail.triggeringEvent;
    if (!cause || cause.type === "changed") event.detail.headers["X-Background"] = "1";
  });
  document.addEventListener("DOMContentLoaded", () => {
    for (const element of all("[data-passkey]")) element.hidden = !hasPasskeys();
    for (const element of all("[data-without-passkeys]")) element.hidden = hasPasskeys();
    // Back, or loaded anew: the page is asked for, and what was sent is not sent again.
    if ("sent" in document.body.dataset) history.replaceState(null, "");
    takeUp();
    prepare();
    showSwitch();
    setInterval(tick, 1000);
    listen();
    document.querySelector("[data-focus]")?.focus();
    document.querySelector("form[data-submit]")?.requestSubmit();
    const away = document.querySelector("a[data-go]");
    if (away) location.replace(away.href);
  });
})();
