import { defineFaults, faultsIn } from '../fault.ts'

const frame = faultsIn('lora', 'protocol/src/lora/frame.ts')
const airtime = faultsIn('lora', 'protocol/src/lora/airtime.ts')
const bands = faultsIn('lora', 'protocol/src/lora/sub-bands.ts')
const chain = faultsIn('lora', 'protocol/src/lora/chain.ts')
const types = faultsIn('lora', 'protocol/src/lora/events.ts')
const ledger = faultsIn('lora', 'workers/modules/lora/duty-cycle.ts')
const prover = faultsIn('lora', 'workers/modules/lora/prover.ts')
const windows = faultsIn('lora', 'workers/modules/lora/replay-window.ts')
const anchors = faultsIn('lora', 'workers/modules/lora/anchors.ts')
const peers = faultsIn('lora', 'workers/modules/lora/peer-map.ts')
const panics = faultsIn('lora', 'workers/modules/lora/panics.ts')
const service = faultsIn('lora', 'workers/modules/lora/service.ts')

/** LOR-1, LOR-14: what goes on the air. */
const ON_AIR = [
  frame.instead('reserved-bits-ignored', {
    rule: 'LOR-14',
    original: '(flags & RESERVED_FLAGS) !== 0 || view.getUint8(8) !== 0',
    faulty: 'false',
    why: 'What is reserved is masked out, and a later version’s frame is read as one of today.',
  }),
  frame.instead('payload-in-v1', {
    rule: 'LOR-14',
    original: 'bytes.subarray(HEAD_BYTES).some((byte) => byte !== 0)',
    faulty: 'false',
    why: 'Nineteen empty bytes are an invitation.',
  }),
  airtime.instead('no-low-data-rate', {
    rule: 'LOR-1',
    original: 'symbolMs > LOW_DATA_RATE_FROM_MS ? 1 : 0',
    faulty: '0',
    why: 'The optimisation of slow symbols is forgotten: SF11 and SF12 count too little.',
  }),
  bands.instead('half-the-channel', {
    rule: 'LOR-1',
    original: 'fromHz <= low && high <= toHz',
    faulty: 'fromHz <= frequency_hz && frequency_hz <= toHz',
    why: 'The middle of the channel decides, and half of it lies in the next sub-band.',
  }),
  ledger.instead('restart-frees-airtime', {
    rule: 'LOR-1',
    original: 'drawer.get().sent',
    faulty: '[]',
    why: 'The budget is kept in memory, so a restart fills it up.',
  }),
  ledger.instead('clock-blocks-for-ever', {
    rule: 'LOR-1',
    original: 'Math.max(0, now - transmission.at)',
    faulty: 'now - transmission.at',
    why: 'A clock that was set back leaves frames of the future, which never get old.',
  }),
]

/** LOR-7 to LOR-10: whose a frame is. */
const PROVING = [
  chain.instead('keys-accepted-after-disclosure', {
    rule: 'LOR-7',
    original: 'startsAt + (index + LORA_KEY_DISCLOSURE_INTERVALS) * LORA_KEY_INTERVAL_SECONDS',
    faulty: 'Number.POSITIVE_INFINITY',
    why: 'Nobody looks when a frame came: whoever heard a key signs with it afterwards.',
  }),
  prover.instead('heard-keys-sign', {
    rule: 'LOR-7',
    original: 'index <= window.disclosed',
    faulty: 'false',
    why: 'Only the clock closes an interval, and a clock can be set back.',
  }),
  prover.instead('mac-not-checked', {
    rule: 'LOR-7',
    original: '!sameBytes(macOf(salt, index, key, encodeHead(frame), frame.key), frame.mac)',
    faulty: 'false',
    why: 'The key leads to the anchor, so the frame is taken for proven.',
  }),
  prover.instead('any-token-calls', {
    rule: 'LOR-9',
    original: `!leadsToAnchor(anchor, 'panic', index, frame.key)`,
    faulty: 'false',
    why: 'A frame with PANIC is urgent, and whoever sends one is believed.',
  }),
  prover.instead('tokens-again-and-again', {
    rule: 'LOR-9',
    original: `index > windows.of(nodeId, startsAt).spent ? 'fresh' : 'spent'`,
    faulty: `'fresh'`,
    why: 'A token that was heard proves whatever somebody else puts around it.',
  }),
  prover.instead('replay-window-forgotten', {
    rule: 'LOR-10',
    original: '!isAfter(place, windows.of(nodeId, startsAt))',
    faulty: 'false',
    why: 'What was proven once is proven as often as it is repeated.',
  }),
  windows.instead('restart-forgets-windows', {
    rule: 'LOR-10',
    original: 'drawer.get().windows',
    faulty: '[]',
    why: 'Windows are kept in memory: after a restart everything recorded is new.',
  }),
  anchors.instead('revoked-members-proven', {
    rule: 'LOR-8',
    original: 'isMember(nodeId)',
    faulty: 'true',
    why: 'The stolen device goes on calling in its owner’s name.',
  }),
  types.instead('chains-from-any-second', {
    rule: 'LOR-8',
    original: 'starts_at % DAY_SECONDS !== 0',
    faulty: 'false',
    why: 'A chain’s days are no days, and two implementations count them differently.',
  }),
]

/** LOR-3, LOR-4, LOR-6: what is made of what is heard. */
const HEARING = [
  peers.instead('hash-of-another-verified', {
    rule: 'LOR-3',
    original: 'senderHashOf(nodeId) !== hash',
    faulty: 'false',
    why: 'The person says who it is, and nobody computes whether it can be.',
  }),
  peers.instead('confirmed-anew', {
    rule: 'LOR-3',
    original: 'named && named !== nodeId',
    faulty: 'false',
    why: 'The last word replaces the one before, and the conflict is never seen.',
  }),
  panics.instead('anybody-ends-a-call', {
    rule: 'LOR-4',
    original: `proof === 'proven' ? 'proven' : 'said'`,
    faulty: `'proven'`,
    why: '“I am fine” under somebody’s hash ends their call for help.',
  }),
  panics.without('unproven-calls-win', {
    rule: 'LOR-4',
    original: 'if (isSurer(known.verdict, verdict)) return false',
    why: 'The newest frame replaces what is known: a forged one takes the proof from a true call.',
  }),
]

/** LOR-11: a simulation. */
const SIMULATED = [
  service.instead('simulation-anchors', {
    rule: 'LOR-11',
    original: `config().lora.frames !== 'v2' || !holder.attached() || holder.isSimulated()`,
    faulty: `config().lora.frames !== 'v2' || !holder.attached()`,
    why: 'Whoever only looked at a simulation has signed an anchor that everybody keeps.',
  }),
]

export const faults = defineFaults([...ON_AIR, ...PROVING, ...HEARING, ...SIMULATED])
