// The frontend guide's program. Needs a stack: API and STREAM are its addresses, MAIL where the local one shows mails.

import { answered, ApiFailure, MemoryApp, type Tokens } from "./client.ts";

const { API = "", STREAM = "", MAIL } = process.env;

// A frontend keeps these where scripts of others cannot read them.
let kept: Tokens | undefined;
const keep = (tokens: Tokens | undefined) => { kept = tokens; };

const app = new MemoryApp(API, STREAM, keep);
const email = `ada.${Date.now()}@example.com`;
const password = "TestPassword123!";
const user = await app.register({ email, password, firstName: "Ada", lastName: "Lovelace" });
console.log("registered", user.firstName, user.isVerified ? "confirmed" : "not confirmed");

// The mail's link leads to <AppUrl>/verify-email?token=…, a page of the frontend's.
const token = MAIL && (await tokenInMail(MAIL, email));
if (token) {
  await app.confirm(token);
  console.log("confirmed", (await answered(app.api.GET("/auth/me"))).user.isVerified);
}

await app.logIn({ email, password });
// Later, with tokens that were kept. The access token has ended, so that the first call renews them.
const later = new MemoryApp(API, STREAM, keep, { ...kept!, accessToken: "ended" });
const before = kept!.refreshToken;
const { memory } = await answered(later.api.POST("/memories", {
  body: { title: "Spare key", content: { text: "The spare key is under the third flower pot." }, tags: ["home"] },
}));
console.log("saved", memory.title, kept!.refreshToken === before ? "with the old tokens" : "with new tokens");

const query = { q: "spare key", timezone: Intl.DateTimeFormat().resolvedOptions().timeZone };
const { results } = await answered(later.api.GET("/memories/search", { params: { query } }));
console.log("found", results[0]?.memory?.title, results[0]?.highlights.body);

for await (const step of later.ask({ message: "Where is the spare key?" })) {
  if (step.event === "delta") console.log("Memo says", step.data.text);
  if (step.event === "error") console.log("Memo cannot", step.data.error.message);
  if (step.event === "done") console.log("from", step.data.citations.map((citation) => citation.title));
}

const note = new Blob(["Serviced in March."], { type: "text/plain" });
const file = await later.upload(note, "boiler.txt", memory.id);
console.log("uploaded", file.filename, file.status);

// Changes name the version that they are meant for, so that nobody's are lost.
const changed = { path: { id: memory.id }, header: { "If-Match": `"${memory.version}"` } };
const patched = await answered(later.api.PATCH("/memories/{id}", { params: changed, body: { isFavorite: true } }));
console.log("patched", patched.memory.isFavorite, "to version", patched.memory.version);
try {
  await answered(later.api.PATCH("/memories/{id}", { params: changed, body: { isFavorite: false } }));
} catch (error) {
  if (!(error instanceof ApiFailure)) throw error;
  console.log("refused", error.status, error.type);
}

const { pagination } = await answered(later.api.GET("/memories", { params: { query: { tags: ["home"], limit: 10 } } }));
console.log("listed", pagination.total);
await answered(later.api.DELETE("/memories/{id}", { params: { path: { id: memory.id } } }));
console.log("deleted, kept in the trash for 30 days");
await later.logOut();
console.log("logged out", kept === undefined);

/** The token of the link in the local stack's mail, which takes a moment to be written. */
async function tokenInMail(mails: string, to: string): Promise<string> {
  for (let tries = 0; tries < 60; tries += 1) {
    const sent: string = await (await fetch(mails)).text();
    const after = sent.split(`"${to}"`)[1];
    const found = after?.match(/verify-email\?token=([\w-]+)/)?.[1];
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`no mail has come to ${to}`);
}
