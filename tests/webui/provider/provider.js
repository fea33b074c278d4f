// A certified OpenID provider on this machine, whose people sign in by name and are in the groups after a colon:
// "Mae Jemison:kluis-admin,press:otp" is in two groups and proved it with a code.
import Provider from "oidc-provider";

const [port, back] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

function account(id) {
  const [name, groups = ""] = id.split(":");
  return { accountId: id, claims: () => ({ sub: id, name, groups: groups.split(",") }) };
}

const provider = new Provider(issuer, {
  clients: [{ client_id: "kluis", client_secret: "a secret of the two", redirect_uris: [back] }],
  findAccount: (_, id) => account(id),
  claims: { openid: ["sub", "groups", "amr", "auth_time"], profile: ["name"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  cookies: { keys: ["a key of the test"] },
});
// Its own sign-in page asks no second factor; here it claims what the name says.
Object.defineProperty(provider.Session.prototype, "amr", {
  get() {
    return (this.accountId?.split(":")[2] ?? "pwd").split(",");
  },
  set() {},
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
