import type { TensorFlowctl } from '#protocol/tensor-transport/wire.ts'
import type { TrafficCount } from '../../kernel/tensors.ts'
import { createAssembly } from './assembly.ts'
import { decompressed, type Zstd } from './compress.ts'
import { createReceiveCredits, type ReceiveCredits } from './flow.ts'
import type { DataFrame } from './frame.ts'
import { createInbox, type Inbox } from './inbox.ts'
import { refusal } from './refusal.ts'

export interface IntakeDeps {
  readonly loadZstd: () => Promise<Zstd>
  /** A tensor was read: there is room for more. */
  readonly onTaken: () => void
}

/** What comes in: credits, pieces, whole tensors, and how much of it. */
export interface Intake {
  /** What this side's HELLO says. */
  open(window: number, maxChunkBytes: number, compression: boolean): void
  /** Takes a piece; resolves later only where zstd is not loaded yet. @throws HearthError with the reason of the NACK */
  data(frame: DataFrame): Promise<void> | null
  /** @throws HearthError with the reason of the NACK */
  end(tensorId: number): void
  /** Credits to give now. */
  grant(): TensorFlowctl | null
  count(wireBytes: number): void
  readonly inbox: Inbox
  readonly counts: TrafficCount
}

export function createIntake({ loadZstd, onTaken }: IntakeDeps): Intake {
  const assembly = createAssembly()
  const inbox = createInbox(onTaken)
  const counts = { frames: 0, bytes: 0, tensors: 0, tensorBytes: 0, compressedFrom: 0, compressedTo: 0 }
  let credits: ReceiveCredits | null = null
  let maxChunkBytes = 0
  let compression = false
  let zstd: Zstd | null = null

  function unpack(library: Zstd, frame: DataFrame): void {
    const plain = decompressed(library, frame.data, Math.min(maxChunkBytes, assembly.room(frame)))
    counts.compressedFrom += plain.length
    counts.compressedTo += frame.data.length
    take(frame, plain)
  }

  function take(frame: DataFrame, plain: Uint8Array): void {
    assembly.add(frame, plain)
    counts.tensorBytes += plain.length
  }

  return {
    open(window, chunkBytes, zstdSpoken) {
      credits = createReceiveCredits(window, chunkBytes)
      maxChunkBytes = chunkBytes
      compression = zstdSpoken
    },
    data(frame) {
      credits?.spend()
      if (frame.data.length > maxChunkBytes) throw refusal('bad_payload', 'more data than was offered to take')
      if (!frame.compressed) {
        take(frame, frame.data)
        return null
      }
      if (!compression) throw refusal('compression_unsupported', 'compression was not agreed on')
      if (zstd) {
        unpack(zstd, frame)
        return null
      }
      return loadZstd().then(
        (library) => {
          zstd = library
          unpack(library, frame)
        },
        () => {
          throw refusal('compression_unsupported', 'zstd could not be loaded')
        },
      )
    },
    end(tensorId) {
      credits?.spend()
      inbox.push(assembly.end(tensorId))
      counts.tensors++
    },
    grant: () => credits?.grant(assembly.heldBytes + inbox.bytes, inbox.size > 0) ?? null,
    count(wireBytes) {
      counts.frames++
      counts.bytes += wireBytes
    },
    inbox,
    get counts() {
      return { ...counts }
    },
  }
}
