import { ALARM_ROUND_SECONDS, alarmSamples } from './alarm-tone.ts'

/** What can be said of the alarm: `blocked` is a browser that waits for the person to touch the page first. */
export type AlarmState = 'silent' | 'blocked' | 'sounding'

/** How long it sounds when nobody comes, seconds: what is on the screen stays. */
const ALARM_SECONDS = 120
/** How long a browser may take to start sound it allows, ms. */
const STARTING_MS = 400
/** Two tabs of one device sound once: whoever has this lock does. */
const LOCK = 'hearthnet.alarm'
/** What a browser takes for a person who is there, and allows sound after. */
const TOUCHES = ['pointerup', 'keydown'] as const
const VIBRATION_MS = [400, 200, 400, 200, 400]

function play(onState: (state: AlarmState) => void, shakes: boolean): () => void {
  const context = new AudioContext()
  const samples = alarmSamples(context.sampleRate)
  const buffer = context.createBuffer(1, samples.length, context.sampleRate)
  buffer.copyToChannel(samples, 0)
  const source = context.createBufferSource()
  source.buffer = buffer
  source.loop = true
  source.connect(context.destination)
  const say = () => {
    if (context.state !== 'closed') onState(context.state === 'running' ? 'sounding' : 'blocked')
  }
  context.addEventListener('statechange', say)
  source.addEventListener('ended', () => onState('silent'))
  source.start()
  source.stop(context.currentTime + Math.ceil(ALARM_SECONDS / ALARM_ROUND_SECONDS) * ALARM_ROUND_SECONDS)
  const patience = setTimeout(say, STARTING_MS)
  const wake = () => void context.resume()
  for (const touch of TOUCHES) addEventListener(touch, wake)
  // asked before the person has touched the page, a browser refuses and says so on the console
  if (shakes && navigator.userActivation?.hasBeenActive) navigator.vibrate?.(VIBRATION_MS)
  return () => {
    clearTimeout(patience)
    for (const touch of TOUCHES) removeEventListener(touch, wake)
    context.removeEventListener('statechange', say)
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(0)
    void context.close()
  }
}

/** Sounds the alarm until the function it answers with is called, once however many tabs ask. @param shakes the device too */
export function startAlarm(onState: (state: AlarmState) => void, shakes = true): () => void {
  let wanted = true
  let stop = (): void => undefined
  const sound = (): Promise<void> =>
    new Promise((resolve) => {
      const quiet = play(onState, shakes)
      stop = () => {
        quiet()
        resolve()
      }
    })
  void navigator.locks.request(LOCK, () => (wanted ? sound() : undefined))
  return () => {
    wanted = false
    stop()
  }
}
