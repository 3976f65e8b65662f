// nodemailer's pool: the same message to many, as its users send it.
//
//     node pool.mjs PORT CONNECTIONS COPIES < MESSAGE
//
// MESSAGE is JSON with from, subject, text and html. Prints the seconds it took.
import { createTransport } from "nodemailer";
import { text } from "node:stream/consumers";

const [port, connections, copies] = process.argv.slice(2).map(Number);
const message = JSON.parse(await text(process.stdin));
const pool = createTransport({
  host: "127.0.0.1",
  port,
  pool: true,
  ignoreTLS: true,
  maxConnections: connections,
  maxMessages: Infinity,
});
const began = performance.now();
await Promise.all(
  Array.from({ length: copies }, (_, number) =>
    pool.sendMail({ ...message, to: `reader${number}@example.org` }),
  ),
);
console.log((performance.now() - began) / 1000);
pool.close();
