import { sha256 } from '@noble/hashes/sha2.js'
import { base64 } from '@scure/base'
import { certificateOf, growth, logNameOf, merkleRoot, noteOf } from '../../../client/alerts.ts'
import { type Bytes, canonical, type Json, toHex, utf8, verify } from '../../../client/encoding.ts'
import { type Case, ensure, isObject, member, outcomeOf, same } from '../../../harness/case.ts'

const WITNESS = 'experimental.civdef.audit.witness'
const EXPORT = 'experimental.civdef.audit.export'
const CHECKPOINT = 'experimental.civdef.audit.checkpoint'

const entriesOf = (count: number, word = 'entry'): Bytes[] => Array.from({ length: count }, (_, at) => utf8(`${word} ${at}`))
const objects = (text: string): Json[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Json) // what JSON.parse returns
const ofKind = (lines: readonly Json[], kind: string): Json[] => lines.filter((line) => member(line, 'kind') === kind)

/** Witnessing others' logs (AUD-3), and a log that others can check (AUD-1, AUD-2, AUD-5). */
export const cases: readonly Case[] = [
  {
    id: 'AUD-3.grows',
    title: 'A witness signs a log that grows, and holds what it signed',
    capability: WITNESS,
    needs: ['call'],
    async run({ fresh }) {
      const owner = await fresh('member')
      const entries = entriesOf(7)
      const first = await owner.ask(WITNESS, { note: noteOf(owner.identity, entries.slice(0, 3)), old_size: 0, proof: [] })
      same(member(first, 'output', 'outcome'), 'cosigned', 'outcome')
      const next = await owner.ask(WITNESS, { note: noteOf(owner.identity, entries), old_size: 3, proof: growth(entries, 3) })
      same(member(next, 'output', 'outcome'), 'cosigned', 'outcome')
      same(member(next, 'output', 'size'), 7, 'size')
      const line = String(member(next, 'output', 'line'))
      ensure(
        line.startsWith(`— hearthnet/civdef/witness/${owner.target.nodeId.slice('ed25519:'.length)} `),
        'a line by its name',
        line,
      )
    },
  },
  {
    id: 'AUD-3.rewritten',
    title: 'A witness refuses a log that was rewritten',
    capability: WITNESS,
    needs: ['call'],
    async run({ fresh }) {
      const owner = await fresh('member')
      await owner.ask(WITNESS, { note: noteOf(owner.identity, entriesOf(3)), old_size: 0, proof: [] })
      const other = entriesOf(7, 'other')
      const answer = await owner.ask(WITNESS, { note: noteOf(owner.identity, other), old_size: 3, proof: growth(other, 3) })
      ensure(outcomeOf(answer) === 'civdef_audit_chain_broken', 'civdef_audit_chain_broken', answer)
    },
  },
  {
    id: 'AUD-3.from-nothing',
    title: 'A witness that holds a checkpoint does not begin anew: it says what it holds',
    capability: WITNESS,
    needs: ['call'],
    async run({ fresh }) {
      const owner = await fresh('member')
      await owner.ask(WITNESS, { note: noteOf(owner.identity, entriesOf(3)), old_size: 0, proof: [] })
      const answer = await owner.ask(WITNESS, { note: noteOf(owner.identity, entriesOf(2, 'other')), old_size: 0, proof: [] })
      same([member(answer, 'output', 'outcome'), member(answer, 'output', 'size')], ['conflict', 3], 'answer')
      ensure(String(member(answer, 'output', 'held')).includes('\n3\n'), 'the checkpoint it holds', answer)
    },
  },
  {
    id: 'AUD-3.forged',
    title: 'A witness signs no checkpoint that its log did not sign',
    capability: WITNESS,
    needs: ['call'],
    async run({ lent }) {
      const [owner, thief] = [await lent('member'), await lent('member')]
      const forged = noteOf(thief.identity, entriesOf(3), logNameOf(owner.nodeId))
      const answer = await owner.ask(WITNESS, { note: forged, old_size: 0, proof: [] })
      ensure(['invalid_signature', 'bad_request'].includes(outcomeOf(answer)), 'refused', answer)
    },
  },
  {
    id: 'AUD-3.somebody-elses',
    title: 'A witness signs the log of its caller and of nobody else',
    capability: WITNESS,
    needs: ['call'],
    async run({ lent }) {
      const [owner, other] = [await lent('member'), await lent('member')]
      const answer = await other.ask(WITNESS, { note: noteOf(owner.identity, entriesOf(3)), old_size: 0, proof: [] })
      ensure(outcomeOf(answer) === 'bad_request', 'bad_request', answer)
    },
  },
  {
    id: 'AUD-5.export',
    queue: 'alone',
    title: 'An export can be checked by its own bytes: links, signatures, and the root of its checkpoint',
    capability: EXPORT,
    needs: ['call', 'person'],
    async run({ does, lent, target }) {
      // something to export: a certificate that the person registers
      const root = await lent('member', 'root')
      await does('experimental.civdef.root.set', { root: root.nodeId, name: 'Root of the suite', region: 'DE.NRW' })
      const certificate = certificateOf(root.identity, target.nodeId)
      await does('experimental.civdef.role.register', JSON.parse(JSON.stringify({ certificate, chain: [] })))
      await does(CHECKPOINT, {})
      const lines = objects(String(member(await does(EXPORT, { format: 'jsonl' }), 'content')))
      ensure(ofKind(lines, 'header').length === 1, 'one header', lines.slice(0, 1))
      const entries = ofKind(lines, 'entry').map((line) => member(line, 'entry') ?? null)
      let before: string | null = null
      for (const entry of entries) {
        same(member(entry, 'prev_sha') ?? null, before, `prev_sha of entry ${member(entry, 'seq')}`)
        ensure(isObject(entry) && verify(target.nodeId, entry), 'an entry signed by its owner', entry)
        before = `sha256:${toHex(sha256(utf8(canonical(entry))))}`
      }
      const note = String(member(ofKind(lines, 'checkpoint').at(-1), 'note'))
      const [origin, size, hash] = note.split('\n')
      same(origin, logNameOf(target.nodeId), 'origin')
      const covered = entries.slice(0, Number(size)).map((entry) => utf8(canonical(entry)))
      ensure(covered.length === Number(size), `${size} entries`, covered.length)
      same(hash, base64.encode(merkleRoot(covered)), 'root')
    },
  },
]
