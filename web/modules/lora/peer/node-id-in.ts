import { type NodeId, parseNodeId } from '#protocol/core/ids.ts'

/** Characters of a NodeID, wherever in a text it stands. */
const NODE_ID = /ed25519:[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/

/** The full id in what was scanned or pasted; null when there is none, or more than one. */
export function nodeIdIn(text: string): NodeId | null {
  const [first, ...more] = text.match(new RegExp(NODE_ID, 'g')) ?? []
  if (first === undefined || more.some((other) => other !== first)) return null
  return parseNodeId(first)
}
