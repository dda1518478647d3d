import { concatBytes, fromHex, toHex } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { sha256 } from '#protocol/core/hash.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { checkSessionToken } from '#protocol/tensor-transport/session-token.ts'
import type { TensorDtype, TensorHello } from '#protocol/tensor-transport/wire.ts'
import { loadZstd } from '../../../../workers/transport/tensor/compress.ts'
import { packTensor, unpackTensor } from '../../../../workers/transport/tensor/dtype.ts'
import { createSequence } from '../../../../workers/transport/tensor/flow.ts'
import { createTensorFrameDecoder, encodeFrame, type Frame } from '../../../../workers/transport/tensor/frame.ts'
import { createIntake } from '../../../../workers/transport/tensor/intake.ts'
import type { Proofs } from '../proof.ts'

const cutOff = (): HearthError => new HearthError('bad_request', 'not one whole frame')

function said({ seq, body }: Frame) {
  switch (body.type) {
    case 'tensor_data': {
      const { type, tensorId: tensor_id, data, ...rest } = body
      return { type, seq, tensor_id, ...rest, data_hex: toHex(data) }
    }
    case 'tensor_end':
      return { type: body.type, seq, tensor_id: body.tensorId }
    case 'flowctl':
      return { type: body.type, seq, ...body.flowctl }
    case 'ping':
    case 'pong':
      return { type: body.type, seq, nonce_hex: toHex(body.nonce) }
    default:
      return { seq, ...body }
  }
}

interface Session {
  readonly flow_window: number
  readonly max_chunk_bytes: number
  readonly compression: 'zstd' | 'none'
  readonly frames: readonly string[]
}

interface Elements {
  readonly dtype: TensorDtype
  readonly shape: readonly number[]
}

/** Elements lie aligned where they are read as numbers. */
const floatsOf = (hex: string): Float32Array<ArrayBuffer> => new Float32Array(fromHex(hex).slice().buffer)

export const proofs = {
  'tensor.frame'({ hex }: { hex: string }) {
    const decoder = createTensorFrameDecoder()
    const [frame, more] = [...decoder.push(fromHex(hex))]
    if (!frame || more || decoder.midFrame) throw cutOff()
    const again = toHex(encodeFrame(frame.seq, frame.body))
    if (frame.body.type !== 'hello' && again !== hex) throw new Error('it comes back as another frame')
    return said(frame)
  },
  async 'tensor.receive'({ flow_window, max_chunk_bytes, compression, frames }: Session) {
    const intake = createIntake({ loadZstd, onTaken: () => {} })
    intake.open(flow_window, max_chunk_bytes, compression === 'zstd')
    const sequence = createSequence()
    sequence.expect(1)
    const decoder = createTensorFrameDecoder()
    for (const { seq, body } of decoder.push(concatBytes(...frames.map(fromHex)))) {
      sequence.expect(seq)
      if (body.type === 'tensor_data') await intake.data(body)
      else if (body.type === 'tensor_end') intake.end(body.tensorId)
    }
    intake.inbox.end()
    const tensors = []
    for await (const { bytes, ...rest } of intake.inbox.tensors) tensors.push({ ...rest, sha256: toHex(sha256(bytes)) })
    return { tensors, upto: sequence.last }
  },
  'tensor.pack'({ dtype, shape, fp32_hex }: Elements & { readonly fp32_hex: string }) {
    const packed = packTensor(floatsOf(fp32_hex), shape, dtype)
    return { shape: packed.shape, hex: toHex(packed.bytes) }
  },
  'tensor.unpack'({ dtype, shape, hex }: Elements & { readonly hex: string }) {
    const { values, shape: own } = unpackTensor({ dtype, shape, bytes: fromHex(hex) })
    return { shape: own, fp32_hex: toHex(new Uint8Array(values.slice().buffer)) }
  },
  async 'tensor.open'({ node_id, peer, at, hello }: { node_id: NodeId; peer: NodeId; at: string; hello: TensorHello }) {
    await checkSessionToken(hello, node_id, peer, Date.parse(at))
    return {}
  },
} satisfies Proofs
