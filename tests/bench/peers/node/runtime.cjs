// Lambda's Runtime API, as small as it can be: less than Lambda's own client, which must be compiled.

const http = require('node:http');

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, url, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const request = http.request(url, { method, agent, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function serve(handle) {
  for (;;) {
    const next = await call('GET', `${api}/next`);
    const id = next.headers['lambda-runtime-aws-request-id'];
    let answer;
    try {
      answer = JSON.stringify(await handle(JSON.parse(next.body)));
    } catch (error) {
      console.error(error);
      await call('POST', `${api}/${id}/error`, JSON.stringify({ errorType: error.name, errorMessage: error.message }));
      continue;
    }
    await call('POST', `${api}/${id}/response`, answer);
  }
}

module.exports = { serve };
