/** As much of Web Serial's `SerialPort` as a stick needs; the browser's own fits, and so does a simulated one. */
export interface PortLike {
  /** Null while closed, and after the device was lost. */
  readonly readable: ReadableStream<Uint8Array> | null
  readonly writable: WritableStream<Uint8Array> | null
  open(options: { readonly baudRate: number; readonly bufferSize?: number }): Promise<void>
  close(): Promise<void>
  getInfo(): { readonly usbVendorId?: number; readonly usbProductId?: number }
}

/** As much of `navigator.serial` as the bridge needs. */
export interface SerialLike {
  getPorts(): Promise<readonly PortLike[]>
  addEventListener?(type: 'connect' | 'disconnect', listener: () => void): void
  removeEventListener?(type: 'connect' | 'disconnect', listener: () => void): void
}
