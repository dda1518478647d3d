import { concatBytes } from '#protocol/core/encoding.ts'
import type { HearthError } from '#protocol/core/errors.ts'
import type { Tensor, TrafficCount } from '../../kernel/tensors.ts'
import { compressed, type Zstd } from './compress.ts'
import type { Lanes, SendCredits, Sequence } from './flow.ts'
import { encodeFrame, type FrameBody } from './frame.ts'
import { refusal } from './refusal.ts'
import type { Road, Trip } from './road.ts'

/** Control frames that may wait. A peer that makes us answer and does not listen is not served (TEN-9). */
const MAX_WAITING_CONTROL = 64

/** A tensor on its way. */
export interface Job {
  readonly id: number
  readonly tensor: Tensor
  /** Null where it goes as it is. */
  readonly zstd: Zstd | null
  /** Bytes of tensor data in one frame. */
  readonly chunkBytes: number
  resolve(): void
  reject(reason: HearthError): void
  /** Bytes that went. */
  offset: number
}

export interface SenderDeps {
  readonly sequence: Sequence
  readonly credits: SendCredits
  readonly lanes: Lanes<Job>
  readonly road: Road
  /** Called when bulk that had to wait may go. */
  readonly onRoom: () => void
  /** Milliseconds that never run backwards. */
  readonly clock: () => number
}

/** What goes out next, and what became of what went. */
export interface Sender {
  /** Queues a frame that needs no credit. @throws HearthError (`capacity_exceeded`) when too many wait */
  control(body: FrameBody): void
  /** Says with the next write that everything up to this frame has come; a later one takes its place. */
  acknowledge(upto: number): void
  /** Bytes to write now, one frame or a few small ones; null while there is nothing, or no credit. */
  next(): Uint8Array<ArrayBuffer> | null
  /** Takes an ACK. @throws HearthError (`bad_payload`) */
  acked(upto: number): void
  /** Gives up on everything that is not acknowledged. */
  fail(reason: HearthError): void
  readonly roundTripMs: number | null
  readonly count: TrafficCount
}

/** A frame that spent a credit and is not acknowledged. */
interface Sent {
  readonly seq: number
  readonly trip: Trip
  /** The tensor that is whole with it. */
  readonly ends: Job | null
}

export function createSender({ sequence, credits, lanes, road, onRoom, clock }: SenderDeps): Sender {
  const control: FrameBody[] = []
  const sent: Sent[] = []
  const count = { frames: 0, bytes: 0, tensors: 0, tensorBytes: 0, compressedFrom: 0, compressedTo: 0 }
  let due: number | null = null
  let roundTripMs: number | null = null

  function encoded(body: FrameBody): Uint8Array<ArrayBuffer> {
    const bytes = encodeFrame(sequence.take(), body)
    count.frames++
    count.bytes += bytes.length
    return bytes
  }

  function nextControl(): Uint8Array<ArrayBuffer> | null {
    const bodies = control.splice(0)
    if (due !== null) bodies.unshift({ type: 'ack', upto: due })
    due = null
    const frames = bodies.map(encoded)
    return frames.length > 1 ? concatBytes(...frames) : (frames[0] ?? null)
  }

  /** A frame that needs a credit. */
  function spent(body: FrameBody, urgent: boolean, ends: Job | null): Uint8Array<ArrayBuffer> {
    const bytes = encoded(body)
    credits.spend(sequence.last)
    sent.push({ seq: sequence.last, trip: road.depart(bytes.length, urgent), ends })
    return bytes
  }

  function dataFrame(job: Job, urgent: boolean): Uint8Array<ArrayBuffer> {
    const { tensor, id, zstd, chunkBytes, offset } = job
    const plain = tensor.bytes.subarray(offset, offset + chunkBytes)
    job.offset += plain.length
    const smaller = zstd && compressed(zstd, plain)
    count.tensorBytes += plain.length
    if (smaller) {
      count.compressedFrom += plain.length
      count.compressedTo += smaller.length
    }
    const { dtype, shape, grad = false } = tensor
    const head = { type: 'tensor_data', tensorId: id, dtype, shape, grad } as const
    const final = job.offset === tensor.bytes.length
    return spent({ ...head, final, compressed: smaller !== null, data: smaller ?? plain }, urgent, null)
  }

  function endFrame(job: Job, urgent: boolean): Uint8Array<ArrayBuffer> {
    count.tensors++
    lanes.done(urgent)
    return spent({ type: 'tensor_end', tensorId: job.id }, urgent, job)
  }

  /** Whether all data of a job went; an empty tensor has one frame of nothing. */
  const begun = new WeakSet<Job>()
  const allWent = (job: Job): boolean => begun.has(job) && job.offset === job.tensor.bytes.length

  function nextData(): Uint8Array<ArrayBuffer> | null {
    const turn = lanes.next((urgent) => credits.may(urgent) && (urgent || road.mayBulk(onRoom)))
    if (!turn) return null
    const { item: job, urgent } = turn
    if (allWent(job)) return endFrame(job, urgent)
    const data = dataFrame(job, urgent)
    begun.add(job)
    return allWent(job) && credits.may(urgent) ? concatBytes(data, endFrame(job, urgent)) : data
  }

  return {
    control(body) {
      if (control.length >= MAX_WAITING_CONTROL) throw refusal('capacity_exceeded', 'too many answers wait to be taken')
      control.push(body)
    },
    acknowledge(upto) {
      due = upto
    },
    next: () => nextControl() ?? nextData(),
    acked(upto) {
      if (upto > sequence.last) throw refusal('bad_payload', `frame ${upto} was never sent`)
      credits.acked(upto)
      for (let first = sent[0]; first !== undefined && first.seq <= upto; first = sent[0]) {
        sent.shift()
        road.arrive(first.trip)
        if (!first.ends) continue
        const sample = clock() - first.trip.at
        // RFC 6298 smooths so
        roundTripMs = roundTripMs === null ? sample : roundTripMs + (sample - roundTripMs) / 8
        first.ends.resolve()
      }
    },
    fail(reason) {
      control.length = 0
      for (const job of lanes.drain()) job.reject(reason)
      for (const { trip, ends } of sent.splice(0)) {
        road.lose(trip)
        ends?.reject(reason)
      }
    },
    get roundTripMs() {
      return roundTripMs
    },
    get count() {
      return { ...count }
    },
  }
}
