import { good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'

/** A payload that no reader likes: starts and lengths of serial frames, KISS escapes, ends of lines. */
const AWKWARD = '94c30005c0dbdcdd9494c3ffffc0c0dbdb000d0ac39406f890022423ff00dcc0'
const PLAIN = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'

interface Codec {
  readonly name: 'meshtastic' | 'kiss' | 'lines'
  /** Every byte a piece of its own. */
  readonly bytewise: (hex: string) => readonly string[]
  readonly of: (name: string, catches: string, pieces: readonly string[], frames: readonly unknown[], quiet?: boolean) => Vector
}

const codec = (name: Codec['name']): Codec => ({
  name,
  bytewise: (hex) => hex.match(/../g) ?? [],
  of: (title, catches, pieces, frames, quiet = false) =>
    good(`${name}: ${title}`, `Catches: ${catches}`, { codec: name, pieces, quiet }, { frames }),
})

const textHex = (text: string): string => Buffer.from(text, 'latin1').toString('hex')

/** A packet of port 256 as the serial API of Meshtastic says it: 94 C3, a length of two bytes, a FromRadio message. */
function packet(payload: string, rssi = '9fffffffffffffffff01', snr = '0000a840', id = '9494c300'): string {
  const from = '0d78563412'
  const to = '15ffffffff'
  const decoded = `2225088002${'1220'}${payload}`
  const body = `${from}${to}${decoded}35${id}45${snr}60${rssi}48037803`
  const message = `12${(body.length / 2).toString(16).padStart(2, '0')}${body}`
  return `94c3${(message.length / 2).toString(16).padStart(4, '0')}${message}`
}

function meshtastic(): readonly Vector[] {
  const { of, bytewise } = codec('meshtastic')
  const said = (payload: string, rssi = -97, snr = 5.25) => ({ payload, rssi, snr })
  const [one, two] = [packet(AWKWARD), packet(PLAIN)]
  const both = [said(AWKWARD), said(PLAIN)]
  const torn = one.slice(0, 60)
  const behind = (name: string, catches: string, before: string): Vector =>
    of(name, catches, [`${before}${one}`], [said(AWKWARD)])
  return [
    of('two frames in one piece', 'stops after the first', [`${one}${two}`], both),
    of('a payload that holds 94 C3', 'starts again at every 94 C3', [one], [said(AWKWARD)]),
    of('one byte at a time', 'needs a whole header at once', bytewise(`${one}${two}`), both),
    of(
      'negative signal strength, a varint of ten bytes',
      'reads five bytes and loses its place',
      [packet(AWKWARD, '88ffffffffffffffff01', '000048c1')],
      [said(AWKWARD, -120, -12.5)],
    ),
    of(
      'boot text before the first frame',
      'takes text for a length',
      [textHex('\x1b[34mDEBUG | ??:??:?? 0 Booting, \r\n'), one],
      [said(AWKWARD)],
    ),
    behind('a stray 94 before a frame', 'drops the frame behind it', '94'),
    behind('several stray 94 before a frame', 'drops the frame behind them', '949494'),
    of('a stray 94 at the end of a piece', 'forgets the half header', [`${one}94`, two.slice(2)], both),
    behind('length FFFF', 'waits for 65535 bytes', '94c3ffff'),
    behind('length 513', 'waits for one byte more than any frame has', '94c30201'),
    behind('length 0', 'says an empty message', '94c30000'),
    behind(
      'a false header in noise, with a length that covers a true frame',
      'loses the frame within',
      `94c30040${'ff'.repeat(10)}`,
    ),
    of('a torn frame before a true one', 'loses the true one', [torn, two], [said(PLAIN)], true),
    of('a frame whose end never comes', 'waits for ever', [torn], [], true),
    of('noise with 94 between frames', 'loses frames as published clients do', [`${one}940094ff${two}`], both),
    behind('a message of newer firmware', 'ends at a field it does not know', '94c30006c202036e6577'),
    behind('a known field of another type', 'reads it all the same', '94c300021007'),
    behind('ASCII that happens to begin like a frame', 'takes text for a message', '94c300084142434445464748'),
  ]
}

function kiss(): readonly Vector[] {
  const { of, bytewise } = codec('kiss')
  const said = (command: number, payload: string) => ({ command, payload })
  const next = 'c00846c0'
  const escaped = (hex: string): string => hex.replaceAll(/../g, (pair) => ({ c0: 'dbdc', db: 'dbdd' })[pair] ?? pair)
  const every = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')).join('')
  return [
    of(
      'a payload of C0 DB DC DD',
      'forgets an escape',
      [`c000${escaped('c0dbdcddc0c0dbdb')}c0`],
      [said(0, 'c0dbdcddc0c0dbdb')],
    ),
    of('every byte there is', 'treats another byte as special', [`c000${escaped(every)}c0`], [said(0, every)]),
    of('one byte at a time', 'needs a whole frame at once', bytewise(`c000${escaped(AWKWARD)}c0233cc0`), [
      ...[said(0, AWKWARD), said(0x23, '3c')],
    ]),
    of('one C0 between two frames', 'wants two', ['c0233cc02414c0'], [said(0x23, '3c'), said(0x24, '14')]),
    of('many C0 between two frames', 'says empty frames', ['c0233cc0c0c0c0c02414c0'], [said(0x23, '3c'), said(0x24, '14')]),
    of('cut between DB and DC', 'forgets that an escape was open', ['c00001db', 'dc02c0'], [said(0, '01c002')]),
    of(
      'the end of a frame from before we listened',
      'says it as a frame',
      [`${AWKWARD.replaceAll('c0', '')}c0`, next],
      [said(8, '46')],
    ),
    of(
      'boot text before the first frame',
      'says it as a frame',
      [textHex('ets Jul 29 2019 12:21:46\r\nrst:0x1 (POWERON_RESET)\r\n'), next],
      [said(8, '46')],
    ),
    of('an escape of nothing known', 'guesses', ['c00001db0203c0', next], [said(8, '46')]),
    of('an escape with nothing behind it', 'swallows the C0', ['c00001dbc0', next], [said(8, '46')]),
    of('a frame without an end', 'grows without bound', [`c0${'00'.repeat(2000)}`, next], [said(8, '46')]),
    of('a command without a payload', 'drops it', ['c00fc0'], [said(15, '')]),
  ]
}

function lines(): readonly Vector[] {
  const { of, bytewise } = codec('lines')
  return [
    of(
      'an answer in pieces',
      'says half a line',
      [textHex('AT+VER=RUI_4'), textHex('.1.1\r'), textHex('\nOK\r\n')],
      ['AT+VER=RUI_4.1.1', 'OK'],
    ),
    of('one byte at a time', 'needs a whole line at once', bytewise(textHex('+EVT:RXP2P:-97:5:94C3\r\n')), [
      '+EVT:RXP2P:-97:5:94C3',
    ]),
    of('LF alone, CR alone', 'waits for the other', [textHex('OK\nAT_ERROR\rOK\r\n')], ['OK', 'AT_ERROR', 'OK']),
    of('empty lines', 'says them', [textHex('\r\n\r\nOK\r\n\r\n')], ['OK']),
    of('noise with high bytes', 'says it, or throws on bad UTF-8', [`fffe80${textHex('\r\nOK\r\n')}`], ['OK']),
    of('noise stuck to the head of a line', 'takes OK behind noise for an answer', [`ffff${textHex('OK\r\nOK\r\n')}`], ['OK']),
    of('a line without an end', 'grows without bound', [textHex(`${'A'.repeat(2000)}\r\nOK\r\n`)], ['OK']),
  ]
}

export const sticks = (): VectorSource => ({
  name: 'stick-bytes',
  operation: 'lora.stick',
  rule: 'LOR-6',
  about:
    'Bytes from sticks, in the pieces in which they arrive. Nothing of it is on the wire between nodes: it is what makes of sticks say.',
  vectors: [...meshtastic(), ...kiss(), ...lines()],
})
