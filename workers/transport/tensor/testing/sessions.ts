import { HearthError } from '#protocol/core/errors.ts'
import type { TensorDtype, TensorHello } from '#protocol/tensor-transport/wire.ts'
import type { ReceivedTensor, Tensor, TensorSession, TensorSessionOptions } from '../../../kernel/tensors.ts'
import type { SeededRuntime } from '../../../testing/seeded-runtime.ts'
import { tensorBytes } from '../dtype.ts'
import type { FrameBody } from '../frame.ts'
import { acceptTensorSession } from '../session.ts'
import { createPuppet, helloOf, type Puppet, streamEnds } from './pair.ts'

export const codeOf = (task: Promise<unknown>): Promise<string> =>
  task.then(
    () => 'nothing',
    (error: unknown) => (error instanceof HearthError ? error.code : String(error)),
  )
export const endOf = async (session: TensorSession): Promise<string | null> => (await session.ended)?.message ?? null

export function tensor(dtype: TensorDtype, shape: readonly number[], seed = 1): Tensor {
  const bytes = new Uint8Array(tensorBytes(dtype, shape))
  for (let at = 0; at < bytes.length; at++) bytes[at] = (Math.imul(at + seed, 2654435761) >>> 11) & 0xff
  return { dtype, shape, bytes }
}
/** Bytes that do not shrink, the same in every run: xorshift32 (Marsaglia 2003). */
export function noise(bytes: number, seed: number): Tensor {
  const words = new Uint32Array(Math.ceil(bytes / 4))
  let state = seed + 1
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[at] = state
  }
  return { dtype: 'int8', shape: [bytes], bytes: new Uint8Array(words.buffer, 0, bytes) }
}

export async function take(session: TensorSession, count: number): Promise<readonly ReceivedTensor[]> {
  const reader = session.tensors[Symbol.asyncIterator]()
  const taken: ReceivedTensor[] = []
  while (taken.length < count) {
    const { value } = await reader.next()
    if (value) taken.push(value)
  }
  return taken
}

/** A task while the clock runs. */
export async function during<T>(runtime: SeededRuntime, task: Promise<T>): Promise<T> {
  let over = false
  const done = task.finally(() => {
    over = true
  })
  done.catch(() => {})
  for (let passed = 0; !over && passed < 2000; passed++) await runtime.advance(1)
  return done
}

/** A real session that accepted what a puppet opened, HELLOs over. */
export async function accepted(runtime: SeededRuntime, options: TensorSessionOptions = {}, change: Partial<TensorHello> = {}) {
  const { ids, streams } = await streamEnds(runtime)
  const puppet = createPuppet(streams[0])
  const opening = acceptTensorSession({ runtime, self: ids[1] }, streams[1], async () => options)
  void puppet.say({ type: 'hello', hello: helloOf(ids[0], ids[1], change) })
  const session = await during(runtime, opening)
  await runtime.advance(1)
  return { puppet, session }
}
export const says = ({ heard }: Puppet, type: FrameBody['type']): readonly FrameBody[] =>
  heard.filter((body) => body.type === type)
export const nack = (puppet: Puppet): string | null => {
  const [body] = says(puppet, 'nack')
  return body?.type === 'nack' ? body.reason : null
}

export const piece = (change: Partial<Extract<FrameBody, { type: 'tensor_data' }>> = {}): FrameBody => ({
  type: 'tensor_data',
  tensorId: 1,
  dtype: 'fp16',
  shape: [4],
  compressed: false,
  final: true,
  grad: false,
  data: new Uint8Array(8),
  ...change,
})
export const END: FrameBody = { type: 'tensor_end', tensorId: 1 }
