import type { AbortOptions } from '@libp2p/interface'
import { AbstractMultiaddrConnection, type AbstractMultiaddrConnectionInit, type SendResult } from '@libp2p/utils'
import type { Uint8ArrayList } from 'uint8arraylist'
import type { WebSocket } from 'ws'
import { LIMITS } from '../limits.ts'

/** A websocket as libp2p sees it. Unlike a browser's, this one can stop reading, so a slow reader slows its writer. */
export class WebSocketConnection extends AbstractMultiaddrConnection {
  readonly #socket: WebSocket

  constructor(socket: WebSocket, init: AbstractMultiaddrConnectionInit) {
    super(init)
    this.#socket = socket
    socket.on('message', (data, isBinary) => {
      if (isBinary && data instanceof Buffer) this.onData(data)
      else this.abort(new TypeError('libp2p sends binary messages'))
    })
    // 1006: the peer vanished without a word
    socket.once('close', (code) => (code === 1006 ? this.onRemoteReset() : this.onTransportClosed()))
    socket.on('error', (error) => this.abort(error))
  }

  override sendData(data: Uint8ArrayList): SendResult {
    for (const bytes of data) this.#socket.send(bytes, this.#sent)
    return { sentBytes: data.byteLength, canSendMore: this.#socket.bufferedAmount < LIMITS.websocketBuffer }
  }

  readonly #sent = (): void => {
    if (this.writableNeedsDrain && this.#socket.bufferedAmount === 0) this.safeDispatchEvent('drain')
  }

  override sendReset(): void {
    this.#socket.terminate()
  }

  override async sendClose(options?: AbortOptions): Promise<void> {
    options?.signal?.throwIfAborted()
    this.#socket.close()
  }

  override sendPause(): void {
    this.#socket.pause()
  }

  override sendResume(): void {
    this.#socket.resume()
  }
}
