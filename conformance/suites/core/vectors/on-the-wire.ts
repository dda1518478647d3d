import { concat, contentId, fromHex, type Json, utf8 } from '../../../client/encoding.ts'
import { BUS } from '../../../client/peer.ts'
import { type Case, ensure, isObject, outcomeOf, shown } from '../../../harness/case.ts'
import { inputOf, VECTORS } from '../../../harness/vectors.ts'

// Vectors whose verdict a peer can hear: their input travels inside a call or an event.

const HERE = '"HERE"'
/** Whole texts that cannot stand inside another. */
const isInner = (bytes: Uint8Array): boolean => bytes.length > 0 && bytes[0] !== 0xef && bytes[0] !== 0xff && bytes[0] !== 0xfe

const fileOf = (name: string) => VECTORS.find((placed) => placed.name === name)?.file.vectors ?? []

export const cases: readonly Case[] = [
  {
    id: 'ENC-1.vectors.in-a-call',
    title: 'JSON texts that are refused are refused inside a call, and the others are read',
    needs: ['wire'],
    async run({ peer }) {
      for (const vector of fileOf('encoding/json-text')) {
        const bytes = fromHex(String(inputOf(vector).hex))
        if (!isInner(bytes) || bytes.length > 100_000) continue
        const caller = await peer('stranger')
        const [before = '', after = ''] = JSON.stringify(caller.request('protocol.version.list', 'HERE')).split(HERE)
        const { frames } = await caller.talk(BUS, [concat(utf8(before), bytes, utf8(after))], 5_000)
        const refused = frames.length === 0 || outcomeOf(frames[0]) === 'bad_request'
        // inside a call the text stands three levels deeper
        if (vector.error === undefined && /depth|deep|nest/i.test(vector.name)) continue
        ensure(refused === (vector.error !== undefined), `${vector.name}: ${vector.error ?? 'read'}`, shown(frames))
      }
    },
  },
  {
    id: 'ENC-4.vectors.in-a-call',
    title: 'Times that are refused are refused as a timestamp, and the others are taken',
    needs: ['call'],
    async run({ peer }) {
      for (const vector of fileOf('encoding/time')) {
        const caller = await peer('stranger')
        const answer = await caller.ask('protocol.version.list', {}, { timestamp: String(inputOf(vector).text) })
        const refused = outcomeOf(answer) === 'bad_request'
        ensure(refused === (vector.error !== undefined), `${vector.name}: ${vector.error ?? 'taken'}`, answer)
      }
    },
  },
  {
    id: 'ENC-2.vectors.in-events',
    title: 'An event with the value of each canonical vector verifies and has the content id that the suite computes',
    needs: ['wire', 'sync'],
    async run({ peer }) {
      const author = await peer('member')
      const events = fileOf('encoding/canonical-form').flatMap((vector) => {
        if (vector.error !== undefined) return []
        const value: Json = JSON.parse(String(inputOf(vector).json))
        const event = author.event('conformance.vector.carried', { value })
        return JSON.stringify(event).length < 200_000 && isObject(event) ? [{ name: vector.name, event }] : []
      })
      ensure(events.length > 0, 'vectors', events.length)
      const ids = await author.give(events.map(({ event }) => event))
      const missing = events.filter(({ event }) => !ids.includes(contentId(event))).map(({ name }) => name)
      ensure(missing.length === 0, 'every one taken', missing)
    },
  },
]
