import type { AlertSeverity } from '#protocol/civdef/terms.ts'

/** Tones of each severity, Hz, 0 for a pause: more and higher ones the worse it is. `extreme` has the kit's alarm beside it. */
const TONES: Readonly<Record<AlertSeverity, readonly number[]>> = {
  info: [660],
  advisory: [660, 880],
  warning: [880, 660, 880],
  emergency: [960, 720, 960, 720, 960, 720],
  extreme: [960, 720, 960, 720, 960, 720, 960, 720, 960, 720],
}
const TONE_SECONDS = 0.26
/** Fading in and out keeps a tone from clicking. */
const FADE_SECONDS = 0.02
/** A pure tone at full scale distorts small loudspeakers. */
const PEAK = 0.6

/** @param rate samples per second. @returns the whole chime of a severity, silent at both ends */
export function chimeSamples(severity: AlertSeverity, rate: number): Float32Array<ArrayBuffer> {
  const tones = TONES[severity]
  const length = Math.round(TONE_SECONDS * rate)
  const fade = FADE_SECONDS * rate
  const samples = new Float32Array(length * tones.length)
  tones.forEach((pitch, tone) => {
    for (let at = 0; at < length; at++) {
      const loudness = Math.min(1, at / fade, (length - 1 - at) / fade)
      samples[tone * length + at] = PEAK * loudness * Math.sin((2 * Math.PI * pitch * at) / rate)
    }
  })
  return samples
}
