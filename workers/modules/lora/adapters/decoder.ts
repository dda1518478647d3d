/** Turns a stream of bytes, cut anywhere, into frames. Whatever is no frame is skipped and counted. */
export interface Decoder<Frame> {
  /** @returns the frames that `chunk` completes, in order. */
  push(chunk: Uint8Array): readonly Frame[]
  /**
   * Nothing has come for a while, so what is still open was torn.
   * @returns frames found behind the torn one.
   */
  quiet(): readonly Frame[]
  /** Bytes seen so far that belong to no frame: boot text, noise, torn frames. */
  readonly skippedBytes: number
  /** Whether bytes are waiting for the rest of a frame. */
  readonly open: boolean
}
