import { concatBytes, fromHex, toHex } from '#protocol/core/encoding.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { indexAt, macOf, saltOf, walkDown } from '#protocol/lora/chain.ts'
import { decodeFrame, encodeFrame, encodeHead, type Frame, senderHashOf } from '#protocol/lora/frame.ts'
import type { Flags } from '#protocol/lora/records.ts'
import type { Runtime } from '../../../kernel/runtime.ts'

const FLAGS: Flags = { panic: false, ok: false, gateway: false, low_battery: false }
const MAX_RECORDED = 4096

type Bytes = Uint8Array<ArrayBuffer>

/** Hears everything, keeps all keys that are out, and may do whatever a transmitter can. */
export interface Attacker {
  /** A true frame went over the air. */
  hear(frame: Bytes): void
  /** One hostile frame, of any kind. */
  frame(): Bytes
  readonly kinds: Readonly<Record<string, number>>
}

interface Known {
  readonly nodeId: NodeId
  readonly hash: string
  /** The newest disclosed key and its interval. */
  key: { readonly index: number; readonly value: Bytes } | null
  token: Bytes | null
  newest: Frame | null
}

export function createAttacker(runtime: Runtime, victims: readonly NodeId[], startsAt: number): Attacker {
  const known = victims.map((nodeId): Known => ({ nodeId, hash: senderHashOf(nodeId), key: null, token: null, newest: null }))
  const byHash = new Map(known.map((victim) => [victim.hash, victim]))
  const recorded: Bytes[] = []
  const kinds: Record<string, number> = {}

  const pick = (below: number): number => {
    const [a = 0, b = 0, c = 0] = runtime.randomBytes(3)
    return (a * 65_536 + b * 256 + c) % below
  }
  const seconds = (): number => Math.floor(runtime.now() / 1000)
  const someFlags = (): Flags => {
    const bits = pick(16)
    return { panic: (bits & 1) > 0, ok: (bits & 2) > 0, gateway: (bits & 4) > 0, low_battery: (bits & 8) > 0 }
  }
  const headOf = ({ hash }: Pick<Known, 'hash'>, change: Partial<Pick<Frame, 'flags' | 'unixSeconds'>> = {}) => ({
    senderHash: hash,
    sequence: pick(65_536),
    flags: someFlags(),
    unixSeconds: seconds() - pick(400) + 100,
    ...change,
  })

  const ATTACKS: Readonly<Record<string, (victim: Known) => Bytes>> = {
    noise: () => runtime.randomBytes(pick(64)),
    stranger: () => encodeFrame({ version: 1, ...headOf({ hash: toHex(runtime.randomBytes(4)) }) }),
    forgedV1: (victim) => encodeFrame({ version: 1, ...headOf(victim) }),
    guessed: (victim) =>
      encodeFrame({ ...headOf(victim), version: 2, mac: runtime.randomBytes(8), key: runtime.randomBytes(11) }),
    /** With the key that a true frame has just disclosed. */
    borrowedKey: (victim) =>
      encodeFrame({
        ...headOf(victim, { flags: FLAGS, unixSeconds: seconds() }),
        version: 2,
        mac: runtime.randomBytes(8),
        key: victim.key?.value ?? runtime.randomBytes(11),
      }),
    /** A right MAC under a key that is out, for the interval it was good for. */
    stale(victim) {
      const { key } = victim
      if (!key || key.index < 3) return runtime.randomBytes(32)
      const salt = saltOf(victim.nodeId, startsAt)
      const index = key.index - pick(3)
      const head = { ...headOf(victim, { flags: { ...FLAGS, ok: true } }), unixSeconds: startsAt + index * 300 + pick(300) }
      const own = walkDown('key', salt, key.index, key.value, index)
      const disclosed = walkDown('key', salt, key.index, key.value, index - 2)
      const frame = { ...head, version: 2 as const, key: disclosed }
      return encodeFrame({ ...frame, mac: macOf(salt, index, own, encodeHead({ ...head, version: 2 }), disclosed) })
    },
    /** Word for word. */
    replayed: () => recorded[pick(Math.max(1, recorded.length))] ?? runtime.randomBytes(32),
    /** A true frame with a bit turned. */
    bent() {
      const bytes = (recorded[pick(Math.max(1, recorded.length))] ?? runtime.randomBytes(32)).slice()
      const bit = pick(256)
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      return bytes
    },
    /** Yesterday's word with today's time. */
    redated(victim) {
      const { newest } = victim
      if (newest?.version !== 2) return runtime.randomBytes(32)
      return encodeFrame({
        ...newest,
        sequence: newest.sequence + 1 > 65_535 ? 0 : newest.sequence + 1,
        unixSeconds: seconds(),
      })
    },
    ahead: (victim) =>
      encodeFrame({
        ...headOf(victim, { unixSeconds: seconds() + 121 + pick(90_000) }),
        version: 2,
        mac: runtime.randomBytes(8),
        key: runtime.randomBytes(11),
      }),
    /** Help in somebody's name, with a token that was good for an earlier call. */
    oldToken: (victim) =>
      encodeFrame({
        ...headOf(victim, { flags: { ...FLAGS, panic: true }, unixSeconds: seconds() }),
        version: 2,
        mac: runtime.randomBytes(8),
        key: victim.token ?? runtime.randomBytes(11),
      }),
  }
  const names = Object.keys(ATTACKS)

  return {
    kinds,
    hear(bytes) {
      if (recorded.length < MAX_RECORDED) recorded.push(bytes)
      else recorded[pick(MAX_RECORDED)] = bytes
      const frame = decodeFrame(bytes)
      const victim = byHash.get(frame.senderHash)
      if (!victim || frame.version !== 2) return
      victim.newest = frame
      if (frame.flags.panic) victim.token = frame.key
      else {
        const index = indexAt('key', startsAt, frame.unixSeconds) - 2
        if (index > (victim.key?.index ?? -1)) victim.key = { index, value: frame.key }
      }
    },
    frame() {
      const name = names[pick(names.length)] ?? 'noise'
      kinds[name] = (kinds[name] ?? 0) + 1
      const victim = known[pick(known.length)]
      return (victim && ATTACKS[name]?.(victim)) ?? concatBytes(fromHex('00'))
    },
  }
}
