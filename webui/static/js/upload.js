// Sends files one by one, two at a time, each straight into the safe; shows how far each of them is.

const AT_ONCE = 2;
const TRIES = 4;
const ROWS = 200; // rows on the page; of more files only the totals are shown

export function start(form) {
  const input = form.querySelector("input[type=file]");
  const drop = form.querySelector(".drop");
  form.querySelector("[data-drop-hint]").hidden = false;
  form.querySelector("[data-send]").hidden = true; // choosing is sending
  input.classList.add("unseen");

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, [...input.files]);
  });
  input.addEventListener("change", () => {
    if (input.files.length > 0) send(form, [...input.files]);
  });
  for (const name of ["dragover", "dragenter"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    send(form, await dropped(event.dataTransfer));
  });
}

// The files that were dropped, those in folders too. The list is read before anything is awaited.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return [...transfer.files];
  return (await Promise.all(entries.map(filesIn))).flat();
}

async function filesIn(entry) {
  if (entry.name.startsWith(".")) return [];
  if (entry.isFile) return [await new Promise((done, failed) => entry.file(done, failed))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (some.length === 0) break;
    found.push(...some);
  }
  return (await Promise.all(found.map(filesIn))).flat();
}

async function send(form, files) {
  if (files.length === 0 || form.dataset.busy) return;
  form.dataset.busy = "yes";
  const leaving = (event) => event.preventDefault();
  window.addEventListener("beforeunload", leaving);
  const board = new Board(form, files);
  try {
    const shoot = form.elements.shoot?.value ?? "";
    const opened = await post(`${form.dataset.upload}?shoot=${encodeURIComponent(shoot)}`);
    const queue = files.map((file, index) => ({ file, index }));
    await Promise.all(Array.from({ length: AT_ONCE }, () => work(queue, opened, board)));
    await post(opened.finish);
    board.finish(opened.page);
  } catch (problem) {
    board.say(problem.message || form.dataset.textBroken);
  } finally {
    window.removeEventListener("beforeunload", leaving);
    delete form.dataset.busy;
  }
  if (board.bad === 0 && board.page) location.assign(board.page);
}

async function work(queue, opened, board) {
  for (let next = queue.shift(); next; next = queue.shift()) {
    board.started(next.index);
    try {
      const kept = await sendOne(opened.files, next.file, (sent) => board.sent(next.index, sent));
      board.ended(next.index, kept ? "kept" : "failed");
    } catch {
      board.ended(next.index, "broken");
    }
  }
}

// One file; tried again when the connection breaks, which adds nothing twice: equal bytes are known.
async function sendOne(address, file, progress) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await sendOnce(address, file, progress);
    } catch (problem) {
      if (tried === TRIES || problem.final) throw problem;
      await new Promise((done) => setTimeout(done, 1000 * 2 ** tried));
    }
  }
}

function sendOnce(address, file, progress) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${address}?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => progress(event.loaded));
    request.addEventListener("load", () => {
      if (request.status === 201) done(request.response.kept);
      else if (request.status === 413) done(false);
      else failed(Object.assign(new Error(request.response?.error), { final: request.status < 500 }));
    });
    request.addEventListener("error", () => failed(new Error("connection")));
    request.send(file);
  });
}

async function post(address) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "X-CSRFToken": token(), Accept: "application/json" },
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error([body.error, body.hint].filter(Boolean).join(" "));
  return body;
}

function token() {
  return document.querySelector("meta[name=csrf-token]").content;
}

// What is shown of it all.
class Board {
  constructor(form, files) {
    this.form = form;
    this.words = form.dataset;
    this.place = form.querySelector("[data-progress]");
    this.bar = this.place.querySelector(":scope > progress");
    this.list = this.place.querySelector("[data-list]");
    this.sizes = files.map((file) => Math.max(1, file.size));
    this.done = files.map(() => 0);
    this.all = files.length;
    this.handled = 0;
    this.bad = 0;
    this.bar.max = this.sizes.reduce((sum, size) => sum + size, 0);
    this.bar.value = 0;
    this.rows = files.slice(0, ROWS).map((file) => this.row(file));
    this.list.replaceChildren(...this.rows);
    this.place.hidden = false;
    this.tell();
  }

  row(file) {
    const row = document.createElement("li");
    const name = document.createElement("span");
    const bar = document.createElement("progress");
    const state = document.createElement("span");
    name.textContent = name.title = file.name;
    bar.max = Math.max(1, file.size);
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    state.textContent = this.words.textWaiting;
    row.append(name, bar, state);
    return row;
  }

  started(index) {
    this.state(index, this.words.textSending);
  }

  sent(index, bytes) {
    this.done[index] = Math.min(bytes, this.sizes[index]);
    this.bar.value = this.done.reduce((sum, size) => sum + size, 0);
    if (this.rows[index]) this.rows[index].children[1].value = this.done[index];
  }

  ended(index, how) {
    this.sent(index, this.sizes[index]);
    this.handled += 1;
    const texts = { kept: "textKept", failed: "textFailed", broken: "textBroken" };
    this.state(index, this.words[texts[how]]);
    if (how !== "kept") {
      this.bad += 1;
      this.rows[index]?.classList.add("bad");
      if (!this.rows[index]) this.list.append(this.note(index));
    }
    this.tell();
  }

  note(index) {
    const row = document.createElement("li");
    row.className = "bad";
    row.textContent = `${index + 1}: ${this.words.textFailed}`;
    return row;
  }

  state(index, text) {
    if (this.rows[index]) this.rows[index].children[2].textContent = text;
  }

  tell() {
    this.say(this.filled(this.words.textProgress, { done: this.handled, all: this.all }));
  }

  finish(page) {
    this.page = page;
    const problems = this.filled(this.words.textProblems, { bad: this.bad, all: this.all });
    this.say(this.bad ? problems : this.words.textFinished);
    const open = this.place.querySelector("[data-open]");
    const link = document.createElement("a");
    link.className = "button";
    link.href = page;
    link.textContent = this.words.textOpen;
    open.replaceChildren(link);
    open.hidden = this.bad === 0;
  }

  say(text) {
    this.place.querySelector("[data-summary]").textContent = text;
  }

  filled(text, values) {
    return text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  }
}
