import {
  cosignCheckpoint,
  formatNote,
  fromBase64,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  withLine,
} from '#protocol/civdef/note.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { Signer } from '#protocol/core/signing.ts'
import { verifyConsistency } from './merkle.ts'

/** What a witness keeps: per log, the last checkpoint it cosigned. Durable when the promise resolves. */
export interface WitnessStore {
  get(origin: string): string | null
  set(origin: string, note: string): Promise<void>
}

export interface WitnessRequest {
  /** Whose log it is: who asks. */
  readonly log: NodeId
  readonly note: string
  readonly oldSize: number
  /** Base64. */
  readonly proof: readonly string[]
}

export type WitnessAnswer =
  | { readonly outcome: 'cosigned'; readonly line: string; readonly size: number; readonly held: string }
  /** The proof begins elsewhere than at what this witness holds: prove it from there. */
  | { readonly outcome: 'conflict'; readonly line: ''; readonly size: number; readonly held: string }

export interface Witness {
  /**
   * Cosigns a checkpoint that continues what this witness saw last of that log. What it signs is stored before anyone hears of
   * it (AUD-3), so that a restart in between cannot make it sign two histories.
   * @throws HearthError `bad_request`, `invalid_signature` (not that log's), `civdef_audit_chain_broken` (another history)
   */
  cosign(request: WitnessRequest): Promise<WitnessAnswer>
  /** The last checkpoint held of a log, with this witness's line. */
  held(origin: string): string | null
}

export interface WitnessDeps {
  readonly signer: Signer
  readonly store: WitnessStore
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export function createWitness({ signer, store, now }: WitnessDeps): Witness {
  let turn: Promise<unknown> = Promise.resolve()

  async function cosign({ log, note, oldSize, proof }: WitnessRequest): Promise<WitnessAnswer> {
    const opened = await openCheckpoint(note, log)
    const { origin, size, root } = opened.body
    const held = store.get(origin)
    const known = held === null ? null : parseCheckpoint(parseNote(held).text)
    if ((known?.size ?? 0) !== oldSize || size < oldSize) {
      return { outcome: 'conflict', line: '', size: known?.size ?? 0, held: held ?? '' }
    }
    if (known && !verifyConsistency(known.size, size, proof.map(fromBase64), known.root, root)) {
      throw new HearthError('civdef_audit_chain_broken', 'the checkpoint does not continue the one this witness holds', {
        data: { size: known.size, held },
      })
    }
    // only what the log signed: other witnesses' lines are not this one's to keep
    const signatures = opened.note.signatures.filter(({ name }) => name === origin)
    const line = await cosignCheckpoint(signer, opened.note.text, Math.floor(now() / 1000))
    const kept = withLine(formatNote({ text: opened.note.text, signatures }), line)
    await store.set(origin, kept)
    return { outcome: 'cosigned', line, size, held: kept }
  }

  return {
    // one after the other: two histories offered at once must not both find the old checkpoint
    cosign(request) {
      const done = turn.then(
        () => cosign(request),
        () => cosign(request),
      )
      turn = done.catch(() => {})
      return done
    },
    held: (origin) => store.get(origin),
  }
}
