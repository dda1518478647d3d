import { CAPABILITIES } from '#protocol/capabilities.ts'
import { AnswerSchema } from '#protocol/core/bus.ts'
import { schemaHash } from '#protocol/core/capability.ts'
import { isErrorCode } from '#protocol/core/errors.ts'
import { matches } from '#protocol/core/schema.ts'
import { contentId } from '../../../client/encoding.ts'
import { BUS } from '../../../client/peer.ts'
import { type Case, ensure, isObject, member, outcomeOf, shown } from '../../../harness/case.ts'

const ECHO = 'node.echo'
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

const version = (what: string, title: string, wanted: string, expected: string): Case => ({
  id: `BUS-1.version-${what}`,
  title,
  needs: ['call'],
  async run({ peer }) {
    const answer = await (await peer('member')).ask(ECHO, { payload: 'x' }, { version: wanted })
    ensure(outcomeOf(answer) === expected, expected, answer)
  },
})

export const cases: readonly Case[] = [
  version('same', 'A request for the version that is served is served', '1.0', 'ok'),
  version('newer-minor', 'A request for a newer minor version than is served is not', '1.1', 'not_implemented'),
  version('other-major', 'A request for another major version is not served', '2.0', 'not_implemented'),
  version('older-major', 'A request for an older major version is not served', '0.9', 'not_implemented'),
  version('not-decimal', 'Minor versions are compared as numbers, not as a fraction', '1.10', 'not_implemented'),
  {
    id: 'BUS-1.schema-hashes',
    title: 'Every announced schema_hash is BLAKE3 over the canonical schemas of the published contract',
    needs: ['call'],
    async run({ peer }) {
      const answer = await (await peer('stranger')).ask('protocol.self.describe', {})
      const names = member(answer, 'output', 'capabilities')
      ensure(Array.isArray(names) && names.length > 0, 'a list of capabilities', answer)
      let compared = 0
      for (const each of names) {
        const known = CAPABILITIES.get(String(member(each, 'name')))
        if (!known || !isObject(each) || each.version !== known.version || each.schema_hash === null) continue
        ensure(each.schema_hash === schemaHash(known), `${known.name} has ${schemaHash(known)}`, each.schema_hash)
        compared++
      }
      ensure(compared > 0, 'a name of the published contract', compared)
    },
  },
  {
    id: 'BUS-1.hash-by-hand',
    title: 'A schema_hash is that of {name, version, request_schema, response_schema, stream_schema}',
    needs: ['call'],
    async run({ peer }) {
      const answer = await (await peer('stranger')).ask('protocol.self.describe', {})
      const names = member(answer, 'output', 'capabilities')
      const echo = Array.isArray(names) ? names.find((each) => member(each, 'name') === ECHO) : undefined
      const known = CAPABILITIES.get(ECHO)
      ensure(known !== undefined && echo !== undefined, `${ECHO} is announced`, answer)
      const empty = { type: 'object', additionalProperties: false, properties: {} }
      const body = { params: empty, input: JSON.parse(JSON.stringify(known.input)) }
      const hash = contentId({
        name: ECHO,
        version: '1.0',
        request_schema: { additionalProperties: false, type: 'object', required: ['params', 'input'], properties: body },
        response_schema: JSON.parse(JSON.stringify(known.output)),
        stream_schema: null,
      })
      ensure(member(echo, 'schema_hash') === hash, hash, member(echo, 'schema_hash'))
    },
  },
  {
    id: 'BUS-2.disabled',
    title: 'A capability of a module that is switched off is experimental_disabled',
    needs: ['call'],
    async run({ peer }) {
      const answer = await (await peer('member')).ask('experimental.fedlearn.round.list', {})
      ensure(outcomeOf(answer) === 'experimental_disabled', 'experimental_disabled', answer)
    },
  },
  {
    id: 'BUS-2.unknown-name',
    title: 'A name that nobody defined is not_implemented',
    needs: ['call'],
    async run({ peer }) {
      const answer = await (await peer('member')).ask('no.such.capability', {})
      ensure(outcomeOf(answer) === 'not_implemented', 'not_implemented', answer)
    },
  },
  {
    id: 'BUS-2.looks-alike-to-strangers',
    title: 'To a stranger a served, a disabled and an unknown name look alike',
    needs: ['call'],
    async run({ peer }) {
      const stranger = await peer('stranger')
      for (const name of [ECHO, 'experimental.fedlearn.round.list', 'no.such.capability']) {
        const answer = await stranger.ask(name, {})
        ensure(outcomeOf(answer) === 'unauthorized', `unauthorized for ${name}`, answer)
      }
    },
  },
  {
    id: 'BUS-4.answer-form',
    title: 'An answer is {request_id, output, meta: {ms}} and nothing else',
    needs: ['call'],
    async run({ peer }) {
      const answer = await (await peer('member')).ask(ECHO, { payload: '' })
      ensure(matches(AnswerSchema, answer) && isObject(answer), 'an answer by the schema', answer)
      ensure(Object.keys(answer).sort().join() === 'meta,output,request_id', 'request_id, output and meta', answer)
    },
  },
  {
    id: 'BUS-4.error-form',
    title: 'A refusal is {request_id, error: {code, message}} with a known code',
    needs: ['call'],
    async run({ peer }) {
      const caller = await peer('member')
      const request = caller.request(ECHO, {})
      const answer = await caller.deliver(request)
      ensure(matches(AnswerSchema, answer) && isObject(answer), 'a refusal by the schema', answer)
      ensure(Object.keys(answer).sort().join() === 'error,request_id', 'request_id and error', answer)
      ensure(answer.request_id === request.request_id, 'the request_id of the request', answer)
      ensure(isErrorCode(member(answer, 'error', 'code')), 'a code of the protocol', answer)
    },
  },
  {
    id: 'BUS-4.names-the-field',
    title: 'schema_mismatch names the field with a JSON pointer',
    needs: ['call'],
    async run({ peer }) {
      const answer = await (await peer('member')).ask(ECHO, { payload: 7 })
      ensure(outcomeOf(answer) === 'schema_mismatch', 'schema_mismatch', answer)
      ensure(member(answer, 'error', 'data', 'field') === '/payload', 'data.field "/payload"', answer)
    },
  },
  {
    id: 'BUS-4.one-answer-then-end',
    title: 'A plain call has one answer, then the stream ends',
    needs: ['wire'],
    async run({ peer }) {
      const caller = await peer('member')
      const { frames, ended } = await caller.talk(BUS, [encode(caller.request(ECHO, { payload: 'x' }))])
      ensure(frames.length === 1 && ended === 'end', 'one answer and the end', `${shown(frames)}, ${ended}`)
    },
  },
  {
    id: 'BUS-4.cancel',
    title: 'After a cancel the stream ends within moments',
    needs: ['wire'],
    async run({ peer }) {
      const caller = await peer('member')
      const frames = [encode(caller.request(ECHO, { payload: 'x' })), encode({ type: 'cancel' })]
      const { ended } = await caller.talk(BUS, frames, 3_000)
      ensure(ended !== 'silence', 'an end', ended)
    },
  },
  {
    id: 'BUS-4.rubbish-after-the-request',
    title: 'Rubbish after a request ends that stream and no other',
    needs: ['wire'],
    async run({ peer }) {
      const caller = await peer('member')
      const frames = [encode(caller.request(ECHO, { payload: 'x' })), encode({ type: 'dance' })]
      const { ended } = await caller.talk(BUS, frames, 3_000)
      ensure(ended !== 'silence', 'an end', ended)
      const answer = await caller.ask(ECHO, { payload: 'y' })
      ensure(outcomeOf(answer) === 'ok', 'the next call is served', answer)
    },
  },
  {
    id: 'BUS-5.traces',
    title: 'A call of a peer leaves a trace that names caller, capability and outcome',
    needs: ['call', 'person'],
    async run({ peer, does }) {
      const caller = await peer('member')
      await caller.ask(ECHO, { payload: 'trace-me' })
      const traces = member(await does('node.traces', { limit: 200 }), 'traces')
      const mine = Array.isArray(traces) && traces.find((trace) => member(trace, 'caller') === caller.nodeId)
      ensure(Boolean(mine), 'a trace of this caller', traces)
      ensure(!JSON.stringify(traces).includes('trace-me'), 'no content in traces', traces)
    },
  },
]
