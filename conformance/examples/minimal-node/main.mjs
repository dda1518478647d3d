// node conformance/examples/minimal-node/main.mjs [--port 8099] [--data FILE]
import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { createBus } from './bus.mjs'
import { openCommunity } from './community.mjs'
import { identityFrom } from './identity.mjs'

const MAX_BODY = 4 * 1024 * 1024
const USES = 200

const { values } = parseArgs({ options: { port: { type: 'string', default: '8099' }, data: { type: 'string' } } })

/** One line each: the seed of the key, then events. Without a file everything is gone with the process. */
function openStore(path) {
  if (path !== undefined && !existsSync(path)) appendFileSync(path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 })
  const [seed, ...lines] =
    path === undefined ? [randomBytes(32).toString('hex')] : readFileSync(path, 'utf8').trim().split('\n')
  const file = path === undefined ? null : openSync(path, 'a')
  return {
    seed: Buffer.from(seed, 'hex'),
    events: lines.map((line) => JSON.parse(line)),
    append(event) {
      if (file === null) return
      writeSync(file, `${JSON.stringify(event)}\n`)
      fsyncSync(file)
    },
  }
}

const store = openStore(values.data)
const identity = identityFrom(store.seed)
const community = openCommunity(identity, store, { community: 'Minimal', person: 'Minimal' })
const answer = createBus(identity, community)

/** @returns null for a body over the limit */
async function bodyOf(request) {
  const parts = []
  let size = 0
  for await (const part of request) {
    size += part.length
    if (size > MAX_BODY) return null
    parts.push(part)
  }
  return Buffer.concat(parts)
}

const server = createServer(async (request, response) => {
  if (request.method !== 'POST' || request.url !== '/bus/v1/call') return response.writeHead(404).end()
  const body = await bodyOf(request).catch(() => null)
  const said = body && answer(body)
  // over a limit nobody answers (BUS-3, BUS-6)
  if (!said) return request.socket.destroy()
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(said))
})

server.listen(Number(values.port), '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}/`
  console.log(`node    ${identity.nodeId}`)
  console.log(`url     ${url}`)
  for (const level of ['member', 'trusted']) console.log(`${level.padEnd(8)}${community.invite(level, USES, url)}`)
})
process.once('SIGTERM', () => server.close(() => process.exit(0)))
process.once('SIGINT', () => server.close(() => process.exit(0)))
