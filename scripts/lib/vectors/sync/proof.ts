import { fromHex, toHex } from '#protocol/core/encoding.ts'
import { parseAs } from '#protocol/core/schema.ts'
import { SyncFrameSchema } from '#protocol/core/sync.ts'
import { createNegentropy, NEGENTROPY_END } from '../../../../workers/kernel/sync/negentropy.ts'
import type { Proofs } from '../proof.ts'
import type { Item } from './negentropy.ts'

interface Set_ {
  readonly items: readonly Item[]
  readonly limit_bytes: number
}
type Asked = Set_ & { readonly message: string }

const sideOf = ({ items, limit_bytes }: Set_) =>
  createNegentropy(
    items.map(({ lamport, id }) => ({ timestamp: lamport, id: fromHex(id) })),
    limit_bytes,
  )

export const proofs = {
  /** A side that may send no more than nothing answers the first range it cannot finish with the fingerprint of the rest. */
  'sync.fingerprint'({ items }: { items: readonly Item[] }) {
    const message = sideOf({ items, limit_bytes: 0 }).reconcile('61010000000000')
    return { fingerprint: message?.slice(-32) }
  },
  'sync.open': (set: Set_) => ({ message: sideOf(set).initiate() }),
  'sync.answer': ({ message, ...set }: Asked) => ({ message: sideOf(set).reconcile(message) ?? NEGENTROPY_END }),
  'sync.compare'({ message, ...set }: Asked) {
    const side = sideOf(set)
    side.initiate()
    const [have, need]: string[][] = [[], []]
    const next = side.reconcile(
      message,
      (id) => have?.push(toHex(id)),
      (id) => need?.push(toHex(id)),
    )
    return { have: have?.sort(), need: need?.sort(), message: next }
  },
  'sync.frame'({ frame }: { frame: unknown }) {
    parseAs(SyncFrameSchema, frame, 'bad_request')
    return {}
  },
} satisfies Proofs
