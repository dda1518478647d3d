import type { AlertSeverity } from '#protocol/civdef/terms.ts'
import { chimeSamples } from './chime-tone.ts'
import { VIBRATIONS } from './notification.ts'

/** Plays the chime of a severity once. A browser that nobody has touched since the page opened stays silent, and so does this. */
export function chime(severity: AlertSeverity): void {
  const context = new AudioContext()
  const samples = chimeSamples(severity, context.sampleRate)
  const buffer = context.createBuffer(1, samples.length, context.sampleRate)
  buffer.copyToChannel(samples, 0)
  const source = context.createBufferSource()
  source.buffer = buffer
  source.connect(context.destination)
  source.addEventListener('ended', () => void context.close())
  if (context.state === 'suspended' && !navigator.userActivation?.hasBeenActive) return void context.close()
  source.start()
}

export const canVibrate = (): boolean => 'vibrate' in navigator

/** Shakes the device as its severity does. Asked before the person has touched the page, a browser refuses and says so aloud. */
export function shake(severity: AlertSeverity): void {
  if (canVibrate() && navigator.userActivation?.hasBeenActive) navigator.vibrate([...VIBRATIONS[severity]])
}
