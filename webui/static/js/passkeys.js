// Passkeys: asks the browser for one, and sends what it answers with the form.

export function start(form) {
  const making = form.dataset.passkey === "make";
  const knows = window.PublicKeyCredential?.[making ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON"];
  if (!knows) return;
  form.hidden = false;
  const problem = form.querySelector("[data-problem]");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      const { options, ticket } = await ask(form);
      const credential = making ? await make(options) : await use(options);
      form.elements.ticket.value = ticket;
      form.elements.answer.value = JSON.stringify(credential);
    } catch {
      problem.hidden = false;
      return;
    }
    form.submit();
  });
}

async function ask(form) {
  const headers = { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value };
  const answer = await fetch(form.dataset.options, { method: "POST", headers });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

function make(options) {
  return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
}

function use(options) {
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}
