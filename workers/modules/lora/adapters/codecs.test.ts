import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Decoder } from './decoder.ts'
import { createKissDecoder, encodeKiss } from './kiss.ts'
import { createMeshtasticDecoder, encodeMeshtasticFrame } from './meshtastic-framing.ts'
import { FromRadio, parseFromRadio, ToRadio } from './meshtastic-messages.ts'
import { readReceived } from './rui3.ts'
import { createLineDecoder, encodeLine } from './text-lines.ts'

type Codec = 'meshtastic' | 'kiss' | 'lines'

interface Vector {
  readonly name: string
  readonly input: { readonly codec: Codec; readonly pieces: readonly string[]; readonly quiet: boolean }
  readonly expected: { readonly frames: readonly unknown[] }
}

const path = new URL('../../../../conformance/vectors/lora/stick-bytes.json', import.meta.url)
const { vectors }: { readonly vectors: readonly Vector[] } = JSON.parse(await readFile(path, 'utf8'))

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const inWords = (said: FromRadio): unknown =>
  said.packet?.decoded?.payload && {
    payload: hex(said.packet.decoded.payload),
    rssi: said.packet.rxRssi,
    snr: said.packet.rxSnr,
  }

const CODECS: Readonly<Record<Codec, () => { readonly decoder: Decoder<unknown>; readonly say: (frame: never) => unknown }>> = {
  meshtastic: () => ({ decoder: createMeshtasticDecoder(parseFromRadio), say: inWords }),
  kiss: () => ({
    decoder: createKissDecoder(),
    say: ({ command, payload }: { command: number; payload: Uint8Array }) => ({ command, payload: hex(payload) }),
  }),
  lines: () => ({ decoder: createLineDecoder(), say: (line: string) => line }),
}

function decode(codec: Codec, pieces: readonly string[]): readonly unknown[] {
  const { decoder, say } = CODECS[codec]()
  const frames = pieces.flatMap((piece) => decoder.push(Buffer.from(piece, 'hex')))
  // each codec says its own kind of frame
  return frames.map((frame) => say(frame as never)).filter((said) => said !== undefined)
}

// as they stand in the file they are proven with all other vectors
describe('bytes that sticks say (LOR-6)', () => {
  it.each(vectors.filter(({ input }) => !input.quiet))('however they are cut: $name', ({ input, expected }) => {
    const whole = Buffer.from(input.pieces.join(''), 'hex')
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: whole.length }), { maxLength: 8 }), (cuts) => {
        const at = [0, ...cuts.sort((one, other) => one - other), whole.length]
        const cut = at.slice(1).map((end, index) => whole.subarray(at[index], end).toString('hex'))
        expect(decode(input.codec, cut)).toEqual(expected.frames)
      }),
      { numRuns: 20, seed: 29 },
    )
  })
})

const payloads = fc.uint8Array({ maxLength: 255 })
const cutAt = (bytes: Uint8Array, at: number): readonly Uint8Array[] => [
  bytes.subarray(0, at % bytes.length),
  bytes.subarray(at % bytes.length),
]

describe('a frame comes back as it was said', () => {
  it('over KISS, cut anywhere, behind any noise that has ended', () => {
    fc.assert(
      fc.property(payloads, fc.integer({ min: 0, max: 0xbf }), fc.nat(), payloads, (payload, command, at, noise) => {
        const decoder = createKissDecoder()
        decoder.push(noise)
        decoder.push(Uint8Array.of(0xc0))
        const frames = cutAt(encodeKiss(command, payload), at).flatMap((piece) => decoder.push(piece))
        expect(frames).toEqual([{ command, payload }])
      }),
      { seed: 29 },
    )
  })

  it('over the serial API of Meshtastic, cut anywhere, behind any noise', () => {
    fc.assert(
      fc.property(payloads, fc.nat(), fc.uint8Array({ maxLength: 40 }), (payload, at, noise) => {
        const decoder = createMeshtasticDecoder(parseFromRadio)
        const frame = encodeMeshtasticFrame(FromRadio.encode({ packet: { decoded: { portnum: 256, payload } } }))
        const said = [noise, ...cutAt(frame, at)].flatMap((piece) => decoder.push(piece))
        said.push(...decoder.quiet())
        expect(said.at(-1)?.packet?.decoded?.payload).toEqual(payload)
      }),
      { seed: 29 },
    )
  })

  it('over lines', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'AT+PSEND=0123456789ABCDEF:?') as fc.Arbitrary<string>,
      minLength: 1,
      maxLength: 600,
    })
    fc.assert(
      fc.property(text, fc.nat(), (line, at) => {
        const decoder = createLineDecoder()
        expect(cutAt(encodeLine(line), at).flatMap((piece) => decoder.push(piece))).toEqual([line])
      }),
      { seed: 29 },
    )
  })
})

describe('what is no frame', () => {
  it.each(['meshtastic', 'kiss', 'lines'] as const)('of %s neither throws nor is kept: a megabyte of noise', (codec) => {
    const { decoder } = CODECS[codec]()
    const noise = new Uint8Array(4096)
    let state = 29
    for (let piece = 0; piece < 256; piece++) {
      for (let at = 0; at < noise.length; at++) {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
        noise[at] = state >>> 24
      }
      decoder.push(noise)
    }
    decoder.quiet()
    expect(decoder.skippedBytes).toBeGreaterThan(4096)
  })

  it('is a frame over 512 bytes to Meshtastic', () => {
    expect(() => encodeMeshtasticFrame(new Uint8Array(513))).toThrow('over 512')
  })

  it('is a line of a module that heard nothing whole', () => {
    expect(readReceived('+EVT:RXP2P:-45:8:0102')).toEqual({ frame: Uint8Array.of(1, 2), rssiDbm: -45, snrDb: 8 })
    expect(readReceived('+EVT:RXP2P:RSSI -45:SNR 8:0102')).toEqual({ frame: Uint8Array.of(1, 2), rssiDbm: -45, snrDb: 8 })
    for (const line of [
      '+EVT:RXP2P:-45:8:010',
      '+EVT:RXP2P:-45:8:01x2',
      '+EVT:RXP2P RECEIVE TIMEOUT',
      '+EVT:RXP2P:-4555:8:01',
      'OK',
    ]) {
      expect(readReceived(line), line).toBeUndefined()
    }
  })
})

describe('a frame for Meshtastic that was cut and filled up', () => {
  it('is never another beacon: at no place does it read as a packet', () => {
    const message = ToRadio.encode({
      packet: {
        to: 0xffffffff,
        decoded: { portnum: 256, payload: new Uint8Array(32).fill(7) },
        id: 0x01020304,
        wantAck: false,
        hopLimit: 3,
      },
    })
    for (let cut = 0; cut < message.length; cut++) {
      const filled = Uint8Array.from(message, (byte, at) => (at < cut ? byte : 0xc3))
      expect(() => ToRadio.decode(filled), `cut at ${cut}`).toThrow()
    }
  })
})
