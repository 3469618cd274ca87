// What a page does beyond plain HTML: words saved as typed, the warning before a session ends, small comforts.
// Everything works without it. docs/guide/ui.md states the contract of data-autosave.

const PAUSE = 800;
const LONGEST_WAIT = 60_000;
const STORE = "qaf-unsent:";
const SENT = "qaf-sent";
const WARN_SECONDS = 120;

let restartSession = () => {};

export function start(govuk) {
  govuk.initAll();
  document.body.addEventListener("htmx:afterSettle", (event) => govuk.initAll({ scope: event.detail.elt }));
  forgetWhatArrived();
  const savers = [...document.querySelectorAll("form[data-autosave]")].map((form) => new Autosave(form));
  startSession();
  clearOnSignOut(savers);
  foldFilters();
  closeMenus();
}

function csrfToken(form) {
  const own = form?.querySelector("input[name=csrfmiddlewaretoken]");
  return own ? own.value : JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
}

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function button(text, classes, act) {
  const made = element("button", { type: "button", class: `govuk-button ${classes}` }, text);
  made.addEventListener("click", act);
  return made;
}

function clock(when) {
  const options = { hour: "numeric", minute: "2-digit", hour12: true, timeZone: "Europe/London" };
  return new Date(when).toLocaleTimeString("en-GB", options).replace(/\s/g, "").toLowerCase();
}

// Saved as typed -----------------------------------------------------------------------------------------------------

class Autosave {
  constructor(form) {
    this.form = form;
    this.key = STORE + (form.dataset.key || form.dataset.autosave);
    this.status = form.querySelector("[data-autosave-status]");
    this.saved = this.words();
    this.waits = 0;
    this.timer = null;
    this.running = null;
    this.choosing = false;
    this.leaving = false;
    this.signingOut = false;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("submit", (event) => this.submitted(event));
    window.addEventListener("online", () => this.dirty() && this.save());
    window.addEventListener("beforeunload", (event) => {
      if (!this.leaving && this.dirty()) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && !this.leaving && this.dirty()) this.save({ keepalive: true });
    });
    this.offerBack();
  }

  values() {
    const found = {};
    for (const [name, value] of new FormData(this.form)) {
      if (name === "csrfmiddlewaretoken" || name === "version" || typeof value !== "string") continue;
      (found[name] ??= []).push(value.replace(/\r\n/g, "\n"));
    }
    return found;
  }

  words() {
    return JSON.stringify(this.values());
  }

  dirty() {
    return this.words() !== this.saved;
  }

  changed() {
    this.signingOut = false;
    if (!this.dirty()) return this.forget();
    this.keep();
    if (!this.choosing) this.later(PAUSE);
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  keep() {
    if (this.signingOut) return;
    try {
      sessionStorage.setItem(this.key, this.words());
    } catch {
      // A full or forbidden store costs only the copy; saving to the server goes on.
    }
  }

  forget() {
    try {
      sessionStorage.removeItem(this.key);
    } catch {
      // Nothing was kept.
    }
  }

  say(state, text) {
    if (!this.status) return;
    const spoken = this.status.querySelector("[data-autosave-spoken]");
    const shown = this.status.querySelector("[data-autosave-text]");
    if (shown) shown.textContent = text;
    if (spoken && this.status.dataset.state !== state) spoken.textContent = text;
    this.status.dataset.state = state;
  }

  save(options = {}) {
    clearTimeout(this.timer);
    if (this.running || this.choosing || !this.dirty()) return this.running;
    this.running = this.send(options).finally(() => {
      this.running = null;
    });
    return this.running;
  }

  async send(options) {
    const sent = this.words();
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) if (typeof value === "string") data.append(name, value);
    let answer;
    try {
      answer = await fetch(this.form.dataset.autosave, {
        method: "POST",
        body: data,
        redirect: "manual",
        keepalive: Boolean(options.keepalive),
        headers: { Accept: "application/json", "X-CSRFToken": csrfToken(this.form), "X-Requested-With": "autosave" },
      });
    } catch {
      return this.failed();
    }
    const body = answer.headers.get("content-type")?.includes("json") ? await answer.json().catch(() => null) : null;
    if (answer.ok && body) return this.done(sent, body);
    if (answer.status === 409 && body) return this.conflict(body);
    if (answer.status === 422 && body) return this.invalid(body);
    return this.failed();
  }

  done(sent, body) {
    this.saved = sent;
    this.waits = 0;
    this.setVersion(body.version);
    this.say("saved", `Saved at ${clock(body.saved_at)}`);
    restartSession();
    if (this.dirty()) this.later(PAUSE);
    else this.forget();
  }

  failed() {
    this.say("unsaved", "Not saved – we will keep trying");
    this.keep();
    this.later(Math.min(LONGEST_WAIT, 2000 * 2 ** this.waits++));
  }

  invalid(body) {
    const first = Object.values(body.errors || {}).flat()[0] || "something needs to be put right";
    this.say("invalid", `Not saved: ${first}`);
  }

  setVersion(version) {
    const field = this.form.elements.namedItem("version");
    if (field && version !== undefined) field.value = version;
  }

  // Waits for a save under way, so that the form is not sent with a version that is just being replaced.
  submitted(event) {
    if (this.running) {
      event.preventDefault();
      const submitter = event.submitter;
      this.running.then(() => this.form.requestSubmit(submitter));
      return;
    }
    clearTimeout(this.timer);
    this.leaving = true;
    try {
      sessionStorage.setItem(SENT, this.key);
    } catch {
      // Nothing was kept, so nothing will be offered back.
    }
  }

  conflict(body) {
    const mine = this.values();
    // A group of checkboxes answers with a list, every other control with one text.
    const given = (texts) => JSON.stringify([texts].flat().map((one) => String(one ?? "").replace(/\r\n/g, "\n")).filter(Boolean).sort());
    const theirs = Object.entries(body.theirs || {}).filter(
      ([name, texts]) => this.form.elements.namedItem(name) && given(texts) !== given(mine[name] ?? []),
    );
    const who = body.saved_by || "Someone else";
    this.setVersion(body.version);
    if (!theirs.length) return this.later(PAUSE);
    this.choosing = true;
    this.say("conflict", `${who} changed this too. Choose which words to keep.`);
    let open = theirs.length;
    const settle = () => {
      if (--open) return;
      this.choosing = false;
      this.save() ?? this.done(this.words(), { version: body.version, saved_at: Date.now() });
    };
    for (const [name, texts] of theirs) this.ask(name, [texts].flat().map((one) => String(one ?? "")), who, settle);
  }

  ask(name, texts, who, settle) {
    const control = [this.form.elements.namedItem(name)].flatMap((one) => (one instanceof RadioNodeList ? [...one] : [one]));
    const group = control[0].closest(".govuk-form-group") || control[0].parentElement;
    const choice = (text) => control.find((one) => ["radio", "checkbox"].includes(one.type) && one.value === text);
    const shown = texts.map((text) => choice(text)?.labels[0].textContent.trim() ?? text).join(", ") || "(nothing)";
    const box = element(
      "div",
      { class: "qaf-conflict", role: "group", "aria-label": "Two versions" },
      element("p", { class: "govuk-body" }, `${who} saved this while you were writing. Yours is still in the box above.`),
      element("div", { class: "qaf-conflict__text" }, shown),
    );
    const close = () => {
      box.remove();
      control[0].focus();
      settle();
    };
    const buttons = element(
      "div",
      { class: "govuk-button-group" },
      button("Keep mine", "", close),
      button("Use theirs", "govuk-button--secondary", () => {
        this.fill(name, texts);
        close();
      }),
    );
    box.append(buttons);
    group.after(box);
  }

  fill(name, values) {
    for (const control of this.form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
      else if (control.type !== "file") control.value = values[0] ?? "";
    }
  }

  offerBack() {
    let kept = null;
    try {
      kept = sessionStorage.getItem(this.key);
    } catch {
      return;
    }
    if (!kept || kept === this.saved) return this.forget();
    const close = (box) => {
      box.remove();
      this.form.querySelector("textarea, input:not([type=hidden])")?.focus();
    };
    const box = element(
      "div",
      { class: "qaf-conflict", role: "group", "aria-label": "Words that were not saved" },
      element("p", { class: "govuk-body" }, "You wrote something here that did not reach us before the page closed."),
    );
    const buttons = element(
      "div",
      { class: "govuk-button-group" },
      button("Put my words back", "", () => {
        const values = JSON.parse(kept);
        const names = new Set([...Object.keys(values), ...Object.keys(this.values())]);
        for (const name of names) this.fill(name, values[name] || []);
        close(box);
        this.changed();
      }),
      button("Leave them out", "govuk-button--secondary", () => {
        this.forget();
        close(box);
      }),
    );
    box.append(buttons);
    this.form.prepend(box);
  }
}

// The form sent from the page before: where this page says that it is done, its words need not be offered back.
function forgetWhatArrived() {
  try {
    const key = sessionStorage.getItem(SENT);
    sessionStorage.removeItem(SENT);
    if (key && document.querySelector(".govuk-notification-banner--success")) sessionStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}

function clearOnSignOut(savers) {
  for (const form of document.querySelectorAll("form[data-sign-out]")) {
    form.addEventListener("submit", () => {
      for (const saver of savers) {
        if (saver.dirty()) saver.save({ keepalive: true });
        saver.signingOut = true;
      }
      for (const key of Object.keys(sessionStorage)) if (key.startsWith(STORE)) sessionStorage.removeItem(key);
    });
  }
}

// The end of a session -----------------------------------------------------------------------------------------------

function startSession() {
  const dialog = document.getElementById("session-ending");
  if (!dialog) return;
  const length = Number(dialog.dataset.sessionSeconds) * 1000;
  const shown = dialog.querySelector("[data-session-left]");
  const spoken = dialog.querySelector("[data-session-spoken]");
  const others = "BroadcastChannel" in window ? new BroadcastChannel("qaf-session") : null;
  let ends = 0;
  let said = "";

  const extendTo = (moment) => {
    ends = Math.max(ends, moment);
    if (dialog.open && ends - Date.now() > WARN_SECONDS * 1000) dialog.close();
  };
  restartSession = (seconds) => {
    extendTo(Date.now() + (seconds ? seconds * 1000 : length));
    others?.postMessage(ends);
  };
  if (others) others.onmessage = (event) => extendTo(Number(event.data) || 0);
  restartSession();

  const stay = async () => {
    const headers = { "X-CSRFToken": csrfToken(dialog), Accept: "application/json" };
    const answer = await fetch(dialog.dataset.keepAlive, { method: "POST", redirect: "manual", headers }).catch(() => null);
    if (!answer?.ok) return;
    const body = await answer.json().catch(() => null);
    ends = 0;
    restartSession(body?.seconds);
  };
  dialog.querySelector("[data-session-stay]").addEventListener("click", stay);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  });

  setInterval(() => {
    const left = Math.round((ends - Date.now()) / 1000);
    if (left > WARN_SECONDS) return;
    if (!dialog.open) dialog.showModal();
    if (left <= 0) return signedOut(dialog);
    const text = left > 60 ? `${Math.ceil(left / 60)} minutes` : left > 30 ? "1 minute" : `${left} seconds`;
    shown.textContent = text;
    const milestone = left > 60 ? "2 minutes" : left > 30 ? "1 minute" : "30 seconds";
    if (said !== milestone) spoken.textContent = `You will be signed out in ${milestone}.`;
    said = milestone;
  }, 1000);
}

function signedOut(dialog) {
  if (dialog.dataset.over) return;
  dialog.dataset.over = "yes";
  const again = element("a", { class: "govuk-button", href: window.location.href }, "Sign in again");
  dialog.replaceChildren(
    element("h2", { class: "govuk-heading-m", id: "session-ending-title" }, "You have been signed out"),
    element("p", { class: "govuk-body" }, "Words that had not reached us yet are kept in this browser tab and offered back when you sign in."),
    again,
  );
  again.focus();
}

// Small comforts -----------------------------------------------------------------------------------------------------

function foldFilters() {
  if (window.matchMedia("(min-width: 64em)").matches) return;
  for (const panel of document.querySelectorAll("details[data-filter]")) {
    if (!panel.querySelector(".govuk-error-message")) panel.open = false;
  }
}

function closeMenus() {
  const menus = [...document.querySelectorAll("details.qaf-account")];
  document.addEventListener("click", (event) => {
    for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus.filter((one) => one.open)) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}
