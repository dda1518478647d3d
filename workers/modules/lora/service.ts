import { configChanged } from '#protocol/config/events.ts'
import { toHearthError } from '#protocol/core/errors.ts'
import { eventsWatch } from '#protocol/events/capabilities.ts'
import { chainAnchored, panicReceived, stickChanged } from '#protocol/lora/events.ts'
import { senderHashOf } from '#protocol/lora/frame.ts'
import { nodePeers } from '#protocol/node/capabilities.ts'
import { meshChanged } from '#protocol/node/events.ts'
import type { ModuleDeps, StopModule } from '../../kernel/modules.ts'
import { asksCivilDefence, onSevereAlert } from './alerts.ts'
import { anchorsView, createAnchors } from './anchors.ts'
import { createLedger, EMPTY_LEDGER, LedgerSchema } from './duty-cycle.ts'
import { createHeardBy } from './heard-by.ts'
import { createHerald } from './herald.ts'
import { createListener } from './listener.ts'
import { createOwnChains, NO_CHAINS, OwnChainsSchema } from './own-chain.ts'
import { callsView, createPanics } from './panics.ts'
import { createPeerMap, DecisionsSchema, NO_DECISIONS } from './peer-map.ts'
import { servePresence } from './presence.ts'
import { createWindows, NO_WINDOWS, WindowsSchema } from './replay-window.ts'
import { createSender, NO_PANIC, PanicSchema } from './sender.ts'
import { serveRadio } from './serve-radio.ts'
import { serveReading } from './serve-reading.ts'
import { steadfast } from './steadfast.ts'
import type { Sticks } from './stick.ts'
import { AttachedSchema, createStickHolder, NOT_ATTACHED } from './stick-holder.ts'
import { createTransmitter, NEW_SENDER, SenderSchema } from './transmitter.ts'

export type LoraDeps = Pick<
  ModuleDeps,
  'bus' | 'runtime' | 'signer' | 'config' | 'shelf' | 'notify' | 'log' | 'views' | 'members' | 'publish'
>

/** A drawer that nothing of survives: what a simulation sent costs no airtime. */
function passing<T>(value: T) {
  let current = value
  return {
    get: () => current,
    async set(next: T) {
      current = next
    },
  }
}

/** `experimental.lora.*` (M29): puts the parts together. */
export async function serveLora(deps: LoraDeps & { readonly sticks: Sticks }): Promise<StopModule> {
  const { bus, runtime, signer, config, shelf, notify, log, views, members, publish, sticks } = deps
  const self = signer.nodeId
  const selfHash = senderHashOf(self)
  const anchorRows = await views.open(anchorsView)
  const calls = await views.open(callsView)
  const isMember = (nodeId: typeof self): boolean => members.get(nodeId)?.status === 'active'

  const herald = createHerald(runtime, notify)
  const anchors = createAnchors(anchorRows, isMember)
  const windows = createWindows(await shelf.open('lora.windows', WindowsSchema, NO_WINDOWS))
  const ledgers = {
    real: createLedger(runtime, await shelf.open('lora.ledger', LedgerSchema, EMPTY_LEDGER)),
    simulated: createLedger(runtime, passing(EMPTY_LEDGER)),
  }
  const peers = createPeerMap({
    drawer: await shelf.open('lora.decisions', DecisionsSchema, NO_DECISIONS),
    members: () => members.all().filter(({ nodeId, status }) => status === 'active' && nodeId !== self),
    isAnchored: anchors.has,
  })
  const panics = createPanics({ calls, self, who: peers.who })
  const chains = createOwnChains({
    runtime,
    nodeId: self,
    drawer: await shelf.open('lora.chains', OwnChainsSchema, NO_CHAINS),
    anchored: () => anchorRows.get(self)?.chains ?? [],
    async publish(anchored) {
      publish(await log.append(chainAnchored, anchored))
    },
  })
  const holder = createStickHolder({
    sticks,
    config,
    drawer: await shelf.open('lora.stick', AttachedSchema, NOT_ATTACHED),
  })
  const ledger = () => (holder.isSimulated() ? ledgers.simulated : ledgers.real)
  const transmitter = createTransmitter({
    runtime,
    selfHash,
    chains,
    ledger,
    region: () => config().lora.region,
    frames: () => config().lora.frames,
    session: holder.session,
    drawer: steadfast(await shelf.open('lora.sender', SenderSchema, NEW_SENDER)),
  })
  const listener = createListener({
    runtime,
    herald,
    peers,
    panics,
    anchors,
    windows,
    selfHash,
    isOwn: transmitter.isOwn,
  })
  const heardBy = createHeardBy({ bus, runtime, herald })

  let gateway = false
  let lowBattery = false
  const sender = createSender({
    runtime,
    transmitter,
    herald,
    drawer: steadfast(await shelf.open('lora.panic', PanicSchema, NO_PANIC)),
    intervalSeconds: () => config().lora.interval_seconds,
    override: () => config().lora.panic_override,
    gateway: () => gateway,
    lowBattery: () => lowBattery,
    prepare: anchor,
  })

  /** Sees to it that members can prove what this device sends. A simulation, or no stick at all, signs nothing into the log. */
  async function anchor(): Promise<void> {
    if (config().lora.frames !== 'v2' || !holder.attached() || holder.isSimulated()) return
    try {
      await chains.provide()
    } catch (error) {
      // no member yet, or not yet in step, or no room: the next beacon asks again, and until then v1 goes
      if (toHearthError(error).code === 'internal_error') throw error
    }
  }

  async function lookAtMesh(): Promise<void> {
    const { boxes } = await bus.call(nodePeers, {})
    gateway = boxes.some(({ state }) => state === 'connected')
  }

  const stopping = new AbortController()

  async function watch(): Promise<void> {
    for await (const { types } of bus.stream(eventsWatch, {}, { signal: stopping.signal })) {
      if (types.includes(meshChanged.type)) await lookAtMesh()
      if (types.includes(configChanged.type)) {
        sender.configured()
        await holder.configured()
      }
    }
  }

  let wasSimulated = holder.isSimulated()
  let wasReady = false
  function stickMoved(): void {
    if (holder.isSimulated() !== wasSimulated) {
      wasSimulated = holder.isSimulated()
      // what a simulation heard is nobody, and who is real is not in it
      listener.clear()
      heardBy.clear()
    }
    const isReady = holder.session() !== null
    if (isReady && !wasReady) sender.ready()
    wasReady = isReady
    herald.tell(stickChanged)
  }

  const unlessStopped = (error: unknown): void => {
    if (!stopping.signal.aborted) reportError(error)
  }
  const withdraw = [
    ...serveReading({
      ...{ bus, runtime, config, members, self, herald, holder, ledger, transmitter },
      ...{ sender, listener, peers, panics, chains, heardBy },
    }),
    ...serveRadio({
      ...{ bus, runtime, log, publish, herald, holder, sticks, sender, transmitter },
      setLowBattery(low) {
        lowBattery = low
      },
    }),
    ...servePresence({ bus, listener, peers, isSimulated: holder.isSimulated }),
    holder.changed.on(stickMoved),
    holder.heard.on(listener.receive),
    sticks.changed.on(() => herald.tell(stickChanged)),
    sender.sent.on(() => {
      if (!holder.isSimulated()) heardBy.askSoon()
    }),
    calls.changed.on(() => herald.tell(panicReceived)),
    log.changed.on(() => peers.membersChanged()),
    onSevereAlert(log, runtime, asksCivilDefence(bus), sender.alert),
  ]
  stickMoved()
  anchor().catch(reportError)
  lookAtMesh().catch(unlessStopped)
  watch().catch(unlessStopped)

  return async () => {
    stopping.abort(new DOMException('stopped', 'AbortError'))
    for (const stop of withdraw) stop()
    sender.stop()
    heardBy.stop()
    listener.stop()
    herald.stop()
    await holder.stop()
    await windows.flush()
    views.close(anchorsView.id)
    views.close(callsView.id)
  }
}
