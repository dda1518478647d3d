import { frameLoop, QRCanvas, type QRCanvasResult, rearCamera } from 'qr/dom.js'

/** Why the camera stays dark. */
export type CameraTrouble = 'denied' | 'missing' | 'busy'

/** Largest side a photo is read at, px: larger ones cost seconds and are no easier to read. */
const PHOTO_MAX_PX = 1600

export function cameraTrouble(thrown: unknown): CameraTrouble {
  const name = thrown instanceof Error ? thrown.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  return name === 'NotReadableError' || name === 'AbortError' ? 'busy' : 'missing'
}

const firstText = (result: QRCanvasResult | undefined): string | null => {
  if (typeof result === 'string') return result
  return result?.find((entry) => typeof entry === 'string') ?? null
}

/**
 * Shows the rear camera in `player` and reports the first code seen.
 * @returns a function that lets go of the camera.
 * @throws what getUserMedia throws; `cameraTrouble` sorts it.
 */
export async function watchCamera(player: HTMLVideoElement, onText: (text: string) => void): Promise<() => void> {
  const camera = await rearCamera(player)
  const canvas = new QRCanvas()
  let reading = false
  const stopLoop = frameLoop(async () => {
    if (reading) return
    reading = true
    const text = firstText(await camera.readFrame(canvas).catch(() => undefined))
    reading = false
    if (text) onText(text)
  }, player)
  return () => {
    stopLoop()
    camera.stop()
  }
}

/** The first code in a photo, or null. */
export async function readPhoto(file: Blob): Promise<string | null> {
  const bitmap = await createImageBitmap(file).catch(() => null)
  if (!bitmap) return null
  try {
    const scale = Math.min(1, PHOTO_MAX_PX / Math.max(bitmap.width, bitmap.height))
    const canvas = new QRCanvas({}, { cropToSquare: false })
    return firstText(await canvas.drawImage(bitmap, Math.round(bitmap.height * scale), Math.round(bitmap.width * scale)))
  } finally {
    bitmap.close()
  }
}
