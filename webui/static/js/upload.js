// Sends files three at a time, each in parts (tus 1.0.0), and shows how far each of them is. A part that was
// acknowledged is in the safe: after a broken connection, or a reload, sending goes on behind it.

const AT_ONCE = 3;
const PART = 8_000_000; // bytes; most photos go in one
const LONGEST_WAIT = 15_000; // ms between two tries
const GIVE_UP = 30 * 60_000; // ms without an answer
const ROWS = 200; // rows on the page; of more files only the totals are shown
const TUS = { "Tus-Resumable": "1.0.0" };

export function start(form) {
  const input = form.querySelector("input[type=file]");
  const drop = form.querySelector(".drop");
  form.querySelector("[data-drop-hint]").hidden = false;
  form.querySelector("[data-send]").hidden = true; // choosing is sending
  input.classList.add("unseen");

  for (const hint of document.querySelectorAll("[data-broken-hint]")) hint.hidden = false;
  const folder = form.querySelector("[data-folder]");
  folder.hidden = false;
  folder.addEventListener("click", () => chooseFolder((files) => send(form, visible(files).map(chosen))));

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, [...input.files].map(chosen));
  });
  input.addEventListener("change", () => {
    if (input.files.length > 0) send(form, [...input.files].map(chosen));
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
  if (input.files.length > 0) send(form, [...input.files].map(chosen)); // chosen before this ran
}

function chooseFolder(take) {
  const picker = document.createElement("input");
  picker.type = "file";
  picker.webkitdirectory = true;
  picker.addEventListener("change", () => take(picker.files));
  picker.click();
}

// A file with the folder that it lies in.
function chosen(file) {
  return { file, folder: folderOf(file.webkitRelativePath ?? "") };
}

function folderOf(path) {
  return path.slice(0, Math.max(0, path.lastIndexOf("/"))).replace(/^\//, "");
}

// Without what lies in hidden folders, or is hidden itself.
function visible(files) {
  return [...files].filter((file) => !file.webkitRelativePath.split("/").some((part) => part.startsWith(".")));
}

// The files that were dropped, those in folders too. The list is read before anything is awaited.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return [...transfer.files].map(chosen);
  const found = [];
  for (const entry of entries) await collect(entry, found);
  return found;
}

// One after the other: thousands of files are listed without thousands of questions at once.
async function collect(entry, found) {
  if (entry.name.startsWith(".")) return;
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    found.push({ file, folder: folderOf(entry.fullPath) });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (some.length === 0) return;
    for (const one of some) await collect(one, found);
  }
}

async function send(form, files) {
  if (files.length === 0 || form.dataset.busy) return;
  form.dataset.busy = "yes";
  const leaving = (event) => event.preventDefault();
  window.addEventListener("beforeunload", leaving);
  const board = new Board(form, files.map((one) => one.file));
  try {
    const opened = (await goneOnWith(files)) ?? (await open(form));
    const queue = files.map((one, index) => ({ ...one, index, known: opened.known.get(identity(one)) }));
    await Promise.all(Array.from({ length: AT_ONCE }, () => work(queue, opened, board)));
    if (board.broken === 0) await answered(() => post(opened.finish), board);
    board.finish(opened.page);
  } catch (problem) {
    board.say(problem.message || form.dataset.textBroken);
  } finally {
    window.removeEventListener("beforeunload", leaving);
    delete form.dataset.busy;
  }
  if (board.bad === 0 && board.page) location.assign(board.page);
}

async function open(form) {
  const shoot = form.elements.shoot?.value ?? "";
  const opened = await post(`${form.dataset.upload}?shoot=${encodeURIComponent(shoot)}`);
  return { ...opened, known: new Map() };
}

// An upload that was broken off and had one of these files.
async function goneOnWith(files) {
  const wanted = new Set(files.map(identity));
  for (const place of document.querySelectorAll("[data-broken-off]")) {
    const { brokenOff, finish, page } = place.dataset;
    const answer = await fetch(brokenOff, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok) continue;
    const begun = (await answer.json()).files;
    const known = new Map(
      begun.map((one) => [[one.folder, one.name, one.bytes, one.modified].join("\n"), one]),
    );
    if ([...known.keys()].some((key) => wanted.has(key))) return { uploads: brokenOff, finish, page, known };
  }
  return null;
}

function identity({ file, folder }) {
  return [folder, file.name, file.size, file.lastModified].join("\n");
}

async function work(queue, opened, board) {
  for (let next = queue.shift(); next; next = queue.shift()) {
    board.started(next.index);
    try {
      const state = await sendFile(next, opened, board);
      board.ended(next.index, state === "kept" ? "kept" : "failed");
    } catch (problem) {
      board.ended(next.index, [400, 413].includes(problem.status) ? "failed" : "broken");
    }
  }
}

// One file, from where it is. What stands on the box counts, not what we believe to have sent.
async function sendFile({ file, folder, index, known }, opened, board) {
  let stands = known ?? (await answered(() => begin(opened.uploads, file, folder, index, board), board));
  if (file.size === 0) return "failed"; // the box counts it, when the import is closed
  while (stands.state === "open") {
    const { address, received } = stands;
    stands = await answered(async (again) => {
      const now = again ? await ask("GET", address, {}) : stands;
      if (now.state !== "open") return now;
      const part = file.slice(now.received, now.received + PART);
      const headers = { "Upload-Offset": String(now.received), "Content-Type": "application/offset+octet-stream" };
      return await ask("PATCH", address, headers, part, (sent) => board.sent(index, now.received + sent));
    }, board);
    if (stands.state === "open" && stands.received <= received) throw new Error("stuck");
  }
  return stands.state;
}

async function begin(address, file, folder, index, board) {
  const said = { filename: file.name, folder, modified: String(file.lastModified) };
  const metadata = Object.entries(said).map(([key, value]) => `${key} ${base64(value)}`).join(",");
  const headers = { "Upload-Length": String(file.size), "Upload-Metadata": metadata };
  const small = file.size <= PART;
  if (small) headers["Content-Type"] = "application/offset+octet-stream";
  return await ask("POST", address, headers, small ? file : null, (sent) => board.sent(index, sent));
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

// Asks until the box answers, ever more slowly; says so meanwhile. `step` is told whether it tries again.
async function answered(step, board) {
  const since = Date.now();
  for (let tried = 0; ; tried += 1) {
    try {
      const answer = await step(tried > 0);
      board.tell();
      return answer;
    } catch (problem) {
      const passing = problem.status === undefined || problem.status >= 500 || problem.status === 409;
      if (!passing || Date.now() - since > GIVE_UP) throw problem;
      if (problem.status !== 409) board.say(board.words.textWaits);
      await new Promise((done) => setTimeout(done, Math.min(LONGEST_WAIT, 500 * 2 ** tried)));
    }
  }
}

// A request with progress.
function ask(method, address, headers, body = null, progress = () => {}) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    const all = { ...TUS, "X-CSRFToken": token(), Accept: "application/json", ...headers };
    for (const [key, value] of Object.entries(all)) request.setRequestHeader(key, value);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => progress(event.loaded));
    request.addEventListener("load", () => {
      if (request.status < 300) done(request.response);
      else failed(Object.assign(new Error(request.response?.error), { status: request.status }));
    });
    request.addEventListener("error", () => failed(new Error("")));
    request.send(body);
  });
}

async function post(address) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "X-CSRFToken": token(), Accept: "application/json" },
  });
  const body = await answer.json();
  if (answer.ok) return body;
  const told = [body.error, body.hint].filter(Boolean).join(" ");
  throw Object.assign(new Error(told), { status: answer.status });
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
    this.broken = 0;
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
    const now = Math.min(bytes, this.sizes[index]);
    this.bar.value += now - this.done[index];
    this.done[index] = now;
    if (this.rows[index]) this.rows[index].children[1].value = this.done[index];
  }

  ended(index, how) {
    this.sent(index, this.sizes[index]);
    this.handled += 1;
    const texts = { kept: "textKept", failed: "textFailed", broken: "textBroken" };
    this.state(index, this.words[texts[how]]);
    if (how === "broken") this.broken += 1;
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
