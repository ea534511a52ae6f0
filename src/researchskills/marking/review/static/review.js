// What the marking page does beyond being a form: a key for each level, sentence beginnings, and keeping what is
// typed. Without it the form works as it stands.
"use strict";

const KEPT = "what you type is kept in this browser";
const COPY = "If the course says that the page has another address now, copy what you typed and open that one.";
const GONE = `Not connected; ${KEPT}. It is sent when the course is back. ${COPY}`;
const STRANGER = `Another program answers at this address now, so nothing is sent to it; ${KEPT}. Start the course's `
  + `page again in its own window. ${COPY}`;
const SHUT_OUT = `This browser is not let in any more, so nothing can be saved; ${KEPT}. Open the address that stands `
  + "in the window where the course's page was started, in another tab, and come back here.";
const NO_FORM = `This answer is not there any more, so nothing can be saved; ${KEPT}. Copy what you typed and go on `
  + "from the overview.";
const FULL = `The course cannot write what you type (perhaps the disk is full); ${KEPT}.`;
const REFUSED = `The course cannot keep what you type just now; ${KEPT}. It is sent again.`;
const REASONS = {403: SHUT_OUT, 404: NO_FORM, 507: FULL};
// For how long a server that has answered counts as the same one, where there is no time to ask.
const TRUSTED = 60_000;

// -- the browser's own memory, for when the server is gone ------------------------------------------------------

// A browser may forbid it or be full; then the server's draft is the only one.
function remember(name, content) {
  try { localStorage.setItem(name, content); } catch { /* not here */ }
}

function recall(name) {
  try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
}

function forget(name) {
  try { localStorage.removeItem(name); } catch { /* nothing was kept */ }
}

function forgetPage(done) {
  if (!done) return;
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith("review ") && recall(name)?.page === done) localStorage.removeItem(name);
    }
  } catch { /* nothing was kept */ }
}

forgetPage(document.body.dataset.done);
const form = document.getElementById("form");
if (form) tend(form);

function tend(form) {
  const connection = document.getElementById("connection");
  const path = form.dataset.path;
  const memory = `review ${path} ${form.dataset.marker}`;

  function fields() {
    const content = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (name !== "action") content.append(name, value);
    return content;
  }

  // -- drafts ------------------------------------------------------------------------------------------------------

  let waiting = 0;      // the timer until typing counts as stopped
  let unsent = false;   // whether something was typed that the server does not have
  let gone = "";        // why nothing could be sent last time
  let leaving = false;  // whether the form itself is on its way
  let asking = false;   // whether it waits to hear that the server is there
  let met = performance.now();   // when the server was known last to be the one that this page came from

  function typed() {
    unsent = true;
    const kept = Object.fromEntries(fields());
    delete kept._xsrf;
    remember(memory, JSON.stringify(kept));
    clearTimeout(waiting);
    waiting = setTimeout(send, 600);
  }

  async function send() {
    clearTimeout(waiting);
    if (!unsent || leaving) return;
    unsent = false;
    let why = await trouble("/alive");
    if (!why) why = await trouble(`/draft/${path}`, {method: "POST", body: fields()});
    if (why) {
      unsent = true;
      disconnected(why);
    } else {
      if (!unsent) forget(memory);
      connected();
    }
  }

  // Why it cannot be had from the server that this page came from; empty if it can. Whatever else may answer at this
  // address by now gets nothing of what was typed, so “/alive” is asked first.
  async function trouble(address, options) {
    try {
      const answer = await fetch(address, {redirect: "manual", signal: AbortSignal.timeout(10_000), ...options});
      if (answer.headers.get("X-Course-Review") !== form.dataset.sign) {
        met = -Infinity;
        return STRANGER;
      }
      met = performance.now();
      return answer.ok ? "" : REASONS[answer.status] ?? REFUSED;
    } catch {
      met = -Infinity;
      return GONE;
    }
  }

  function disconnected(why) {
    if (gone !== why) {
      gone = why;
      connection.className = "gone";
      connection.textContent = why;
    }
    clearTimeout(waiting);
    waiting = setTimeout(unsent ? send : knock, 2000);
  }

  function connected() {
    if (!gone) return;
    gone = "";
    connection.className = "";
    connection.textContent = "Connected again; what you typed is kept.";
  }

  async function knock() {
    const why = await trouble("/alive");
    if (why) disconnected(why);
    else connected();
    return !why;
  }

  form.addEventListener("input", typed);
  form.addEventListener("change", typed);

  addEventListener("pagehide", () => {
    // There is no time to ask who answers. What is not sent is in the browser's memory and comes back from there.
    if (unsent && !leaving && performance.now() - met < TRUSTED) navigator.sendBeacon(`/draft/${path}`, fields());
  });

  // A form that is sent to nobody leaves an error page of the browser's and, perhaps, nothing to come back to.
  form.addEventListener("submit", async (event) => {
    if (leaving) return;
    event.preventDefault();
    if (asking) return;
    const button = event.submitter;
    asking = true;
    const there = await knock();
    asking = false;
    if (there) {
      leaving = true;
      form.requestSubmit(button);
    } else {
      connection.tabIndex = -1;
      connection.focus();
    }
  });

  // Back to this page from the next one: it is as it was left, and may be typed in again.
  addEventListener("pageshow", () => { leaving = false; });

  const kept = recall(memory);
  if (kept) {
    for (const [name, value] of Object.entries(kept)) {
      const field = form.elements[name];
      if (field && name !== "page" && name !== "came_from") field.value = value;
    }
    form.hidden = false;
    unsent = true;
    connection.textContent = "What you had typed before is back in the form. It is not saved as a mark yet.";
    send();
  }

  // -- a key for each level ----------------------------------------------------------------------------------------

  const criteria = [...form.querySelectorAll("fieldset.criterion")];
  for (const note of document.querySelectorAll(".scripted")) note.hidden = false;

  criteria.forEach((criterion, number) => {
    criterion.addEventListener("keydown", (event) => {
      if (!/^[0-9]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      const level = criterion.querySelector(`input[value="${event.key}"]`);
      if (!level) {
        connection.className = "";
        connection.textContent = `There is no level ${event.key} here.`;
        return;
      }
      if (!gone) connection.textContent = "";
      level.checked = true;
      level.dispatchEvent(new Event("input", {bubbles: true}));
      const next = criteria[number + 1];
      (next ? next.querySelector("input:checked") ?? next : form.elements.comment).focus();
    });
  });

  // The next answer is open: the first number typed chooses a level. The focus is on the group and not on a level of
  // it, so that the space bar chooses nothing. Where the answer stands above the form it would be scrolled past.
  const said = document.getElementById("said");
  const isAllSaid = document.querySelectorAll(".said, .errors").length === 1;
  if (said && isAllSaid && criteria.length && !kept && !form.querySelector(":checked")
      && matchMedia("(min-width: 62rem)").matches) {
    const first = criteria[0];
    const described = first.getAttribute("aria-describedby");
    first.setAttribute("aria-describedby", `said ${described}`);
    first.addEventListener("blur", () => first.setAttribute("aria-describedby", described), {once: true});
    first.focus();
  }

  // -- a key for saving --------------------------------------------------------------------------------------------

  form.addEventListener("keydown", (event) => {
    const main = form.querySelector("button.main");
    if (!main || event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
    event.preventDefault();
    form.requestSubmit(main);
  });

  // -- sentence beginnings -----------------------------------------------------------------------------------------

  for (const stem of document.querySelectorAll(".stems li span")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Insert";
    button.setAttribute("aria-label", `Insert: ${stem.textContent}`);
    button.addEventListener("click", () => {
      const comment = form.elements.comment;
      const before = comment.value.slice(0, comment.selectionStart);
      const gap = /(^|\s)$/.test(before) ? "" : " ";
      comment.setRangeText(gap + stem.textContent, comment.selectionStart, comment.selectionEnd, "end");
      comment.focus();
      typed();
    });
    stem.after(button);
  }
}
