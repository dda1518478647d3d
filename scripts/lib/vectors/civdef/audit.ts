import { shaOf } from '#protocol/civdef/audit.ts'
import { cosignCheckpoint, formatCheckpoint, logName, signNote, verifierLine, withLine } from '#protocol/civdef/note.ts'
import { canonical } from '#protocol/core/canonical.ts'
import { fromHex, toHex, utf8 } from '#protocol/core/encoding.ts'
import { wireTime } from '#protocol/core/ids.ts'
import { type Signer, signRecord } from '#protocol/core/signing.ts'
import { written } from '../../../../workers/modules/civdef/audit/entry.ts'
import { createMerkleTree, leafHash } from '../../../../workers/modules/civdef/audit/merkle.ts'
import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import type { People } from '../seeded.ts'
import { NOW } from './make.ts'

/** The leaves of the well-known test tree of RFC 6962 implementations, hexadecimal. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']

const treeOf = (leaves: readonly string[]) => {
  const tree = createMerkleTree()
  for (const leaf of leaves) tree.append(leafHash(fromHex(leaf)))
  return tree
}

/** AUD-2: roots and proofs of RFC 6962. */
function merkle(): readonly VectorSource[] {
  const tree = treeOf(LEAVES)
  const rootHex = (size: number): string => toHex(tree.root(size))
  const inclusions: [index: number, size: number][] = LEAVES.flatMap((_, at) =>
    [at + 1, 8].filter((size, place, all) => all.indexOf(size) === place).map((size): [number, number] => [at, size]),
  )
  const included = (index: number, size: number) => ({
    leaf_hex: LEAVES[index] ?? '',
    index,
    size,
    proof_hex: tree.inclusion(index, size).map(toHex),
    root_hex: rootHex(size),
  })
  const grown = (from: number, to: number) => ({
    from,
    to,
    proof_hex: tree.consistency(from, to).map(toHex),
    old_root_hex: rootHex(from),
    new_root_hex: rootHex(to),
  })
  const pairs: [number, number][] = [
    [1, 1],
    [1, 8],
    [6, 8],
    [2, 5],
    [3, 7],
    [4, 8],
    [7, 8],
    [8, 8],
    [0, 5],
  ]
  const right = included(5, 8)
  const longer = grown(6, 8)
  const wrong = (name: string, catches: string, change: object): Vector =>
    bad(name, catches, { ...right, ...change }, 'bad_request')
  const shrunk = (name: string, catches: string, change: object): Vector =>
    bad(name, catches, { ...longer, ...change }, 'bad_request')
  return [
    {
      name: 'merkle-root',
      operation: 'civdef.root',
      rule: 'AUD-2',
      about: 'The root over entries, by RFC 6962, 2.1.',
      vectors: Array.from({ length: 9 }, (_, size) =>
        good(
          `${size} entries`,
          size === 0 ? 'SHA-256 of nothing' : 'The first of the test tree',
          { entries_hex: LEAVES.slice(0, size) },
          { root_hex: rootHex(size) },
        ),
      ),
    },
    {
      name: 'merkle-inclusion',
      operation: 'civdef.inclusion',
      rule: 'AUD-2',
      about: 'Whether a proof leads from an entry to a root (RFC 6962, 2.1.1).',
      vectors: [
        ...inclusions.map(([index, size]) => good(`entry ${index} of ${size}`, 'Leads to the root', included(index, size))),
        wrong('another entry', 'the entry is not hashed', { leaf_hex: '00' }),
        wrong('another place', 'the place is not used', { index: 4 }),
        wrong('another size', 'the size is not used', { size: 6 }),
        wrong('a place beyond the end', 'places are not limited', { index: 8 }),
        wrong('a proof without its last hash', 'what is left over is not looked at', {
          proof_hex: right.proof_hex.slice(0, -1),
        }),
        wrong('a proof with a hash more', 'what is left over is not looked at', {
          proof_hex: [...right.proof_hex, right.proof_hex[0]],
        }),
        wrong('the root of one entry for a log of two', 'a proof is at its end when it has run out', {
          ...included(0, 1),
          size: 2,
        }),
        wrong('two hashes exchanged', 'left and right are sorted', {
          proof_hex: [right.proof_hex[1], right.proof_hex[0], right.proof_hex[2]],
        }),
        wrong('a short hash', 'lengths are not looked at', {
          proof_hex: [right.proof_hex[0]?.slice(2), ...right.proof_hex.slice(1)],
        }),
        wrong('the root of another size', 'any root will do', { root_hex: rootHex(7) }),
        wrong('a node passed off as an entry', 'leaves and nodes are hashed alike', {
          leaf_hex: `${toHex(leafHash(fromHex(LEAVES[4] ?? '')))}${toHex(leafHash(fromHex(LEAVES[5] ?? '')))}`,
          index: 2,
          size: 4,
          proof_hex: right.proof_hex.slice(1),
        }),
      ],
    },
    {
      name: 'merkle-consistency',
      operation: 'civdef.consistency',
      rule: 'AUD-2',
      about: 'Whether a tree only grew (RFC 6962, 2.1.2).',
      vectors: [
        ...pairs.map(([from, to]) => good(`from ${from} to ${to}`, 'Only grew', grown(from, to))),
        shrunk('another old root', 'the old root is not compared', { old_root_hex: rootHex(5) }),
        shrunk('another new root', 'the new root is not compared', { new_root_hex: rootHex(7) }),
        shrunk('the other way round', 'a tree may shrink', { from: 8, to: 6 }),
        shrunk('a hash less', 'what is missing is made up', { proof_hex: longer.proof_hex.slice(0, -1) }),
        shrunk('a hash more', 'what is left over is not looked at', { proof_hex: [...longer.proof_hex, longer.proof_hex[0]] }),
        bad(
          'equal sizes and two roots',
          'sizes are compared instead of roots',
          { ...grown(8, 8), new_root_hex: rootHex(7) },
          'bad_request',
        ),
        bad(
          'equal sizes and a proof',
          'a proof too many is passed over',
          { ...grown(8, 8), proof_hex: longer.proof_hex },
          'bad_request',
        ),
        bad(
          'from nothing with a proof',
          'a proof too many is passed over',
          { ...grown(0, 5), proof_hex: longer.proof_hex },
          'bad_request',
        ),
      ],
    },
  ]
}

interface ChainPart {
  readonly entries: readonly string[]
  readonly records: readonly object[]
}

/** Entries of a chain, linked and signed. */
async function chainBy(signer: Signer, length: number, word = 'first'): Promise<ChainPart> {
  const entries: string[] = []
  const records: object[] = []
  for (let seq = 0; seq < length; seq++) {
    const record = await signRecord(signer, {
      seq,
      alert_id: null,
      event: 'acked',
      actor: signer.nodeId,
      at: wireTime(NOW + seq * 1000),
      payload_sha: shaOf({ word, seq }),
      prev_sha: seq === 0 ? null : written(entries[seq - 1] ?? '').sha,
    })
    records.push(record)
    entries.push(canonical(record))
  }
  return { entries, records }
}

const rootOf = (entries: readonly string[]) => {
  const tree = createMerkleTree()
  for (const text of entries) tree.append(leafHash(utf8(text)))
  return new Uint8Array(tree.root())
}

const textOver = (owner: Signer, entries: readonly string[], origin = logName(owner.nodeId)): string =>
  formatCheckpoint({ origin, size: entries.length, root: rootOf(entries), extensions: [] })

/** AUD-2, AUD-3: checkpoints as signed notes. */
async function notes({ anna, bert, carla }: People): Promise<VectorSource> {
  const { entries } = await chainBy(anna, 5)
  const origin = logName(anna.nodeId)
  const text = textOver(anna, entries)
  const plain = await signNote(anna, origin, text)
  const witnessed = withLine(plain, await cosignCheckpoint(bert, text, NOW / 1000))
  const [line = ''] = witnessed.split('\n').slice(-2)
  const expected = { origin, size: 5, root_hex: toHex(rootOf(entries)) }
  const yes = (name: string, comment: string, note: string, witnesses: readonly string[]): Vector =>
    good(name, comment, { log: anna.nodeId, note }, { ...expected, witnesses })
  const no = (name: string, catches: string, note: string, error = 'bad_request'): Vector =>
    bad(name, catches, { log: anna.nodeId, note }, error)
  const own = plain.split('\n\n')[1] ?? ''
  const unknown = `— sum.example/key ${own.trim().split(' ')[2]}\n`
  const late = await cosignCheckpoint(bert, text, NOW / 1000 + 1)
  const elsewhere = await cosignCheckpoint(bert, textOver(anna, entries.slice(0, 4)), NOW / 1000)
  return {
    name: 'checkpoints',
    operation: 'civdef.checkpoint',
    rule: 'AUD-2',
    about: `Checkpoints of a log in the format of C2SP signed-note, tlog-checkpoint and tlog-cosignature. The verifier line of this log is ${verifierLine({ name: origin, nodeId: anna.nodeId })}`,
    vectors: [
      yes('a checkpoint', 'Signed by its log', plain, []),
      yes('a checkpoint with a witness', 'The name carries the key', witnessed, [bert.nodeId]),
      yes(
        'two witnesses',
        'In the order of their lines',
        withLine(witnessed, await cosignCheckpoint(carla, text, NOW / 1000)),
        [bert.nodeId, carla.nodeId],
      ),
      yes('a line by a name nobody knows', 'Passed over', plain + unknown, []),
      yes('a witness of another checkpoint', 'Its line does not verify and is no witness', plain + elsewhere, []),
      yes('one witness twice', 'Two lines of one key are none', withLine(witnessed, late), []),
      no('the size changed', 'the text is not what is signed', plain.replace('\n5\n', '\n6\n'), 'invalid_signature'),
      no(
        'signed by another key under the same name',
        'the name is taken for the key',
        await signNote(bert, origin, text),
        'invalid_signature',
      ),
      no('a witness and no log', 'any line will do', `${text}\n${line}\n`, 'invalid_signature'),
      no(
        'the checkpoint of another log',
        'origins are not compared',
        await signNote(bert, logName(bert.nodeId), textOver(bert, entries)),
      ),
      no(
        'a size with a zero in front',
        'numbers have two spellings',
        await signNote(anna, origin, text.replace('\n5\n', '\n05\n')),
      ),
      no(
        'a root of 31 bytes',
        'lengths are not looked at',
        await signNote(anna, origin, `${origin}\n5\n${Buffer.alloc(31).toString('base64')}\n`),
      ),
      no('a root in base64url', 'two alphabets are one', await signNote(anna, origin, `${origin}\n5\n${'_'.repeat(43)}=\n`)),
      no('an empty line among the extensions', 'the text ends where it likes', await signNote(anna, origin, `${text}a\n\nb\n`)),
      no('no empty line', 'text and signatures run together', plain.replace('\n\n', '\n')),
      no('no newline at the end', 'lines may end open', plain.slice(0, -1)),
      no('a hyphen instead of the dash', 'dashes are alike', plain.replace('— ', '- ')),
      no('a carriage return', 'lines of Windows', plain.replace('\n5\n', '\r\n5\r\n')),
      no('a signature line with three parts', 'what is left over is passed over', plain.replace(/\n$/, ' x\n')),
    ],
  }
}

/** AUD-1, AUD-4: chains, and where they break. */
async function chains({ anna, bert }: People): Promise<VectorSource> {
  const { entries, records } = await chainBy(anna, 6)
  const origin = logName(anna.nodeId)
  const half = await signNote(anna, origin, textOver(anna, entries.slice(0, 3)))
  const end = await signNote(anna, origin, textOver(anna, entries))
  const checkpoints = [half, end]
  const held = withLine(end, await cosignCheckpoint(bert, textOver(anna, entries), NOW / 1000))
  const swap = (at: number, text: string): string[] => entries.map((one, place) => (place === at ? text : one))
  const input = (change: object = {}) => ({
    owner: anna.nodeId,
    entries,
    checkpoints: [] as string[],
    held: [] as string[],
    ...change,
  })
  const broken = (name: string, comment: string, change: object, fault: string, seq: number): Vector =>
    good(name, comment, input(change), { whole: false, fault, seq })
  const whole = (name: string, comment: string, change: object = {}): Vector =>
    good(name, comment, input(change), { whole: true })
  const other = async (at: number, change: object, by = anna): Promise<string> => {
    const { signature: _, ...record } = records[at] as { signature: string }
    return canonical(await signRecord(by, { ...record, ...change }))
  }
  const rewritten = await chainBy(anna, 3, 'other')
  return {
    name: 'chains',
    operation: 'civdef.verify',
    rule: 'AUD-4',
    about:
      'A chain with its checkpoints, and those that witnesses hold: whether it is whole, or the first break and the entry it is at.',
    vectors: [
      whole('a chain', 'Nothing but entries'),
      whole('a chain with checkpoints', 'Both roots are those of its entries', { checkpoints }),
      whole('a chain that a witness saw', 'And it is still the same', { checkpoints, held: [held] }),
      whole('an empty chain', 'Nothing was recorded', { entries: [] }),
      broken(
        'an entry changed',
        'Its signature does not verify',
        { entries: swap(2, (entries[2] ?? '').replace('acked', 'cancelled')) },
        'signature',
        2,
      ),
      broken('an entry left out', 'The numbers say where', { entries: entries.filter((_, at) => at !== 2) }, 'sequence', 2),
      broken(
        'two entries exchanged',
        'The numbers say where',
        { entries: [entries[0], entries[2], entries[1], ...entries.slice(3)] },
        'sequence',
        1,
      ),
      broken(
        'an entry twice',
        'The numbers say where',
        { entries: [...entries.slice(0, 3), ...entries.slice(2)] },
        'sequence',
        3,
      ),
      broken(
        'an entry of somebody else',
        'A chain has one owner',
        { entries: swap(5, await other(5, {}, bert)) },
        'signature',
        5,
      ),
      broken(
        'an entry signed anew by its owner',
        'The next one does not follow it',
        { entries: swap(2, await other(2, { event: 'cancelled' })) },
        'prev_hash',
        3,
      ),
      broken(
        'an entry that is not canonical',
        'A second text of one entry',
        { entries: swap(1, ` ${entries[1]}`) },
        'malformed',
        1,
      ),
      broken(
        'an entry with a field more',
        'What is not in the contract',
        { entries: swap(1, await other(1, { note: 'x' })) },
        'malformed',
        1,
      ),
      broken(
        'the end cut off',
        'A checkpoint covers more than is there',
        { entries: entries.slice(0, 4), checkpoints },
        'truncated',
        4,
      ),
      broken(
        'rewritten and signed anew by its owner',
        'A checkpoint holds the old root',
        { entries: rewritten.entries, checkpoints: [half] },
        'root',
        0,
      ),
      broken(
        'cut off with its checkpoint',
        'Only the witness shows it (AUD-3)',
        { entries: entries.slice(0, 4), checkpoints: [half], held: [held] },
        'truncated',
        4,
      ),
      whole('cut off with its checkpoint, and no witness', 'Nobody can tell, and a file says so of itself', {
        entries: entries.slice(0, 4),
        checkpoints: [half],
      }),
      whole('a note that no witness signed', 'Hearsay is no witness', { held: [end.replace('\n6\n', '\n7\n')] }),
    ],
  }
}

export const audit = async (all: People): Promise<readonly VectorSource[]> => [...merkle(), await notes(all), await chains(all)]
