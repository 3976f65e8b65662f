// npm's smtp-server as a relay: STARTTLS, a login (news, secret), 50,000 octets at most, nobody
// called gone@. Prints its port, then a line of JSON for every message. Ends with its input.
//
//     node server.mjs CERTIFICATE KEY
import { readFileSync } from "node:fs";
import { SMTPServer } from "smtp-server";

const refusal = (code, text) => Object.assign(new Error(text), { responseCode: code });
const [cert, key] = process.argv.slice(2).map((file) => readFileSync(file));
const server = new SMTPServer({
  cert,
  key,
  size: 50_000,
  onAuth({ username, password }, _session, done) {
    if (username === "news" && password === "secret") return done(null, { user: username });
    return done(refusal(535, "5.7.8 wrong login"));
  },
  onRcptTo({ address }, _session, done) {
    done(address.startsWith("gone@") ? refusal(550, "5.1.1 no such user") : null);
  },
  onData(stream, session, done) {
    const parts = [];
    stream.on("data", (part) => parts.push(part));
    stream.on("end", () => {
      if (stream.sizeExceeded) return done(refusal(552, "5.3.4 too large"));
      const body = Buffer.concat(parts).toString("base64");
      const recipient = session.envelope.rcptTo[0].address;
      process.stdout.write(JSON.stringify({ recipient, body }) + "\n");
      return done(null, "kept");
    });
  },
});
server.listen(0, "127.0.0.1", () => console.log(server.server.address().port));
process.stdin.on("end", () => process.exit()).resume();
