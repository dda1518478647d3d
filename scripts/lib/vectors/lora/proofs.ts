import { toHex } from '#protocol/core/encoding.ts'
import { type ChainKind, commitmentOf } from '#protocol/lora/chain.ts'
import { encodeFrame, senderHashOf } from '#protocol/lora/frame.ts'
import type { Doubt, Proof } from '#protocol/lora/records.ts'
import { good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import type { People } from '../seeded.ts'
import { bent, type ChainSeed, chainOf, MIDNIGHT, MORNING, NO_FLAGS, sealer, seedOf } from './make.ts'

async function chain({ anna }: People): Promise<VectorSource> {
  const seed = seedOf(anna.nodeId)
  const { salt, key, token } = await chainOf(seed)
  const at = (kind: ChainKind, index: number): Vector => {
    const value = kind === 'key' ? key(index) : token(index)
    return good(
      `${kind} ${index}`,
      kind === 'key' ? '288 a day' : '96 a day',
      { ...seed, kind, index },
      { salt_hex: toHex(salt), value_hex: toHex(value), commitment_hex: toHex(commitmentOf(kind, salt, index, value)) },
    )
  }
  return {
    name: 'chain',
    operation: 'lora.chain',
    rule: 'LOR-8',
    about: 'Values of a chain, from what follows its last one, and what an anchor would publish of them.',
    vectors: [
      ...[0, 1, 94, 96, 287, 288, 105_407].map((index) => at('key', index)),
      ...[0, 32, 95, 96, 35_135].map((index) => at('panic', index)),
    ],
  }
}

interface Coming {
  readonly at: number
  readonly hex: string
  /** The receiver restarts before this frame comes. */
  readonly restart?: true
}
type Known = readonly [proof: Proof, doubt: Doubt | null]
type KnownChain = ChainSeed & { readonly revoked?: true }
const PROVEN: Known = ['proven', null]
const PENDING: Known = ['pending', null]
const unproven = (doubt: Doubt): Known => ['unproven', doubt]

const come = (at: number, frame: Uint8Array): Coming => ({ at, hex: toHex(frame) })
const afterRestart = (at: number, frame: Uint8Array): Coming => ({ ...come(at, frame), restart: true })

async function verdicts({ anna, bert }: People): Promise<readonly VectorSource[]> {
  const seed = seedOf(anna.nodeId)
  const seal = await sealer(seed)
  const AT = MORNING
  const of = (
    name: string,
    comment: string,
    frames: readonly Coming[],
    known: readonly Known[],
    { rule = 'LOR-7', anchors = [seed] }: { readonly rule?: string; readonly anchors?: readonly KnownChain[] } = {},
  ): { readonly rule: string; readonly vector: Vector } => ({
    rule,
    vector: good(name, comment, { anchors, frames }, { verdicts: known.map(([proof, doubt]) => ({ proof, doubt })) }),
  })
  const first = seal(AT + 10, 1)
  const second = seal(AT + 610, 2)
  const v1 = encodeFrame({
    ...{ version: 1, senderHash: senderHashOf(anna.nodeId), sequence: 1, flags: NO_FLAGS, unixSeconds: AT + 10 },
  })
  const help = seal(AT + 20, 3, { panic: true })
  const sooner = seedOf(anna.nodeId, { starts_at: MIDNIGHT - 86_400 })
  const berts = await sealer(seedOf(bert.nodeId))
  const atMidnight = seal(MIDNIGHT + 10, 1)
  const LOR_8 = { rule: 'LOR-8' }
  const LOR_9 = { rule: 'LOR-9' }
  const LOR_10 = { rule: 'LOR-10' }
  const all = [
    of('a beacon waits for its key', 'Nothing is known yet', [come(AT + 11, first)], [PENDING]),
    of(
      'the next beacon brings the key of the one before',
      'Ten minutes later',
      [come(AT + 11, first), come(AT + 611, second)],
      [PROVEN, PENDING],
    ),
    of(
      'a key that comes a day later',
      'It still proves what came in time',
      [come(AT + 11, first), come(AT + 80_011, seal(AT + 80_010, 9))],
      [PROVEN, PENDING],
    ),
    of(
      'the first interval of a chain',
      'It discloses nothing: zeros',
      [come(MIDNIGHT + 11, atMidnight), come(MIDNIGHT + 611, seal(MIDNIGHT + 610, 2))],
      [PROVEN, PENDING],
    ),
    of('version 1', 'Proves nothing, also of who has an anchor', [come(AT + 11, v1)], [unproven('unsigned')]),
    of(
      'a beacon that comes when its key may be out',
      'Catches: the time of arrival is not looked at',
      [come(AT + 600 - 120, first)],
      [unproven('late')],
    ),
    of('the last second in which its key is surely secret', 'In time', [come(AT + 600 - 121, first)], [PENDING]),
    of(
      'a beacon from a time that has not come',
      'Catches: the future is believed',
      [come(AT + 10 - 121, first)],
      [unproven('ahead')],
    ),
    of('a sender’s clock that is 120 s ahead', 'Just tolerated', [come(AT + 10 - 120, first)], [PENDING]),
    of(
      'a count changed on the way',
      'Catches: the MAC is not checked when the key comes',
      [come(AT + 11, bent(first, 6)), come(AT + 611, second)],
      [unproven('forged'), PENDING],
    ),
    of(
      'the last bit of the MAC changed on the way',
      'Catches: half of the MAC is compared',
      [come(AT + 11, bent(first, 20)), come(AT + 611, second)],
      [unproven('forged'), PENDING],
    ),
    of(
      'a disclosed key changed on the way',
      'Catches: the key is not led to the anchor',
      [come(AT + 11, bent(first, 31))],
      [unproven('forged')],
      LOR_8,
    ),
    of(
      'a key of the wrong interval',
      'Catches: any key of the chain will do',
      [come(AT + 11, seal(AT + 10, 1, {}, { disclosed: 90 }))],
      [unproven('forged')],
      LOR_8,
    ),
    of(
      'a frame made with a key that another frame has disclosed',
      'Catches: a key that is out still signs',
      [come(AT + 11, first), come(AT + 612, second), come(AT + 613, seal(AT + 11, 7, { ok: true }))],
      [PROVEN, PENDING, unproven('late')],
    ),
    of(
      'the same by a clock that was set back',
      'Catches: only the clock closes an interval, not the key that was heard',
      [come(AT + 11, first), come(AT + 612, second), come(AT + 30, seal(AT + 11, 7, { ok: true }))],
      [PROVEN, PENDING, unproven('late')],
    ),
    of('a sender without an anchor', 'Nothing to lead a key to', [come(AT + 11, first)], [unproven('no_anchor')], {
      ...LOR_8,
      anchors: [],
    }),
    of(
      'the anchor of somebody who was revoked',
      'Catches: whoever once had an anchor is believed',
      [come(AT + 21, help)],
      [unproven('no_anchor')],
      { ...LOR_8, anchors: [{ ...seed, revoked: true }] },
    ),
    of(
      'of two chains the one anchored last',
      'Both cover the time',
      [come(AT + 11, first), come(AT + 611, second)],
      [PROVEN, PENDING],
      { ...LOR_8, anchors: [sooner, seed] },
    ),
    of(
      'of two chains not the one anchored before',
      'Catches: any anchor of a sender will do',
      [come(AT + 21, help)],
      [unproven('forged')],
      { ...LOR_8, anchors: [seed, sooner] },
    ),
    of(
      'another member’s frame under this one’s hash',
      'Catches: any member’s chain proves any hash',
      [come(AT + 21, Uint8Array.from([...help.subarray(0, 13), ...berts(AT + 20, 3, { panic: true }).subarray(13)]))],
      [unproven('forged')],
      { ...LOR_8, anchors: [seed, seedOf(bert.nodeId)] },
    ),
    of('a call for help', 'It proves itself', [come(AT + 21, help)], [PROVEN], LOR_9),
    of(
      'a panic token of another quarter of an hour',
      'Catches: any token of the chain will do',
      [come(AT + 21, seal(AT + 20, 3, { panic: true }, { token: 31 }))],
      [unproven('forged')],
      LOR_9,
    ),
    of(
      'a call for help from an hour ago',
      'Catches: a token holds for ever',
      [come(AT + 3620, help)],
      [unproven('late')],
      LOR_9,
    ),
    of(
      'a call for help 119 s after its quarter of an hour',
      'Clocks differ by two minutes',
      [come(AT + 900 + 119, seal(AT + 899, 3, { panic: true }))],
      [PROVEN],
      LOR_9,
    ),
    of(
      'the same token under other words',
      'Catches: a token that is out proves any frame that carries it',
      [come(AT + 21, help), come(AT + 30, bent(help, 6))],
      [PROVEN, PENDING],
      LOR_9,
    ),
    of(
      'a token without PANIC',
      'Catches: a token is taken for a key',
      [come(AT + 21, help.with(7, 2))],
      [unproven('forged')],
      LOR_9,
    ),
    of(
      'one frame twice',
      'Catches: what was proven is proven again',
      [come(AT + 11, first), come(AT + 12, first), come(AT + 611, second)],
      [PROVEN, unproven('replayed'), PENDING],
      LOR_10,
    ),
    of(
      'two frames of one second, the later first',
      'They are judged in the order in which they were sent',
      [come(AT + 11, seal(AT + 10, 6)), come(AT + 12, seal(AT + 10, 5)), come(AT + 611, second)],
      [PROVEN, PROVEN, PENDING],
      LOR_10,
    ),
    of(
      'a call for help that was heard before a restart',
      'Catches: a restart forgets which tokens are out',
      [come(AT + 21, help), afterRestart(AT + 30, bent(help, 6))],
      [PROVEN, PENDING],
      LOR_10,
    ),
    of(
      'a key that was heard before a restart, and a clock that was set back',
      'Catches: a restart forgets which keys are out',
      [come(AT + 11, first), come(AT + 612, second), afterRestart(AT + 30, seal(AT + 11, 7))],
      [PROVEN, PENDING, unproven('late')],
      LOR_10,
    ),
  ]
  const file = (name: string, rule: string, about: string): VectorSource => ({
    ...{ name, operation: 'lora.prove', rule, about },
    vectors: all.filter((one) => one.rule === rule).map(({ vector }) => vector),
  })
  return [
    file('proofs', 'LOR-7', 'Frames as they come, by the receiver’s clock, and what is known of each after the last one came.'),
    file('proofs-chains', 'LOR-8', 'The same: which chain a frame is held to.'),
    file('proofs-panic', 'LOR-9', 'The same: calls for help.'),
    file('proofs-replay', 'LOR-10', 'The same: frames that come again, and restarts of the receiver.'),
  ]
}

export const proving = async (all: People): Promise<readonly VectorSource[]> => [await chain(all), ...(await verdicts(all))]
