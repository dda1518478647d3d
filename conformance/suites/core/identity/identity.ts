import { canonical, contentId, fromBase64Url, identityFrom, verify } from '../../../client/encoding.ts'
import { manifestOf } from '../../../client/manifest.ts'
import { type Case, ensure, isObject, member } from '../../../harness/case.ts'

const SNAKE = /^[a-z][a-z0-9_]*$/

/** Every name of every object in it. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)])
}

export const cases: readonly Case[] = [
  {
    id: 'ID-4.self-describe',
    title: 'What a node says of itself is signed by the node that was asked',
    capability: 'protocol.self.describe',
    needs: ['call'],
    async run({ peer, target }) {
      const output = member(await (await peer('stranger')).ask('protocol.self.describe', {}), 'output')
      ensure(isObject(output), 'a descriptor', output)
      ensure(output.node_id === target.nodeId, `node_id ${target.nodeId}`, output.node_id)
      ensure(verify(target.nodeId, output), 'a signature that verifies over the canonical form', output.signature)
    },
  },
  {
    id: 'ID-4.manifest',
    title: 'A manifest is signed over its canonical form, and good for a while',
    capability: 'node.manifest.exchange',
    needs: ['call'],
    async run({ peer, target }) {
      const caller = await peer('member')
      const manifest = member(
        await caller.ask('node.manifest.exchange', { manifest: manifestOf(caller) }),
        'output',
        'manifest',
      )
      ensure(isObject(manifest) && manifest.node_id === target.nodeId, 'the manifest of the node under test', manifest)
      ensure(verify(target.nodeId, manifest), 'a signature that verifies', manifest)
      const [issued, expires] = [Date.parse(String(manifest.issued_at)), Date.parse(String(manifest.expires_at))]
      ensure(expires > issued && expires - issued <= 900_000, 'an end within 900 s of its issue', manifest)
    },
  },
  {
    id: 'ID-1.form',
    title: 'A NodeID is the tag and 43 characters of a 32-byte key',
    needs: ['call'],
    async run({ target }) {
      ensure(/^ed25519:[A-Za-z0-9_-]{43}$/.test(target.nodeId), 'ed25519: and 43 characters', target.nodeId)
      ensure(fromBase64Url(target.nodeId.slice(8)).length === 32, '32 bytes', target.nodeId)
    },
  },
  {
    id: 'ID-3.peer-id',
    title: 'The connection that proves the NodeID is reached under the peer id of the same key',
    needs: ['wire'],
    async run({ peer, target }) {
      // the peer page dials the peer id it computes from the NodeID; Noise ends the dial where the key is another
      ensure(await (await peer('stranger')).line.connected(), `a connection to ${target.nodeId}`, 'none')
    },
  },
  {
    id: 'ENC-6.names',
    title: 'Every field of a descriptor and of a manifest is snake_case',
    needs: ['call'],
    async run({ peer }) {
      const caller = await peer('member')
      const answers = [
        await caller.ask('protocol.self.describe', {}),
        await caller.ask('node.manifest.exchange', { manifest: manifestOf(caller) }),
      ]
      const wrong = answers.flatMap(namesIn).filter((name) => !SNAKE.test(name))
      ensure(wrong.length === 0, 'snake_case', wrong)
    },
  },
  {
    id: 'ENC-5.schema-hash-form',
    title: 'A schema_hash is blake3: and 64 lowercase hex digits',
    needs: ['call'],
    async run({ peer }) {
      const names = member(await (await peer('stranger')).ask('protocol.self.describe', {}), 'output', 'capabilities')
      ensure(Array.isArray(names), 'a list of capabilities', names)
      const hashes = names.map((each) => member(each, 'schema_hash')).filter((hash) => hash !== null)
      ensure(
        hashes.length > 0 && hashes.every((hash) => /^blake3:[0-9a-f]{64}$/.test(String(hash))),
        'that form',
        hashes.slice(0, 3),
      )
    },
  },
  ...event('ENC-2.numbers', 'Numbers are signed in their shortest form', {
    n: 1e-7,
    m: 0.1,
    k: -0,
    l: 100,
    j: 123456.789,
    i: 9007199254740991,
  }),
  ...event('ENC-2.names-by-utf16', 'Names are sorted by UTF-16 code units', {
    '€': 1,
    '\r': 2,
    דּ: 3,
    '1': 4,
    '😀': 5,
    '\u0080': 6,
    ö: 7,
  }),
  ...event('ENC-2.strings', 'Strings are escaped as RFC 8785 says', { text: '\u0000\u001f"\\/\u007f\u2028é😀' }),
  ...event('ENC-2.nested', 'Names are sorted at every depth', { b: [{ z: 1, a: { y: null, x: [] } }], a: {} }),
  {
    id: 'ENC-2.order-of-arrival',
    title: 'The order in which fields arrive changes neither signature nor content id',
    needs: ['wire', 'sync'],
    async run({ peer }) {
      const author = await peer('member')
      const made = author.event('conformance.note.written', { b: 1, a: 2 })
      const reversed = Object.fromEntries(Object.entries(made).reverse())
      ensure(canonical(reversed) === canonical(made), 'the same canonical form', reversed)
      ensure((await author.give([reversed])).includes(contentId(made)), 'the event, under its one content id', 'refused')
    },
  },
  {
    id: 'ID-5.recovery-file',
    title: 'The recovery file holds the seed of the key, under PBKDF2 with at least 600,000 rounds and AES-GCM',
    needs: ['person'],
    async run({ does, seat, target }) {
      const passphrase = 'ein langer satz für die probe'
      const answer = await seat.ask('node.identity.recovery.export', { passphrase })
      if (member(answer, 'error', 'code') === 'not_found') return // settled already: the seed is gone, as ID-5 has it
      const file = member(answer, 'output', 'file') ?? (await does('node.identity.recovery.export', { passphrase }))
      ensure(member(file, 'node_id') === target.nodeId, 'the file of this node', file)
      const rounds = Number(member(file, 'kdf', 'rounds'))
      ensure(rounds >= 600_000, 'at least 600,000 rounds', rounds)
      const bytesAt = (...path: string[]) => fromBase64Url(String(member(file, ...path)))
      const { subtle } = globalThis.crypto
      const secret = await subtle.importKey('raw', new TextEncoder().encode(passphrase), 'PBKDF2', false, ['deriveKey'])
      const key = await subtle.deriveKey(
        { name: 'PBKDF2', hash: 'SHA-256', iterations: rounds, salt: bytesAt('kdf', 'salt') },
        secret,
        { name: 'AES-GCM', length: 256 },
        false,
        ['decrypt'],
      )
      const seed = new Uint8Array(
        await subtle.decrypt(
          { name: 'AES-GCM', iv: bytesAt('cipher', 'iv'), additionalData: new TextEncoder().encode(target.nodeId) },
          key,
          bytesAt('cipher', 'text'),
        ),
      )
      ensure(
        identityFrom(seed.slice(-32)).nodeId === target.nodeId,
        'the seed of the NodeID',
        `${seed.length} bytes of another`,
      )
    },
  },
  {
    id: 'ID-1.one-identity',
    title: 'A node that has an identity makes no second one',
    needs: ['person'],
    queue: 'alone',
    async run({ seat, does, target }) {
      const answer = await seat.ask('node.identity.create', { display_name: 'Somebody else' })
      ensure(member(answer, 'error', 'code') === 'bad_request', 'bad_request', answer)
      const now = member(await does('node.status', {}), 'identity', 'node_id')
      ensure(now === target.nodeId, target.nodeId, now)
    },
  },
  {
    id: 'ID-5.short-passphrase',
    title: 'A passphrase of seven characters makes no recovery file',
    needs: ['person'],
    async run({ seat }) {
      const answer = await seat.ask('node.identity.recovery.export', { passphrase: '1234567' })
      ensure(member(answer, 'error', 'code') === 'schema_mismatch', 'schema_mismatch', answer)
    },
  },
]

/** An event of a type that nobody knows, signed over a canonical form that is easy to get wrong. */
function event(id: string, title: string, data: { readonly [key: string]: never } | object): readonly Case[] {
  return [
    {
      id,
      title,
      needs: ['wire', 'sync'],
      async run({ peer }) {
        const author = await peer('member')
        const made = author.event('conformance.note.written', JSON.parse(JSON.stringify(data)))
        ensure(await author.gives(made), 'an event whose signature verifies', 'refused')
      },
    },
  ]
}
