import type { Static } from '@sinclair/typebox'
import { fromBase64Url, toBase64Url } from '#protocol/core/encoding.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { EventData } from '#protocol/core/module.ts'
import { CountSchema, Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import {
  type ChainKind,
  chainLength,
  chainSeconds,
  disclosedBy,
  indexAt,
  macOf,
  makeChain,
  saltOf,
  valueAt,
} from '#protocol/lora/chain.ts'
import { LORA_CHAIN_DAYS, LORA_CHAIN_RENEW_DAYS, LORA_KEY_INTERVAL_SECONDS } from '#protocol/lora/constants.ts'
import type { chainAnchored } from '#protocol/lora/events.ts'
import { encodeHead, type Frame, type Head, KEY_BYTES } from '#protocol/lora/frame.ts'
import { delay, type Runtime } from '../../kernel/runtime.ts'
import type { Drawer } from '../../kernel/shelf.ts'
import { chainAt } from './anchors.ts'

type Anchored = EventData<typeof chainAnchored>

const DAY_SECONDS = 86_400
/** The chain in use, its successor, and one that was replaced. */
const MAX_CHAINS = 3
/** Days of a chain that are made before others get a turn of the worker: about 10 ms. */
const DAYS_AT_A_TIME = 8

const Secret = Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength: 8192 })
const OwnChainSchema = Strict({
  starts_at: CountSchema,
  /** Secret: the first value of each day, and the one after the last. */
  keys: Secret,
  panics: Secret,
  /** What the anchor publishes. */
  key_commitments: Secret,
  panic_commitments: Secret,
  /** Newest key that has left this device; -1 for none. A clock that was set back must not sign with it again. */
  disclosed: Type.Integer({ minimum: -1 }),
})
type StoredChain = Static<typeof OwnChainSchema>

/** `lora.chains` on the shelf: secrets of this device, never in the log, the newest first (LOR-8). */
export const OwnChainsSchema = Strict({ chains: Type.Array(OwnChainSchema, { maxItems: MAX_CHAINS }) })
export const NO_CHAINS: Static<typeof OwnChainsSchema> = { chains: [] }

export interface OwnChains {
  /** Makes a chain where there is none to go on with, and publishes whatever is not in the log. Fails as `publish` does. */
  provide(): Promise<void>
  /** Whether a frame sent now could be proven by whoever has the log. */
  isAnchored(): boolean
  /**
   * Signs a frame. What it discloses is written down first.
   * @returns null when there is no anchored chain for this time, or its keys of this time are out already
   */
  seal(head: Omit<Head, 'version'>): Promise<Frame | null>
}

export interface OwnChainsDeps {
  readonly runtime: Runtime
  readonly nodeId: NodeId
  readonly drawer: Drawer<Static<typeof OwnChainsSchema>>
  /** This node's anchors as the log has them, the last anchored first. */
  readonly anchored: () => readonly Anchored[]
  /** @throws HearthError where this node cannot write now */
  readonly publish: (anchored: Anchored) => Promise<void>
}

/** The first two intervals have nothing to disclose. */
const NOTHING = new Uint8Array(KEY_BYTES)

export function createOwnChains({ runtime, nodeId, drawer, anchored, publish }: OwnChainsDeps): OwnChains {
  const nowSeconds = (): number => Math.floor(runtime.now() / 1000)
  const midnight = (): number => nowSeconds() - (nowSeconds() % DAY_SECONDS)
  let providing: Promise<void> | null = null

  const isOf = (chain: StoredChain, anchor: Anchored): boolean =>
    anchor.starts_at === chain.starts_at && anchor.keys === chain.key_commitments && anchor.panics === chain.panic_commitments

  /** Keys of this time or later left this device, which only a clock that was wrong can have done. */
  const isBurnt = ({ starts_at, disclosed }: StoredChain, at: number): boolean => disclosed >= indexAt('key', starts_at, at)

  async function make(startsAt: number): Promise<StoredChain> {
    const salt = saltOf(nodeId, startsAt)
    let days = 0
    const pause = async (): Promise<void> => {
      if (++days % DAYS_AT_A_TIME === 0) await delay(runtime, 0)
    }
    const keys = await makeChain('key', salt, runtime.randomBytes(KEY_BYTES), pause)
    const panics = await makeChain('panic', salt, runtime.randomBytes(KEY_BYTES), pause)
    return {
      starts_at: startsAt,
      keys: toBase64Url(keys.days),
      panics: toBase64Url(panics.days),
      key_commitments: toBase64Url(keys.commitments),
      panic_commitments: toBase64Url(panics.commitments),
      disclosed: -1,
    }
  }

  /** When the next chain has to begin; null while none is needed. */
  function wanted(): number | null {
    const { chains } = drawer.get()
    const [newest] = chains
    if (!newest) return midnight()
    const end = newest.starts_at + chainSeconds
    if (end <= nowSeconds()) return midnight()
    // a burnt chain is replaced from today, or where it began today, from tomorrow
    if (newest.starts_at <= nowSeconds() && isBurnt(newest, nowSeconds())) {
      return newest.starts_at === midnight() ? midnight() + DAY_SECONDS : midnight()
    }
    return end - nowSeconds() <= LORA_CHAIN_RENEW_DAYS * DAY_SECONDS ? end : null
  }

  async function provide(): Promise<void> {
    const startsAt = wanted()
    if (startsAt !== null) {
      const chain = await make(startsAt)
      await drawer.set({ chains: [chain, ...drawer.get().chains].slice(0, MAX_CHAINS) })
    }
    for (const chain of [...drawer.get().chains].reverse()) {
      const isPast = chain.starts_at + chainSeconds <= nowSeconds()
      if (isPast || anchored().some((anchor) => isOf(chain, anchor))) continue
      await publish({
        starts_at: chain.starts_at,
        days: LORA_CHAIN_DAYS,
        interval_seconds: LORA_KEY_INTERVAL_SECONDS,
        keys: chain.key_commitments,
        panics: chain.panic_commitments,
      })
    }
  }

  /** The chain that receivers expect at this time, where it is one of ours. */
  function inUse(at: number): StoredChain | null {
    const anchors = anchored().map((anchor) => ({ anchor, startsAt: anchor.starts_at }))
    const expected = chainAt(anchors, at)?.anchor
    return (expected && drawer.get().chains.find((chain) => isOf(chain, expected))) ?? null
  }

  /** As bytes: 4 KB of text each, read for every frame. */
  const secrets = new Map<string, Uint8Array<ArrayBuffer>>()
  function bytesOf(text: string): Uint8Array<ArrayBuffer> {
    const known = secrets.get(text)
    if (known) return known
    if (secrets.size >= 2 * MAX_CHAINS) secrets.clear()
    const bytes = fromBase64Url(text)
    secrets.set(text, bytes)
    return bytes
  }

  const secretOf = (kind: ChainKind, { starts_at, keys, panics }: StoredChain, index: number): Uint8Array<ArrayBuffer> =>
    valueAt(kind, saltOf(nodeId, starts_at), bytesOf(kind === 'key' ? keys : panics), index)

  async function discloses(chain: StoredChain, index: number): Promise<Uint8Array<ArrayBuffer>> {
    if (index < 0) return NOTHING
    if (index > chain.disclosed) {
      const { chains } = drawer.get()
      await drawer.set({ chains: chains.map((each) => (each === chain ? { ...chain, disclosed: index } : each)) })
    }
    return secretOf('key', chain, index)
  }

  return {
    provide() {
      providing ??= provide().finally(() => {
        providing = null
      })
      return providing
    },

    isAnchored() {
      const chain = inUse(nowSeconds())
      return chain !== null && !isBurnt(chain, nowSeconds())
    },

    async seal(head) {
      const chain = inUse(head.unixSeconds)
      if (!chain || isBurnt(chain, head.unixSeconds)) return null
      const index = indexAt('key', chain.starts_at, head.unixSeconds)
      if (index >= chainLength('key')) return null
      const key = head.flags.panic
        ? secretOf('panic', chain, indexAt('panic', chain.starts_at, head.unixSeconds))
        : await discloses(chain, disclosedBy(index))
      const signed = { ...head, version: 2 as const }
      const mac = macOf(saltOf(nodeId, chain.starts_at), index, secretOf('key', chain, index), encodeHead(signed), key)
      return { ...signed, mac, key }
    },
  }
}
