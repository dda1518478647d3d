import { expect, it } from 'vitest'
import { cureInitChannel } from './dial-fix.ts'
import type { ConnectionState } from './messages.ts'

class FakeChannel extends EventTarget {
  readyState: RTCDataChannelState = 'connecting'
}

function connect() {
  class Connection extends EventTarget {
    connectionState: ConnectionState['connectionState'] = 'connecting'

    createDataChannel(_label: string): FakeChannel {
      return new FakeChannel()
    }
    become(state: ConnectionState['connectionState']): void {
      this.connectionState = state
      this.dispatchEvent(new Event('connectionstatechange'))
    }
  }
  cureInitChannel(Connection)
  return new Connection()
}

const heard = (channel: FakeChannel, type: string, meanwhile = () => {}): Promise<boolean> => {
  let fired = false
  channel.addEventListener(type, () => {
    fired = true
  })
  meanwhile()
  return Promise.resolve().then(() => fired)
}

it('tells late listeners of the init channel that it opened and closed', async () => {
  const channel = connect().createDataChannel('init')
  channel.readyState = 'closed'
  expect(await heard(channel, 'open')).toBe(true)
  expect(await heard(channel, 'close')).toBe(true)
})

it('tells nothing that has not happened', async () => {
  const connection = connect()
  const channel = connection.createDataChannel('init')
  expect(await heard(channel, 'open')).toBe(false)
  channel.readyState = 'closing'
  expect(await heard(channel, 'close')).toBe(false)
  expect(await heard(channel, 'error', () => connection.become('connected'))).toBe(false)
})

it('is an error to who waits for the init channel of a connection that fails, and to who comes later', async () => {
  const connection = connect()
  const channel = connection.createDataChannel('init')
  expect(await heard(channel, 'error', () => connection.become('failed'))).toBe(true)
  expect(await heard(channel, 'error')).toBe(true)
  channel.readyState = 'closed'
  expect(await heard(channel, 'open')).toBe(false)
})

it('leaves every other channel alone', async () => {
  const connection = connect()
  const channel = connection.createDataChannel('')
  channel.readyState = 'closed'
  expect(await heard(channel, 'close')).toBe(false)
  expect(await heard(channel, 'error', () => connection.become('failed'))).toBe(false)
})
