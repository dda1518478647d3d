import { expect, it } from 'vitest'
import { cureInitChannel } from './dial-fix.ts'

class FakeChannel extends EventTarget {
  readyState: RTCDataChannelState = 'connecting'
}

function connectionClass() {
  class Connection {
    createDataChannel(_label: string): FakeChannel {
      return new FakeChannel()
    }
  }
  cureInitChannel(Connection)
  return Connection
}

const heard = (channel: FakeChannel, type: string): Promise<boolean> => {
  let fired = false
  channel.addEventListener(type, () => {
    fired = true
  })
  return Promise.resolve().then(() => fired)
}

it('tells late listeners of the init channel that it opened and closed', async () => {
  const channel = new (connectionClass())().createDataChannel('init')
  channel.readyState = 'closed'
  expect(await heard(channel, 'open')).toBe(true)
  expect(await heard(channel, 'close')).toBe(true)
})

it('tells nothing that has not happened', async () => {
  const channel = new (connectionClass())().createDataChannel('init')
  expect(await heard(channel, 'open')).toBe(false)
  channel.readyState = 'closing'
  expect(await heard(channel, 'close')).toBe(false)
})

it('leaves every other channel alone', async () => {
  const channel = new (connectionClass())().createDataChannel('')
  channel.readyState = 'closed'
  expect(await heard(channel, 'close')).toBe(false)
})
