import { defineFaults, faultsIn } from '../fault.ts'

const frame = faultsIn('tensor', 'workers/transport/tensor/frame.ts')
const dtype = faultsIn('tensor', 'workers/transport/tensor/dtype.ts')
const assembly = faultsIn('tensor', 'workers/transport/tensor/assembly.ts')
const flow = faultsIn('tensor', 'workers/transport/tensor/flow.ts')
const packing = faultsIn('tensor', 'workers/transport/tensor/compress.ts')
const token = faultsIn('tensor', 'protocol/src/tensor-transport/session-token.ts')

/** TEN-1 to TEN-3: what a header may say. */
const HEADERS = [
  frame.instead('version-not-looked-at', {
    rule: 'TEN-1',
    original: 'view.getUint8(0) !== TENSOR_VERSION || view.getUint16(2) !== 0',
    faulty: 'false',
    why: 'There is one version, so nobody asks for it.',
  }),
  frame.instead('flags-as-sixteen-bits', {
    rule: 'TEN-3',
    original: 'view.getUint32(12)',
    at: 'const flags = view.getUint32(12)',
    faulty: 'view.getUint16(14)',
    why: 'Four flags fit into two bytes, and the field is read as wide as it is needed.',
  }),
  frame.without('unknown-flags-ignored', {
    rule: 'TEN-3',
    original: "if ((flags & ~FLAG_MASK) !== 0) throw refusal('unknown_flags', 'flags of a later version')",
    why: 'Be liberal in what you accept.',
  }),
  frame.without('encrypted-taken-for-plain', {
    rule: 'TEN-3',
    original: "if ((flags & TENSOR_FLAGS.encrypted) !== 0) throw refusal('encryption_unsupported', 'ENCRYPTED is reserved')",
    why: 'A reserved flag is in the mask of the known ones, and nobody asks what it means.',
  }),
  frame.instead('any-length-taken', {
    rule: 'TEN-1',
    original: 'length < least || length > most',
    faulty: 'false',
    why: 'Room is made for whatever a header claims.',
  }),
  frame.instead('hello-with-fields-more', {
    rule: 'TEN-2',
    original: '!matches(TensorHelloSchema, hello)',
    faulty: "typeof hello !== 'object' || hello === null",
    why: 'HELLO is read by the fields that are known; one that is missing is undefined.',
  }),
]

/** TEN-4, TEN-8: what is in a tensor. */
const TENSORS = [
  dtype.instead('fp16-rounds-half-up', {
    rule: 'TEN-4',
    original: '(rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13',
    faulty: '(rebased + 0x1000) >>> 13',
    why: 'Half is added before the bits are cut off, and ties go up.',
  }),
  dtype.instead('bf16-cut-off', {
    rule: 'TEN-4',
    original: '(bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16',
    faulty: 'bits >>> 16',
    why: 'bf16 is the upper half of fp32, so the lower half is thrown away.',
  }),
  dtype.instead('int8-scale-of-an-infinity', {
    rule: 'TEN-4',
    original: 'finite ? Math.fround(most / INT8_MOST) : Number.NaN',
    faulty: 'Math.fround(most / INT8_MOST)',
    why: 'The largest magnitude is taken as it comes, and a row with an infinity becomes zeros times infinity.',
  }),
  assembly.instead('only-the-first-piece-counts', {
    rule: 'TEN-4',
    original: 'known.final || !sameHead(known.first, frame)',
    faulty: 'known.final',
    why: 'Type and shape are read from the first piece; what the others say is not compared.',
  }),
  assembly.without('fewer-bytes-than-the-shape', {
    rule: 'TEN-4',
    original:
      "if (frame.final && filled + data.length < bytes.length) throw refusal('size_mismatch', 'fewer bytes than the shape has')",
    why: 'FINAL is believed, and the rest of the tensor is zeros.',
  }),
  assembly.instead('limit-for-each-tensor', {
    rule: 'TEN-9',
    original: 'declared + size > limit',
    faulty: 'size > limit',
    why: 'Each tensor is held to the limit, and nobody adds them up.',
  }),
  assembly.without('end-before-final', {
    rule: 'TEN-4',
    original: "if (!tensor.final) throw refusal('size_mismatch', 'an end without FINAL')",
    why: 'TENSOR_END makes whole what has come so far.',
  }),
  packing.instead('unpacked-before-it-is-measured', {
    rule: 'TEN-8',
    original: 'size > most',
    faulty: 'false',
    why: 'The library knows best how large it is; a kilobyte becomes what a stranger says.',
  }),
]

/** TEN-5 to TEN-7: who may, and how much. */
const SESSIONS = [
  token.instead('token-for-any-session', {
    rule: 'TEN-5',
    original: 'session_id !== hello.session_id || purpose !== hello.purpose',
    faulty: 'purpose !== hello.purpose',
    why: 'The signature holds and the purpose is right: that it was made for another session is not compared.',
  }),
  token.instead('token-for-any-purpose', {
    rule: 'TEN-5',
    original: 'session_id !== hello.session_id || purpose !== hello.purpose',
    faulty: 'session_id !== hello.session_id',
    why: 'A session is a session.',
  }),
  token.instead('token-of-any-issuer', {
    rule: 'TEN-5',
    original: 'token.iss === self && token.sub === peer',
    faulty: 'token.sub === peer',
    why: 'Any signature that verifies will do: who wants in writes its own.',
  }),
  flow.instead('gaps-not-noticed', {
    rule: 'TEN-6',
    original: 'seq !== last + 1',
    faulty: 'false',
    why: 'The stream keeps the order, so the numbers are for the log.',
  }),
  flow.without('credits-not-counted', {
    rule: 'TEN-7',
    original: "if (outstanding === 0) throw refusal('credit_overrun', 'a frame without credit')",
    why: 'The sender counts its credits; that it does not is not expected.',
  }),
]

export const faults = defineFaults([...HEADERS, ...TENSORS, ...SESSIONS])
