// What a frontend needs to talk to the API, beside the types in api.d.ts, which openapi-typescript makes of the description.
// Runs in browsers and in Node.js.

import { EventSourceParserStream } from "eventsource-parser/stream";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./api.d.ts";

type Schemas = components["schemas"];
export type Tokens = Schemas["Tokens"];

/** A failure, as the API tells it: `type` is what to program against, `message` what to show. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly type: string;
  readonly requestId: string | undefined;
  readonly details: NonNullable<Schemas["ErrorDetail"]["details"]>;
  readonly retryAfterSeconds: number | undefined;

  constructor(response: Response, body: unknown) {
    const told = (body as Partial<Schemas["ErrorBody"]> | undefined)?.error;
    super(told?.message ?? `The server answered ${response.status}.`);
    this.status = response.status;
    this.type = told?.type ?? "Unknown";
    this.requestId = told?.requestId;
    this.details = told?.details ?? [];
    this.retryAfterSeconds = Number(response.headers.get("retry-after")) || undefined;
  }
}

/** What a call was answered with. Throws an `ApiFailure` if it failed. */
export async function answered<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw new ApiFailure(response, error);
  return data as T;
}

/** What Memo tells while it answers. */
export type MemoEvent =
  | { event: "start"; data: { conversationId: string; questionId: string | null; messageId: string; model?: string } }
  | { event: "delta"; data: { text: string } }
  | { event: "citation"; data: Schemas["CitationBody"] & { number: number } }
  | { event: "tool"; data: { tool: string; status: "running" } | Schemas["ActionBody"] }
  | { event: "done"; data: Schemas["ChatReply"] }
  | { event: "error"; data: Schemas["ErrorBody"] };

export class MemoryApp {
  /** Every operation, as whoever is signed in. */
  readonly api: Client<paths>;
  readonly #open: Client<paths>;
  readonly #streamUrl: string;
  readonly #keep: (tokens: Tokens | undefined) => void;
  #tokens: Tokens | undefined;
  #renewing: Promise<void> | undefined;

  /** `keep` is called whenever the tokens change, with `undefined` when they are worth nothing any more. */
  constructor(apiUrl: string, streamUrl: string, keep: (tokens: Tokens | undefined) => void, tokens?: Tokens) {
    this.api = createClient<paths>({ baseUrl: apiUrl, fetch: (request) => this.#send(request) });
    this.#open = createClient<paths>({ baseUrl: apiUrl });
    this.#streamUrl = streamUrl.replace(/\/$/, "");
    this.#keep = keep;
    this.#tokens = tokens;
  }

  async register(body: Schemas["RegisterRequest"]): Promise<Schemas["UserBody"]> {
    return this.#signedIn(await answered(this.#open.POST("/auth/register", { body })));
  }

  async logIn(body: Schemas["LoginRequest"]): Promise<Schemas["UserBody"]> {
    return this.#signedIn(await answered(this.#open.POST("/auth/login", { body })));
  }

  /** What the page does to which the mail's link leads. Nobody has to be signed in. */
  async confirm(token: string): Promise<void> {
    await answered(this.#open.POST("/auth/verify-email", { body: { token } }));
  }

  async logOut(): Promise<void> {
    await answered(this.api.POST("/auth/logout"));
    this.#set(undefined);
  }

  /** Memo's answer while it is made. */
  async *ask(body: Schemas["ChatBody"]): AsyncGenerator<MemoEvent> {
    const headers = { "content-type": "application/json" };
    const url = `${this.#streamUrl}/ai/chat/stream`;
    const response = await this.#send(new Request(url, { method: "POST", headers, body: JSON.stringify(body) }));
    if (!response.ok || !response.body) throw new ApiFailure(response, await response.json().catch(() => undefined));
    const text = response.body.pipeThrough<string>(new TextDecoderStream());
    const events = text.pipeThrough(new EventSourceParserStream()).getReader();
    try {
      for (let next = await events.read(); !next.done; next = await events.read()) {
        yield { event: next.value.event, data: JSON.parse(next.value.data) } as MemoEvent;
      }
    } finally {
      // Whoever stops listening lets the connection go.
      await events.cancel();
    }
  }

  /** Uploads a file that can be sent at once; larger ones go in parts, by `POST /files/{id}/parts`. */
  async upload(file: Blob, filename: string, memoryId?: string): Promise<Schemas["FileBody"]> {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const contentType = file.type || "application/octet-stream";
    const body = { filename, contentType, sizeBytes: file.size, sha256, memoryId: memoryId ?? null };
    const begun = await answered(this.api.POST("/files", { body }));
    if (begun.upload.kind !== "single") throw new Error(`${filename} has to be sent in parts`);
    // A browser sets content-length by itself and refuses to be told.
    const { "content-length": _, ...headers } = begun.upload.headers;
    const sent = await fetch(begun.upload.url, { method: "PUT", headers, body: file });
    if (!sent.ok) throw new Error(`the upload of ${filename} was answered ${sent.status}`);
    const path = { id: begun.file.id };
    return (await answered(this.api.POST("/files/{id}/complete", { params: { path } }))).file;
  }

  async #send(request: Request): Promise<Response> {
    // A body can be read once.
    const again = request.clone();
    const used = this.#tokens?.accessToken;
    const response = await fetch(withToken(request, used));
    if (response.status !== 401 || !used) return response;
    // Another call may have renewed them meanwhile.
    if (used === this.#tokens?.accessToken) await this.#renew();
    return fetch(withToken(again, this.#tokens?.accessToken));
  }

  /** One exchange at a time: a refresh token works once. */
  #renew(): Promise<void> {
    this.#renewing ??= (async () => {
      try {
        const body = { refreshToken: this.#tokens?.refreshToken ?? "" };
        this.#set(await answered(this.#open.POST("/auth/refresh", { body })));
      } catch (error) {
        // Refused for good. What is a fault of the moment (no network, 429, 503) signs nobody out.
        if (error instanceof ApiFailure && error.status === 401) this.#set(undefined);
        throw error;
      } finally {
        this.#renewing = undefined;
      }
    })();
    return this.#renewing;
  }

  #signedIn({ user, ...tokens }: Schemas["SignedIn"]): Schemas["UserBody"] {
    this.#set(tokens);
    return user;
  }

  #set(tokens: Tokens | undefined): void {
    this.#tokens = tokens;
    this.#keep(tokens);
  }
}

function withToken(request: Request, token: string | undefined): Request {
  if (token) request.headers.set("authorization", `Bearer ${token}`);
  return request;
}
