import { expect, it } from 'vitest'
import { sendWhole } from './whole-messages.ts'

function channel() {
  const sent: number[][] = []
  let state: RTCDataChannelState = 'open'
  const bare = {
    get readyState() {
      return state
    },
    send(data: ArrayBuffer | ArrayBufferView<ArrayBuffer>) {
      if (state !== 'open') throw new DOMException(`the channel is ${state}`, 'InvalidStateError')
      sent.push([
        ...(data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
      ])
    },
    close() {
      state = 'closed'
    },
  }
  return { sent, whole: sendWhole(bare), end: () => (state = 'closed') }
}

it('sends a length and what it belongs to as one message', () => {
  const { sent, whole } = channel()
  const backing = Uint8Array.of(9, 9, 1, 2, 3, 4, 9)
  whole.send(Uint8Array.of(4))
  whole.send(backing.subarray(2, 6))
  whole.send(Uint8Array.of(2))
  whole.send(Uint8Array.of(8, 1).buffer)
  expect(sent).toEqual([
    [4, 1, 2, 3, 4],
    [2, 8, 1],
  ])
})

it('sends at once what is no length, and a length that nothing follows in its turn, in the order of the calls', async () => {
  const { sent, whole } = channel()
  whole.send(Uint8Array.of(1, 2, 3, 4, 5))
  whole.send(Uint8Array.of(7))
  expect(sent).toEqual([[1, 2, 3, 4, 5]])
  await Promise.resolve()
  expect(sent).toEqual([[1, 2, 3, 4, 5], [7]])
})

it('does not change what a caller takes back, and lets nothing follow a close', async () => {
  const { sent, whole } = channel()
  const reused = Uint8Array.of(2)
  whole.send(reused)
  reused[0] = 99
  whole.close()
  expect(sent).toEqual([[2]])
  expect(() => whole.send(Uint8Array.of(1))).toThrow('the channel is closed')
})

it('loses a length that waited when its channel ended, and says nothing', async () => {
  const { sent, whole, end } = channel()
  whole.send(Uint8Array.of(2))
  end()
  await Promise.resolve()
  expect(sent).toEqual([])
})
