import { moduleOf } from '#protocol/catalogue.ts'
import type { HearthnetConfig } from '#protocol/core/config.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { EventDefinition, ModuleContract } from '#protocol/core/module.ts'
import type { Signer } from '#protocol/core/signing.ts'
import type { Bus } from './bus/bus.ts'
import type { Members } from './community/members.ts'
import type { EventLog } from './log/log.ts'
import type { VerifiedEvent } from './log/verify.ts'
import type { Runtime } from './runtime.ts'
import type { Shelf } from './shelf.ts'
import type { Views } from './view-host.ts'

/** What the kernel offers modules; `log`, `views` and `members` are there while the device is in a community. */
export interface ModuleDeps {
  readonly bus: Bus
  readonly runtime: Runtime
  readonly signer: Signer
  readonly config: () => HearthnetConfig
  /** What modules keep on this device beside the log. */
  readonly shelf: Shelf
  /** Tells this device's screens that something of the module's own changed. */
  readonly notify: (...events: readonly EventDefinition[]) => void
  readonly log: EventLog
  readonly views: Views
  readonly members: Members
  /** Hands an appended event to everyone who listens (SYN-1). */
  readonly publish: (event: VerifiedEvent) => void
}
export type Need = keyof ModuleDeps

/** A running module: what it takes to stop it. */
export type StopModule = () => void | Promise<void>

/**
 * One module's worker half, default export of `workers/modules/<id>/module.ts`, found by folder. It runs while it is
 * switched on and everything it needs is there.
 */
export interface WorkerModule {
  readonly contract: ModuleContract
  readonly needs: readonly Need[]
  start(deps: Partial<ModuleDeps>): Promise<StopModule>
}

interface WorkerModuleInit<N extends Need> {
  readonly contract: ModuleContract
  readonly needs: readonly N[]
  start(deps: Pick<ModuleDeps, N>): Promise<StopModule>
}

/** Declares a module. @throws HearthError `internal_error`, naming it, when it is started without what it needs. */
export function defineWorkerModule<N extends Need>(init: WorkerModuleInit<N>): WorkerModule {
  return {
    contract: init.contract,
    needs: init.needs,
    async start(deps) {
      const missing = init.needs.filter((need) => deps[need] === undefined)
      if (missing.length > 0) throw new HearthError('internal_error', `${init.contract.id} needs ${missing.join(', ')}`)
      // every need was just found
      return init.start(deps as Pick<ModuleDeps, N>)
    },
  }
}

/** `*` stands for any run of characters. */
function matches(glob: string, name: string): boolean {
  const [first = '', ...rest] = glob.split('*')
  if (rest.length === 0) return name === glob
  if (!name.startsWith(first)) return false
  const last = rest.pop() ?? ''
  let at = first.length
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return name.length >= at + last.length && name.endsWith(last)
}

/** Whether the person's switches leave a capability off (BUS-2, section 9). */
export function isSwitchedOff(name: string, config: HearthnetConfig): boolean {
  const contract = moduleOf(name)
  if (!contract?.config) return false
  if (!config[contract.config].enabled) return true
  if (contract.stability === 'stable') return false
  const { enable, enabled_capabilities } = config.policy.research
  return !enable || !enabled_capabilities.some((glob) => matches(glob, name))
}

/** Off when every capability it has is off. */
function isModuleOff({ capabilities }: ModuleContract, config: HearthnetConfig): boolean {
  return capabilities.every(({ name }) => isSwitchedOff(name, config))
}

export interface Modules {
  /** Starts and stops modules until they agree with the configuration and with what is there. */
  settle(): Promise<void>
  /** Modules whose code is here, by id. */
  readonly built: readonly string[]
  stop(): Promise<void>
}

/** Runs the modules found by folder (design: live start and stop). `deps` gives what is there right now. */
export function createModules(found: readonly WorkerModule[], deps: () => Partial<ModuleDeps>): Modules {
  const running = new Map<string, { stop: StopModule; readonly with: readonly unknown[] }>()
  let turn: Promise<void> = Promise.resolve()

  const wanted = (module: WorkerModule, offered: Partial<ModuleDeps>): boolean => {
    const config = offered.config?.()
    return (
      config !== undefined && !isModuleOff(module.contract, config) && module.needs.every((need) => offered[need] !== undefined)
    )
  }

  async function settleOne(module: WorkerModule): Promise<void> {
    const { id } = module.contract
    const offered = deps()
    const using = module.needs.map((need) => offered[need])
    const current = running.get(id)
    const stale = current?.with.some((value, index) => value !== using[index]) ?? false
    if (current && (stale || !wanted(module, offered))) {
      running.delete(id)
      await current.stop()
    }
    if (!running.has(id) && wanted(module, offered)) running.set(id, { stop: await module.start(offered), with: using })
  }

  const inTurn = (task: () => Promise<void>): Promise<void> => {
    turn = turn.then(task, task)
    return turn
  }

  return {
    built: found.map(({ contract }) => contract.id),
    settle: () =>
      inTurn(async () => {
        for (const module of found) await settleOne(module)
      }),
    stop: () =>
      inTurn(async () => {
        for (const [id, { stop }] of [...running].reverse()) {
          running.delete(id)
          await stop()
        }
      }),
  }
}
