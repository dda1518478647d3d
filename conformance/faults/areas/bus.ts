import { defineFaults, faultsIn } from '../fault.ts'

const admission = faultsIn('bus', 'workers/kernel/bus/admission.ts')
const rate = faultsIn('bus', 'workers/kernel/bus/rate.ts')
const registry = faultsIn('bus', 'workers/kernel/bus/registry.ts')
const serving = faultsIn('bus', 'workers/kernel/bus/serve.ts')
const flow = faultsIn('bus', 'workers/kernel/bus/flow.ts')
const contract = faultsIn('bus', 'protocol/src/core/capability.ts')
const wire = faultsIn('bus', 'protocol/src/core/bus.ts')
const frames = faultsIn('bus', 'workers/kernel/mesh/frame-decoder.ts')
const traces = faultsIn('bus', 'workers/kernel/bus/traces.ts')
const manifests = faultsIn('bus', 'workers/kernel/manifests.ts')
const echo = faultsIn('bus', 'workers/kernel/services/node.ts')
const config = faultsIn('bus', 'workers/kernel/config.ts')
const server = faultsIn('bus', 'workers/kernel/bus/server.ts')

/** What is checked before a call runs (BUS-3). */
const CHECKS = [
  admission.instead('from-is-believed', {
    rule: 'BUS-3',
    original: 'signature === undefined && from === peer',
    faulty: 'signature === undefined',
    why: 'The name in the request counts, not the key of the connection.',
  }),
  admission.instead('signature-not-checked', {
    rule: 'BUS-3',
    original: 'signature === undefined || !(await verifyRecord(from, { ...request, signature }))',
    faulty: 'signature === undefined',
    why: 'Any text in the field passes for a signature.',
  }),
  admission.without('replays', {
    rule: 'BUS-3',
    original: `if (!replays.isFirst(from, requestId)) throw new HearthError('bad_request', 'request_id was seen before')`,
    why: 'What was overheard can be said again.',
  }),
  admission.instead('any-community', {
    rule: 'BUS-3',
    original: `!reaches(level, 'member') || community === null || community !== deps.community()`,
    faulty: `!reaches(level, 'member')`,
    why: 'A call meant for another community is answered by this one.',
  }),
  admission.instead('trust-not-asked', {
    rule: 'BUS-3',
    original: `!reaches(level, trust) && (!(token || crossing) || trust === 'self')`,
    faulty: 'false',
    why: 'Members may do what only the person at the device may.',
  }),
  admission.instead('tokens-open-private-calls', {
    rule: 'BUS-3',
    original: `!reaches(level, trust) && (!(token || crossing) || trust === 'self')`,
    faulty: '!reaches(level, trust) && !(token || crossing)',
    why: 'A token is taken for a level above all others.',
  }),
  admission.instead('strangers-learn-names', {
    rule: 'COM-5',
    original: `name.startsWith('protocol.') || name === 'community.join'`,
    faulty: 'true',
    why: 'What is served, what is not and what is switched off answer a stranger with different codes.',
  }),
  admission.instead('strangers-hear-nothing', {
    rule: 'COM-5',
    original: `name.startsWith('protocol.') || name === 'community.join'`,
    faulty: `name === 'community.join'`,
    why: 'Everything but the door is for members, also what says who one is.',
  }),
  admission.without('input-not-checked', {
    rule: 'BUS-3',
    at: `if (token) grants.spend(token)
    parseAs(served.capability.input, request.body.input)`,
    original: 'parseAs(served.capability.input, request.body.input)',
    why: 'The handler will see what it gets.',
  }),
  admission.without('wrong-code-for-input', {
    rule: 'BUS-3',
    at: `if (token) grants.spend(token)
    parseAs(served.capability.input, request.body.input)`,
    original: 'parseAs(served.capability.input, request.body.input)',
    faulty: `parseAs(served.capability.input, request.body.input, 'bad_request')`,
    why: 'One code for everything that is wrong with a message.',
  }),
  admission.instead('wrong-code-for-shape', {
    rule: 'BUS-3',
    original: `parseAs(RequestSchema, message, 'bad_request')`,
    faulty: 'parseAs(RequestSchema, message)',
    why: 'One code for everything that is wrong with a message.',
  }),
  admission.without('clocks-must-agree', {
    rule: 'BUS-3',
    original: 'if (request.from === peer) deps.onClock?.(peer, Date.parse(request.timestamp) - runtime.now())',
    faulty: `if (Math.abs(Date.parse(request.timestamp) - runtime.now()) > 120_000) throw new HearthError('expired', 'clocks differ')`,
    why: 'The rule of the HTTP binding on a direct stream: a tablet without a network is locked out.',
  }),
  admission.without('clocks-not-told', {
    rule: 'BUS-3',
    original: 'if (request.from === peer) deps.onClock?.(peer, Date.parse(request.timestamp) - runtime.now())',
    why: 'A clock that is off is served, and the person is not told.',
  }),
  admission.instead('unknown-is-not-found', {
    rule: 'BUS-2',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source's own text
    original: "new HearthError('not_implemented', `${name} ${version} is not served here`)",
    faulty: `new HearthError('not_found', 'no such capability')`,
    why: 'As on the web: what is not there is not found.',
  }),
  admission.instead('switched-off-is-unknown', {
    rule: 'BUS-2',
    original: 'deps.isDisabled(name)',
    faulty: 'false',
    why: 'A module that is off is not registered, so the name means nothing.',
  }),
] as const

/** Versions, limits, answers, streams. */
const CALLS = [
  contract.instead('versions-as-text', {
    rule: 'BUS-1',
    original: 'x === a && y !== undefined && b !== undefined && y >= b',
    faulty: 'x === a && offered >= wanted',
    why: '1.10 is before 1.9 in a dictionary.',
  }),
  contract.instead('any-minor-version', {
    rule: 'BUS-1',
    original: 'x === a && y !== undefined && b !== undefined && y >= b',
    faulty: 'x === a',
    why: 'Only the major version is compared.',
  }),
  contract.instead('hash-of-the-name', {
    rule: 'BUS-1',
    original: 'contentIdOf(JSON.parse(JSON.stringify(describedSchemas(capability))))',
    faulty: 'contentIdOf({ name: capability.name, version: capability.version })',
    why: 'The hash is there, and covers no schema.',
  }),
  rate.instead('no-soft-limit', {
    rule: 'BUS-6',
    original: 'wait > 0',
    faulty: 'false',
    why: 'Limits are for later.',
  }),
  rate.instead('no-word-on-when', {
    rule: 'BUS-6',
    original: '{ retryAfterMs: wait }',
    faulty: '{}',
    why: 'Refused, without saying when to come again.',
  }),
  rate.instead('no-hard-limit', {
    rule: 'BUS-6',
    original: 'window.wait(now) === 0',
    faulty: 'true',
    why: 'A flood is answered, message for message.',
  }),
  registry.instead('no-places', {
    rule: 'BUS-1',
    original: 'running >= capability.maxConcurrent',
    faulty: 'false',
    why: 'max_concurrent is announced and not kept.',
  }),
  serving.instead('another-request-id', {
    rule: 'BUS-4',
    original: '{ request_id: requestId, output: output as JsonValue, meta: { ms: runtime.monotonic() - started } }',
    faulty: `{ request_id: '0'.repeat(26), output, meta: { ms: runtime.monotonic() - started } }`,
    why: 'One call for each stream, so the id in the answer seems to be for nothing.',
  }),
  serving.instead('no-meta', {
    rule: 'BUS-4',
    original: '{ request_id: requestId, output: output as JsonValue, meta: { ms: runtime.monotonic() - started } }',
    faulty: '{ request_id: requestId, output }',
    why: 'The time it took is left out.',
  }),
  serving.without('cancel-ignored', {
    rule: 'BUS-4',
    original: `if (control.type === 'cancel') return call.abort(cancelled())`,
    faulty: `if (control.type === 'cancel') continue`,
    why: 'A caller who gives up is served to the end.',
  }),
  server.instead('refusals-without-id', {
    rule: 'BUS-4',
    original: 'requestIdOf(message)',
    at: 'request_id: requestIdOf(message), error',
    faulty: 'NO_REQUEST',
    why: 'An error is answered before the request is understood, and so without its id.',
  }),
  flow.instead('frames-from-one', {
    rule: 'BUS-4',
    original: 'sent++',
    faulty: '++sent',
    why: 'Counting begins at one.',
  }),
  flow.instead('no-window', {
    rule: 'BUS-4',
    original: 'sent >= acked + size',
    faulty: 'false',
    why: 'Frames go out as fast as they come, whether anybody reads.',
  }),
  flow.instead('any-acknowledgement', {
    rule: 'BUS-4',
    original: 'upto >= sent',
    faulty: 'false',
    why: 'A caller may acknowledge what was never sent, and the window is for nothing.',
  }),
  traces.without('no-traces', {
    rule: 'BUS-5',
    original: 'ring[next] = { ...call, at, ms: runtime.monotonic() - started, outcome: outcomeOf(failure) }',
    why: 'Calls leave no trace.',
  }),
  echo.instead('echo-trims', {
    rule: 'BUS-4',
    at: 'async ({ payload }) => ({ payload })',
    original: 'async ({ payload }) => ({ payload })',
    faulty: 'async ({ payload }) => ({ payload: payload.trim() })',
    why: 'Input is tidied up before anybody sees it.',
  }),
  config.without('settings-forgotten', {
    rule: 'CFG-1',
    original: `await store.write([{ table: 'meta', key: CONFIG_KEY, value: next }])`,
    why: 'A setting lasts until the next start.',
  }),
] as const

/** Frames on the wire. */
const FRAMES = [
  wire.instead('messages-of-any-size', {
    rule: 'BUS-3',
    at: 'BUS_MAX_MESSAGE_BYTES = 4 * 1024 * 1024',
    original: '4 * 1024 * 1024',
    faulty: '1024 * 1024 * 1024',
    why: 'Whoever says it will send a gigabyte is waited for.',
  }),
  wire.instead('messages-of-64-kib', {
    rule: 'BUS-3',
    at: 'BUS_MAX_MESSAGE_BYTES = 4 * 1024 * 1024',
    original: '4 * 1024 * 1024',
    faulty: '64 * 1024',
    why: 'A buffer of the usual size.',
  }),
  frames.instead('lengths-of-one-byte', {
    rule: 'BUS-3',
    original: '(rest % 0x80) | 0x80',
    faulty: 'rest % 0x80',
    why: 'Tested with short messages: the bit that says “more” is missing.',
  }),
  frames.instead('empty-frames-wait', {
    rule: 'BUS-3',
    original: 'at < chunk.length || frame?.length === filled',
    faulty: 'at < chunk.length',
    why: 'A frame of no bytes is noticed when the next one comes.',
  }),
] as const

/** MAN-1: who offers what. */
const MANIFESTS = [
  manifests.without('manifests-of-others', {
    rule: 'MAN-1',
    original: `if (manifest.node_id !== from) throw new HearthError('unauthorized', 'a manifest is its own node’s')`,
    why: 'A manifest is signed, so whoever brings it is not asked.',
  }),
  manifests.without('manifests-not-verified', {
    rule: 'MAN-1',
    original: 'await requireSignature(manifest.node_id, manifest)',
    why: 'It came over an authenticated connection.',
  }),
  manifests.instead('manifests-expired-at-birth', {
    rule: 'MAN-1',
    original: 'Date.parse(manifest.expires_at) <= Date.parse(manifest.issued_at)',
    faulty: 'false',
    why: 'Times are stored and not compared.',
  }),
  manifests.instead('private-calls-announced', {
    rule: 'MAN-1',
    original: `trust !== 'self'`,
    faulty: 'true',
    why: 'Everything that is served is announced, also what nobody may call.',
  }),
  manifests.instead('manifests-for-a-second', {
    rule: 'MAN-1',
    original: 'now + MANIFEST_TTL_SECONDS * 1000',
    faulty: 'now + MANIFEST_TTL_SECONDS',
    why: 'Seconds are added to milliseconds.',
  }),
] as const

export const faults = defineFaults([...CHECKS, ...CALLS, ...FRAMES, ...MANIFESTS])
