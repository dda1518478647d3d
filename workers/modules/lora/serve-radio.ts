import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { wireTime } from '#protocol/core/ids.ts'
import {
  batteryReport,
  beaconSend,
  panicCancel,
  panicSend,
  STICK_TEST_STEPS,
  stickAttach,
  stickDetach,
  stickList,
  stickTest,
} from '#protocol/lora/capabilities.ts'
import { panicEnded, panicSent, stickChanged } from '#protocol/lora/events.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import type { Herald } from './herald.ts'
import type { Sender } from './sender.ts'
import type { Sticks } from './stick.ts'
import type { StickHolder } from './stick-holder.ts'
import type { Transmitter } from './transmitter.ts'

/** How long attaching waits for the stick to be ready; it goes on by itself. */
const ATTACH_MS = 10_000

interface RadioDeps extends Pick<ModuleDeps, 'bus' | 'runtime' | 'log' | 'publish'> {
  readonly herald: Herald
  readonly holder: StickHolder
  readonly sticks: Sticks
  readonly sender: Sender
  readonly transmitter: Transmitter
  readonly setLowBattery: (low: boolean) => void
}

type Step = (typeof STICK_TEST_STEPS)[number]

/** What a person does with the radio. */
export function serveRadio(deps: RadioDeps): (() => void)[] {
  const { bus, runtime, log, publish, herald, holder, sticks, sender, transmitter } = deps

  /** The signed word, for whoever has no stick. Without a network, or outside of a community, the radio is enough. */
  async function tellCommunity(append: () => ReturnType<typeof log.append>): Promise<void> {
    if (holder.isSimulated()) return
    try {
      publish(await append())
    } catch (error) {
      if (toHearthError(error).code === 'internal_error') throw error
    }
  }

  /** Until it is ready or cannot become so. */
  function settled(): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        const { state } = holder.record()
        if (state !== 'ready' && state !== 'unsupported') return
        stop()
        cancel()
        resolve()
      }
      const stop = holder.changed.on(check)
      const cancel = runtime.after(ATTACH_MS, () => {
        stop()
        resolve()
      })
      check()
    })
  }

  /** @throws HearthError what the step failed with */
  async function testStep(step: Step): Promise<void> {
    const { state } = holder.record()
    if (step === 'port' && (state === 'none' || state === 'waiting')) {
      throw new HearthError('lora_hardware_unavailable', 'no stick is plugged in')
    }
    if (step === 'firmware' && state !== 'ready') {
      throw new HearthError('lora_hardware_unsupported', 'what is plugged in does not answer as it should')
    }
    if (step === 'settings') transmitter.channel()
    if (step === 'send') await transmitter.send('test', sender.flags, false)
  }

  return [
    bus.handle(beaconSend, async ({ ok }) => {
      const wasPanic = sender.ownPanic() !== null
      const { beaconId, at, airtimeMs } = await sender.beacon(ok)
      if (wasPanic && ok) await tellCommunity(() => log.append(panicEnded, { at: wireTime(runtime.now()) }))
      return { beacon_id: beaconId, sent_at: wireTime(at), airtime_ms: airtimeMs }
    }),

    bus.handle(panicSend, async () => {
      const told = (sequence: number) => tellCommunity(() => log.append(panicSent, { at: wireTime(runtime.now()), sequence }))
      try {
        const { beaconId, sequence, at, overridden } = await sender.panic()
        await told(sequence)
        return { beacon_id: beaconId, sent_at: wireTime(at), overridden }
      } catch (error) {
        // the radio could not, the mesh may
        if (sender.ownPanic()) await told(0)
        throw error
      }
    }),

    bus.handle(panicCancel, async () => {
      const wasPanic = sender.ownPanic() !== null
      await sender.cancel()
      if (wasPanic) await tellCommunity(() => log.append(panicEnded, { at: wireTime(runtime.now()) }))
      return {}
    }),

    bus.handle(batteryReport, async ({ low }) => {
      deps.setLowBattery(low)
      herald.tell(stickChanged)
      return {}
    }),

    bus.handle(stickList, async () => ({
      adapters: [...sticks.adapters],
      ports: (await sticks.ports()).map(({ portId, usbVendorId, usbProductId, likely }) => ({
        port_id: portId,
        usb_vendor_id: usbVendorId,
        usb_product_id: usbProductId,
        likely,
      })),
      attached: holder.attached(),
    })),

    bus.handle(stickAttach, async ({ adapter, port_id, simulated }) => {
      await holder.attach({ adapter, portId: port_id, simulated })
      await settled()
      return { stick: holder.record() }
    }),

    bus.handle(stickDetach, async () => {
      await holder.detach()
      return {}
    }),

    bus.handle(stickTest, async () => {
      let failed = false
      const steps: { step: Step; outcome: 'ok' | 'failed' | 'skipped'; code: string | null }[] = []
      for (const step of STICK_TEST_STEPS) {
        if (failed) {
          steps.push({ step, outcome: 'skipped', code: null })
          continue
        }
        try {
          await testStep(step)
          steps.push({ step, outcome: 'ok', code: null })
        } catch (error) {
          const { code } = toHearthError(error)
          if (code === 'internal_error') throw error
          failed = true
          steps.push({ step, outcome: 'failed', code })
        }
      }
      return { steps }
    }),
  ]
}
