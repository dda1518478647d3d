export const LORA = '/lora'
export const STICK = `${LORA}/stick`
/** @param senderHash eight hexadecimal digits */
export const peerPath = (senderHash: string): string => `${LORA}/sender/${senderHash}`
