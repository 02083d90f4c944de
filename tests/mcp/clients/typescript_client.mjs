// The official TypeScript client as a program. It reads and writes one JSON object per line.
//
// It writes {"open": URL} when a person has to open a page. Commands: "list", "call" (with "tool" and
// "arguments"); "done" says that the person has done what a page asked for. It speaks the handshake
// revisions, which are the package's default.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import {
  Client,
  StreamableHTTPClientTransport,
  UnauthorizedError,
  UrlElicitationRequiredError,
} from "@modelcontextprotocol/client";

const url = new URL(process.argv[2]);
const say = (message) => process.stdout.write(JSON.stringify(message) + "\n");
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const read = async () => {
  const { value, done } = await lines.next();
  return done ? { do: "end" } : JSON.parse(value);
};

let arrived;
const arrival = new Promise((resolve) => (arrived = resolve));
const server = createServer((request, response) => {
  const target = new URL(request.url, "http://127.0.0.1");
  response.end("back");
  if (target.pathname === "/callback") arrived(target.searchParams);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const redirectUrl = `http://127.0.0.1:${server.address().port}/callback`;

const kept = { state: crypto.randomUUID() };
const provider = {
  redirectUrl,
  clientMetadata: {
    client_name: "TypeScript client",
    redirect_uris: [redirectUrl],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  },
  state: () => kept.state,
  clientInformation: () => kept.client,
  saveClientInformation: (client) => void (kept.client = client),
  tokens: () => kept.tokens,
  saveTokens: (tokens) => void (kept.tokens = tokens),
  redirectToAuthorization: (address) => say({ open: address.href }),
  saveCodeVerifier: (verifier) => void (kept.verifier = verifier),
  codeVerifier: () => kept.verifier,
};

const newClient = () =>
  new Client(
    { name: "typescript-client", version: "1" },
    { capabilities: { elicitation: { url: {} } } },
  );
const newTransport = () => new StreamableHTTPClientTransport(url, { authProvider: provider });

let client = newClient();
const transport = newTransport();
try {
  await client.connect(transport);
} catch (error) {
  if (!(error instanceof UnauthorizedError)) throw error;
  const query = await arrival;
  if (query.get("state") !== kept.state) throw new Error("another state came back");
  await transport.finishAuth(query);
  client = newClient();
  await client.connect(newTransport());
}
say({ version: client.getNegotiatedProtocolVersion?.() ?? "unknown" });

const call = async (command) => {
  try {
    return await client.callTool({ name: command.tool, arguments: command.arguments });
  } catch (error) {
    if (!(error instanceof UrlElicitationRequiredError)) throw error;
    say({ open: error.elicitations[0].url });
    if ((await read()).do !== "done") throw new Error("the person is not done");
    return await client.callTool({ name: command.tool, arguments: command.arguments });
  }
};

for (let command = await read(); command.do !== "end"; command = await read()) {
  if (command.do === "list") {
    const names = new Set();
    let cursor;
    do {
      const page = await client.listTools(cursor === undefined ? undefined : { cursor });
      page.tools.forEach((tool) => names.add(tool.name));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    say({ tools: [...names] });
  } else {
    const result = await call(command);
    const texts = result.content.filter((each) => each.type === "text").map((each) => each.text);
    say({ error: result.isError === true, text: texts.join("\n") });
  }
}
await client.close();
server.close();
