// How strong a password is, while it is typed. The box decides; this only tells.

const PAUSE = 250;

export function start(form) {
  const field = form.elements.password;
  const place = form.querySelector("[data-meter]");
  const meter = place.querySelector("meter");
  const words = place.querySelector("[data-words]");
  let timer;

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });

  async function look() {
    const typed = field.value;
    if (!typed) {
      place.hidden = true;
      return;
    }
    const sent = new FormData();
    sent.set("password", typed);
    sent.set("name", form.elements.name?.value ?? "");
    sent.set("csrf_token", form.elements.csrf_token.value);
    try {
      const answer = await fetch(form.dataset.strength, { method: "POST", body: sent, headers: { Accept: "application/json" } });
      if (!answer.ok || field.value !== typed) return;
      const { strength } = await answer.json();
      meter.value = strength;
      words.textContent = words.dataset.words.split("|")[strength];
      place.hidden = false;
    } catch {
      place.hidden = true;
    }
  }
}
