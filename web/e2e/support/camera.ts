import { writeFile } from 'node:fs/promises'
import type { Locator } from '@playwright/test'

interface Picture {
  readonly width: number
  readonly height: number
  /** Brightness of each pixel, row by row. */
  readonly grey: Uint8Array
}

/** Runs in a page: what a camera would see of a PNG. */
const decode = async (png: readonly number[]): Promise<{ width: number; height: number; grey: number[] }> => {
  const bitmap = await createImageBitmap(new Blob([Uint8Array.from(png)], { type: 'image/png' }))
  // Y4M halves the resolution of colour, so both sides are even
  const [width, height] = [bitmap.width & ~1, bitmap.height & ~1]
  const drawing = new OffscreenCanvas(width, height).getContext('2d')
  if (!drawing) throw new TypeError('no canvas')
  drawing.drawImage(bitmap, 0, 0)
  const { data } = drawing.getImageData(0, 0, width, height)
  const grey = Array.from({ length: width * height }, (_, at) => data[at * 4 + 1] ?? 0)
  return { width, height, grey }
}

/** A video of one still frame, uncompressed: the only moving picture that is easily written by hand. */
const y4m = ({ width, height, grey }: Picture): Buffer => {
  const colour = Buffer.alloc((width * height) / 2, 128)
  const frame = [Buffer.from('FRAME\n'), Buffer.from(grey), colour]
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), ...frame, ...frame])
}

/** Lets the fake camera that plays `file` look at a part of a screen. */
export async function pointCameraAt(shown: Locator, file: string): Promise<void> {
  const png = await shown.screenshot()
  const { width, height, grey } = await shown.page().evaluate(decode, [...png])
  await writeFile(file, y4m({ width, height, grey: Uint8Array.from(grey) }))
}
