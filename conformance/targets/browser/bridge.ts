/** Asked of the peer page by the suite. Bytes are base64url. */
export type Ask =
  | { readonly op: 'create'; readonly node: string; readonly seed: string; readonly boxes: readonly string[] }
  | { readonly op: 'dial'; readonly node: string; readonly peer: string }
  | { readonly op: 'open'; readonly node: string; readonly peer: string; readonly protocol: string; readonly stream: string }
  | { readonly op: 'write'; readonly stream: string; readonly bytes: string }
  | { readonly op: 'end'; readonly stream: string }
  | { readonly op: 'abort'; readonly stream: string }
  | { readonly op: 'subscribe'; readonly node: string; readonly topic: string }
  | { readonly op: 'publish'; readonly node: string; readonly topic: string; readonly bytes: string }
  | { readonly op: 'connected'; readonly node: string; readonly peer: string }
  | { readonly op: 'hang-up'; readonly node: string; readonly peer: string }
  | { readonly op: 'leave-boxes'; readonly node: string }
  | { readonly op: 'stop'; readonly node: string }

export type FromSuite = { readonly id: number } & Ask

export type FromPage =
  | { readonly kind: 'done'; readonly id: number; readonly value: string | boolean | null }
  | { readonly kind: 'failed'; readonly id: number; readonly name: string; readonly message: string }
  | { readonly kind: 'bytes'; readonly stream: string; readonly bytes: string }
  | { readonly kind: 'ended'; readonly stream: string; readonly how: 'end' | 'reset' }
  | { readonly kind: 'incoming'; readonly node: string; readonly protocol: string; readonly stream: string }
  | { readonly kind: 'gossip'; readonly node: string; readonly bytes: string }

/** Protocols that the page takes streams of, so that the suite sees what the system opens by itself. */
export const TAKEN = ['/hearthnet/bus/3.0.0', '/hearthnet/sync/3.0.0', '/hearthnet/tensor/3.0.0'] as const
