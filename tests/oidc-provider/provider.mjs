// A real OpenID provider for the end-to-end tests, on 127.0.0.1. It knows one client, which must use PKCE, and signs
// in whoever `login_hint` names, without a password and without asking. How an address is written says who it is:
//
//   ada@example.com             has verified her address
//   ada.unverified@example.com  has not
//   ada.refuses@example.com     answers the consent page with no: `access_denied`
//   ada@workspace.example.com   belongs to an organisation: `hd` is the domain, as for all that begin with `workspace.`
//
// The subject depends on the address alone, without regard to case. Settings are environment variables: OPENID_CLIENT_ID,
// OPENID_CLIENT_SECRET, OPENID_REDIRECT_URIS (separated by spaces) and OPENID_PORT (any free one if missing). Once ready
// it prints {"issuer": …}. It ends when its standard input does, so it never outlives the process that started it.

import { createHash, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const HOST = '127.0.0.1';

// Standard output is for the one line that tests wait for.
globalThis.console = new console.Console(process.stderr);
process.stdin.resume().on('end', () => process.exit()).on('error', () => process.exit());

// The packages are installed outside the repository's folders, where a plain import would not look for them.
const installed = createRequire(new URL('../../.local/oidc-provider/package.json', import.meta.url));
const load = (name) => import(pathToFileURL(installed.resolve(name)));
const { default: Provider } = await load('oidc-provider');
const { default: MemoryAdapter } = await load('oidc-provider/lib/adapters/memory_adapter.js');

// The addresses of those who have signed in, by subject: a subject never looks like an address, so nobody mistakes one for it.
const addresses = new Map();

// The issuer names the port, so the port comes first.
const server = createServer().listen(Number(setting('OPENID_PORT', '0')), HOST);
await once(server, 'listening');
const issuer = `http://${HOST}:${server.address().port}`;
const provider = new Provider(issuer, configuration());
const answer = provider.callback();
server.on('request', (request, response) => {
  const interaction = request.method === 'GET' && request.url.startsWith('/interaction/');
  (interaction ? signIn(request, response) : answer(request, response)).catch((error) => {
    console.error(error);
    response.writeHead(500).end();
  });
});
provider.on('server_error', (_context, error) => console.error(error));
process.stdout.write(`${JSON.stringify({ issuer })}\n`);

function configuration() {
  return {
    // The default adapter under a name of its own, which spares the warning that it forgets everything: it should.
    adapter: (model) => new MemoryAdapter(model),
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified', 'hd'],
      profile: ['name', 'given_name', 'family_name', 'picture'],
    },
    clients: [{
      client_id: setting('OPENID_CLIENT_ID'),
      client_secret: setting('OPENID_CLIENT_SECRET'),
      redirect_uris: setting('OPENID_REDIRECT_URIS').split(' '),
    }],
    clockTolerance: 5,
    // Google and Apple put the claims into the id_token, not only behind the userinfo endpoint.
    conformIdTokenClaims: false,
    cookies: { keys: [setting('OPENID_CLIENT_SECRET')] },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true, allowedPolicy: ofItsOwn } },
    findAccount: (_context, subject) => ({ accountId: subject, claims: () => claims(subject) }),
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    jwks: { keys: [signingKey()] },
    pkce: { required: () => true },
    // Whoever reads this is a test, or its author.
    renderError: (context, error) => { context.body = error; },
    ttl: { AccessToken: 3600, AuthorizationCode: 60, Grant: 3600, IdToken: 3600, Interaction: 600, Session: 3600 },
  };
}

/** Stands for the pages on which a person signs in and agrees: answers what is asked, and sends the browser on. */
async function signIn(request, response) {
  const { params, prompt } = await provider.interactionDetails(request, response);
  const email = params.login_hint;
  if (!email || person(email).endsWith('.refuses')) {
    const refusal = { error: 'access_denied', error_description: 'The person did not agree.' };
    return provider.interactionFinished(request, response, refusal);
  }
  if (!['login', 'consent'].includes(prompt.name)) throw new Error(`nobody answers the prompt ${prompt.name}`);
  const accountId = createHash('sha256').update(email.toLowerCase()).digest('hex');
  addresses.set(accountId, email);
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(request, response, { login: { accountId }, consent });
}

function claims(subject) {
  const email = addresses.get(subject);
  const domain = email.slice(email.lastIndexOf('@') + 1);
  return {
    sub: subject,
    email,
    email_verified: !person(email).endsWith('.unverified'),
    ...(domain.startsWith('workspace.') && { hd: domain }),
    name: 'Ada Lovelace',
    given_name: 'Ada',
    family_name: 'Lovelace',
    picture: 'https://example.com/ada.png',
  };
}

/** The part of an address that says who it is, without a tag: `ada` of `ada+tag@example.com`. */
function person(email) {
  return email.replace(/(\+.*)?@.*$/, '');
}

/** A client may revoke its own tokens and nobody else's. */
function ofItsOwn(_context, client, token) {
  return token.clientId === client.clientId;
}

/** A new key in every run: nothing that was signed before counts. */
function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' };
}

function setting(name, otherwise) {
  const value = process.env[name] || otherwise;
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}
