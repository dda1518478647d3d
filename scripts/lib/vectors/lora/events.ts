import { toBase64Url } from '#protocol/core/encoding.ts'
import { bad, good } from '../cases.ts'
import { signedEvent } from '../events/make.ts'
import type { Vector, VectorSource } from '../format.ts'
import type { People } from '../seeded.ts'
import { chainOf, MIDNIGHT, seedOf } from './make.ts'

export async function events({ anna, bert }: People): Promise<VectorSource> {
  const { commitments } = await chainOf(seedOf(bert.nodeId))
  const right = {
    starts_at: MIDNIGHT,
    days: 366,
    interval_seconds: 300,
    keys: toBase64Url(commitments.key),
    panics: toBase64Url(commitments.panic),
  }
  const anchored = await signedEvent(bert, anna.nodeId, { event_type: 'lora.chain.anchored', data: right })
  const event = async (event_type: string, data: object) => ({
    community_id: anna.nodeId,
    event: await signedEvent(bert, anna.nodeId, { event_type, data }),
  })
  // a whole anchor is 11 kB: what is wrong in one of its small fields has zeros for its commitments
  const zeros = { ...right, keys: '', panics: '' }
  const fill = ['keys', 'panics'].map((field) => ({ pointer: `/input/event/data/${field}`, text: 'A', count: 5368 }))
  const no = async (name: string, catches: string, change: object, error = 'schema_mismatch'): Promise<Vector> => {
    const whole = { ...right, keys: 'A'.repeat(5368), panics: 'A'.repeat(5368), ...change }
    const input = await event('lora.chain.anchored', whole)
    const brief = { ...input, event: { ...input.event, data: { ...whole, ...pick(zeros, change) } } }
    const filled = fill.filter(({ pointer }) => !Object.hasOwn(change, pointer.slice('/input/event/data/'.length)))
    return bad(name, catches, brief, error, name, { fill: filled })
  }
  const call = async (name: string, type: string, data: object, catches?: string): Promise<Vector> =>
    catches === undefined
      ? good(name, 'In the log of the community', await event(type, data))
      : bad(name, catches, await event(type, data), 'schema_mismatch')
  const said = { at: '2026-05-26T08:00:20Z', sequence: 3 }
  return {
    name: 'events',
    operation: 'event.accept',
    rule: 'LOR-8',
    about: 'Anchors and calls for help in the log.',
    vectors: [
      good('an anchor', 'A year of commitments', { community_id: anna.nodeId, event: anchored }),
      bad(
        'an anchor changed after signing',
        'the signature is not looked at',
        { community_id: anna.nodeId, event: { ...anchored, data: { ...right, starts_at: MIDNIGHT + 86_400 } } },
        'invalid_signature',
      ),
      bad(
        'an anchor in the name of another',
        'whoever passes it on is taken for its author',
        { community_id: anna.nodeId, event: { ...anchored, author: anna.nodeId } },
        'invalid_signature',
      ),
      await no(
        'a chain that begins a second after midnight',
        'any second begins a day',
        { starts_at: MIDNIGHT + 1 },
        'bad_request',
      ),
      await no('a chain that begins before 1970', 'times are signed', { starts_at: -86_400 }),
      await no('a chain that begins after 2106', 'times have no limit', { starts_at: 2 ** 32 + 40_704 }),
      await no('365 days', 'a year has 365 days', { days: 365 }),
      await no('intervals of 600 s', 'any interval will do', { interval_seconds: 600 }),
      await no('keys for 365 days and some', 'the length is not checked', { keys: 'A'.repeat(5367) }),
      await no('panics with padding', 'padding is let in', { panics: `${'A'.repeat(5367)}=` }),
      await no('no panics', 'a missing chain is none', { panics: undefined }),
      await no('a field nobody knows', 'what is not in the contract is let in', { salt: 'x' }),
      await call('a call for help', 'lora.panic.sent', said),
      await call('a call that is over', 'lora.panic.ended', { at: said.at }),
      await call('a count of 65,536', 'lora.panic.sent', { ...said, sequence: 65_536 }, 'counts have no limit'),
      await call('a time that is none', 'lora.panic.sent', { ...said, at: 'now' }, 'any text is a time'),
      await call('a place', 'lora.panic.sent', { ...said, geo: '51.5,6.4' }, 'what is not in the contract is let in'),
      await call('an end with a count', 'lora.panic.ended', said, 'what is not in the contract is let in'),
    ],
  }
}

/** The short form of those long fields that a change leaves alone. */
const pick = (brief: { readonly keys: string; readonly panics: string }, change: object): object =>
  Object.fromEntries(
    Object.entries(brief).filter(([name]) => (name === 'keys' || name === 'panics') && !Object.hasOwn(change, name)),
  )
