/** Commands of RNode's KISS protocol, said and echoed under one number. Source: RNode_Firmware, Framing.h. */
export const COMMAND = {
  data: 0x00,
  frequency: 0x01,
  bandwidth: 0x02,
  txPower: 0x03,
  spreadingFactor: 0x04,
  codingRate: 0x05,
  radioState: 0x06,
  detect: 0x08,
  leave: 0x0a,
  longTermAirtime: 0x0c,
  promiscuous: 0x0e,
  statRssi: 0x23,
  statSnr: 0x24,
  /** Airtime and load of the channel, in hundredths of a percent. */
  statChannel: 0x25,
  firmwareVersion: 0x50,
  error: 0x90,
} as const

export const DETECT_QUESTION = 0x73
export const DETECT_ANSWER = 0x46

export const ERROR = { initRadio: 0x01, txFailed: 0x02, queueFull: 0x04, memoryLow: 0x05, modemTimeout: 0x06 } as const

/** Signal strength is said as dBm plus this. */
export const RSSI_OFFSET = 157
