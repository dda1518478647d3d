/** Pitches of the alarm, Hz: two that old ears and small loudspeakers both carry. */
const HIGH_HZ = 960
const LOW_HZ = 720
const TONE_SECONDS = 0.28
const PAUSE_SECONDS = 0.64
const TONES = [HIGH_HZ, LOW_HZ, HIGH_HZ, LOW_HZ] as const
/** Fading in and out keeps a tone from clicking. */
const FADE_SECONDS = 0.02
/** A pure tone at full scale distorts small loudspeakers. */
const PEAK = 0.7

/** One round of the alarm, in seconds: four tones and a pause to speak in. */
export const ALARM_ROUND_SECONDS = TONES.length * TONE_SECONDS + PAUSE_SECONDS

/** @param rate samples per second. @returns one round, silent at both ends, so that it can be played in a loop */
export function alarmSamples(rate: number): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(Math.round(ALARM_ROUND_SECONDS * rate))
  const length = Math.round(TONE_SECONDS * rate)
  const fade = FADE_SECONDS * rate
  TONES.forEach((pitch, tone) => {
    for (let at = 0; at < length; at++) {
      const loudness = Math.min(1, at / fade, (length - 1 - at) / fade)
      samples[tone * length + at] = PEAK * loudness * Math.sin((2 * Math.PI * pitch * at) / rate)
    }
  })
  return samples
}
