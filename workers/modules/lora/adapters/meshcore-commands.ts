/** KISS commands of MeshCore's modem. Source: MeshCore, docs/kiss_modem_protocol.md and KissModem.cpp. */
export const COMMAND = { data: 0x00, txDelay: 0x01, persistence: 0x02, slotTime: 0x03, setHardware: 0x06 } as const

/** Sub-commands of `setHardware`; the answer to a question is the question with the highest bit set. */
export const HARDWARE = {
  setRadio: 0x09,
  setTxPower: 0x0a,
  getRadio: 0x0b,
  getTxPower: 0x0c,
  getAirtime: 0x0f,
  getVersion: 0x11,
  getDeviceName: 0x16,
  ping: 0x17,
  setSignalReport: 0x19,
  ok: 0xf0,
  error: 0xf1,
  txDone: 0xf8,
  rxMeta: 0xf9,
} as const

export const answerTo = (question: number): number => question | 0x80

export const ERROR = { invalidLength: 0x01, invalidParam: 0x02, noCallback: 0x03, unknownCommand: 0x05, txBusy: 0x07 } as const

/** The modem's parser holds this much of a frame; more makes it forget what it has. */
export const MODEM_FRAME_BYTES = 512
