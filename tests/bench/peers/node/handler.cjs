// The product's create, list, get and sign-in, as they are usually written for Node: each request is checked by its token and counted, and a memory
// is one item. It does less than the functions do: no encryption, no versions, no counters of lists, no notes for the index, no audit log.

const crypto = require('node:crypto');
const { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand } = require('@aws-sdk/client-dynamodb');
const argon2 = require('argon2');
const jwt = require('jsonwebtoken');
const { serve } = require('./runtime.cjs');

const TableName = process.env.TABLE_NAME;
const client = new DynamoDBClient({});
const signing = JSON.parse(process.env.SIGNING_KEYS).keys[0];
const published = crypto.createPublicKey({ key: JSON.parse(process.env.PUBLIC_KEYS).keys[0], format: 'jwk' });
const STRENGTH = { memoryCost: 19456, timeCost: 2, parallelism: 1 };
const WINDOW_SECONDS = 900;

class Refusal extends Error {
  constructor(status) {
    super(String(status));
    this.status = status;
  }
}

async function caller(event) {
  const header = event.headers.Authorization ?? '';
  let claims;
  try {
    claims = jwt.verify(header.replace('Bearer ', ''), published, { algorithms: ['RS256'] });
  } catch {
    throw new Refusal(401);
  }
  const now = Math.floor(Date.now() / 1000);
  const counted = await client.send(new UpdateItemCommand({
    TableName,
    Key: { pk: { S: `RATE#${claims.sub}` }, sk: { S: String(Math.floor(now / WINDOW_SECONDS)) } },
    UpdateExpression: 'ADD requests :one SET #ttl = :ttl',
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: { ':one': { N: '1' }, ':ttl': { N: String(now + 2 * WINDOW_SECONDS) } },
    ReturnValues: 'UPDATED_NEW',
  }));
  if (Number(counted.Attributes.requests.N) > 1_000_000) throw new Refusal(429);
  return claims.sub;
}

function shown(item) {
  return { id: item.sk.S.slice(7), ...JSON.parse(item.memory.S) };
}

async function create(event) {
  const owner = await caller(event);
  const { title, content, tags } = JSON.parse(event.body);
  if (typeof title !== 'string' || title.length > 200) throw new Refusal(400);
  const createdAt = new Date().toISOString();
  const item = {
    pk: { S: `USER#${owner}` },
    sk: { S: `MEMORY#${createdAt}#${crypto.randomUUID()}` },
    memory: { S: JSON.stringify({ title, content, tags: tags ?? [], createdAt, updatedAt: createdAt }) },
  };
  await client.send(new PutItemCommand({ TableName, Item: item, ConditionExpression: 'attribute_not_exists(pk)' }));
  return [201, { memory: shown(item) }];
}

async function list(event) {
  const owner = await caller(event);
  const found = await client.send(new QueryCommand({
    TableName,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :memory)',
    ExpressionAttributeValues: { ':pk': { S: `USER#${owner}` }, ':memory': { S: 'MEMORY#' } },
    ScanIndexForward: false,
    Limit: Number(event.queryStringParameters?.limit ?? 20),
  }));
  return [200, { memories: found.Items.map(shown) }];
}

async function get(event) {
  const owner = await caller(event);
  const sk = `MEMORY#${event.path.slice('/memories/'.length)}`;
  const found = await client.send(new GetItemCommand({ TableName, Key: { pk: { S: `USER#${owner}` }, sk: { S: sk } } }));
  if (!found.Item) throw new Refusal(404);
  return [200, { memory: shown(found.Item) }];
}

async function register(event) {
  const { email, password } = JSON.parse(event.body);
  const hash = await argon2.hash(password, STRENGTH);
  await client.send(new PutItemCommand({
    TableName,
    Item: { pk: { S: `EMAIL#${email}` }, sk: { S: 'ACCOUNT' }, id: { S: crypto.randomUUID() }, hash: { S: hash } },
  }));
  return [201, {}];
}

async function login(event) {
  const { email, password } = JSON.parse(event.body);
  const found = await client.send(new GetItemCommand({ TableName, Key: { pk: { S: `EMAIL#${email}` }, sk: { S: 'ACCOUNT' } } }));
  if (!found.Item || !(await argon2.verify(found.Item.hash.S, password))) throw new Refusal(401);
  const session = crypto.randomUUID();
  const refreshToken = crypto.randomBytes(32).toString('base64url');
  const hashed = crypto.createHash('sha256').update(refreshToken).digest('hex');
  await client.send(new PutItemCommand({
    TableName,
    Item: { pk: { S: `USER#${found.Item.id.S}` }, sk: { S: `SESSION#${session}` }, refresh: { S: hashed } },
  }));
  const accessToken = jwt.sign({ email, sid: session }, signing.privateKeyPem, {
    algorithm: 'RS256', keyid: signing.kid, subject: found.Item.id.S, expiresIn: WINDOW_SECONDS,
  });
  return [200, { accessToken, refreshToken }];
}

async function one() {
  await client.send(new GetItemCommand({ TableName, Key: { pk: { S: 'nobody' }, sk: { S: 'nothing' } } }));
  return [200, {}];
}

function operation({ httpMethod, path }) {
  const route = `${httpMethod} ${path}`;
  const known = { 'POST /memories': create, 'GET /memories': list, 'POST /auth/register': register, 'POST /auth/login': login, 'GET /one': one };
  return known[route] ?? (route.startsWith('GET /memories/') ? get : undefined);
}

serve(async (event) => {
  try {
    const handle = operation(event);
    if (!handle) throw new Refusal(404);
    const [statusCode, body] = await handle(event);
    return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { statusCode: error.status, body: JSON.stringify({ error: error.status }) };
  }
});
