import type { HearthnetConfig } from '#protocol/core/config.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { EventDefinition, ModuleContract } from '#protocol/core/module.ts'
import type { Signer } from '#protocol/core/signing.ts'
import { isModuleOn } from '#protocol/core/switches.ts'
import type { Bus } from './bus/bus.ts'
import type { Members } from './community/members.ts'
import type { Federation } from './federation/federation.ts'
import type { Keys } from './keys.ts'
import type { EventLog } from './log/log.ts'
import type { VerifiedEvent } from './log/verify.ts'
import type { Runtime } from './runtime.ts'
import type { Shelf } from './shelf.ts'
import type { TensorTransport } from './tensors.ts'
import type { Views } from './view-host.ts'

/** What the kernel offers modules; `log`, `views` and `members` are there while the device is in a community. */
export interface ModuleDeps {
  readonly bus: Bus
  readonly runtime: Runtime
  readonly signer: Signer
  readonly config: () => HearthnetConfig
  /** What modules keep on this device beside the log. */
  readonly shelf: Shelf
  /** Keys of modules beside the identity's. */
  readonly keys: Keys
  /** Tells this device's screens that something of the module's own changed. */
  readonly notify: (...events: readonly EventDefinition[]) => void
  readonly log: EventLog
  readonly views: Views
  readonly members: Members
  /** Other communities this one has an agreement with. */
  readonly federation: Federation
  /** Streams of tensors to peers (X08): there while something that computes with others is switched on. */
  readonly tensors: TensorTransport
  /** Hands an appended event to everyone who listens (SYN-1). */
  readonly publish: (event: VerifiedEvent) => void
}
export type Need = keyof ModuleDeps

/** A running module: what it takes to stop it. */
export type StopModule = () => void | Promise<void>

/**
 * One module's worker half, `workerModule` of `workers/modules/<id>/module.ts`. It runs while it is switched on and
 * everything it needs is there.
 */
export interface WorkerModule {
  readonly contract: ModuleContract
  readonly needs: readonly Need[]
  readonly wants: readonly Need[]
  start(deps: Partial<ModuleDeps>): Promise<StopModule>
}

/** A module found by folder: its contract is at hand, its code is loaded when it is first switched on. */
export interface FoundModule {
  readonly contract: ModuleContract
  load(): Promise<WorkerModule>
}

interface WorkerModuleInit<N extends Need, W extends Need> {
  readonly contract: ModuleContract
  readonly needs: readonly N[]
  /** What it uses while it is there; it starts anew when one of these comes or goes. */
  readonly wants?: readonly W[]
  start(deps: Pick<ModuleDeps, N> & Partial<Pick<ModuleDeps, W>>): Promise<StopModule>
}

/** Declares a module. @throws HearthError `internal_error`, naming it, when it is started without what it needs. */
export function defineWorkerModule<N extends Need, W extends Need = never>(init: WorkerModuleInit<N, W>): WorkerModule {
  return {
    contract: init.contract,
    needs: init.needs,
    wants: init.wants ?? [],
    async start(deps) {
      const missing = init.needs.filter((need) => deps[need] === undefined)
      if (missing.length > 0) throw new HearthError('internal_error', `${init.contract.id} needs ${missing.join(', ')}`)
      // every need was just found
      return init.start(deps as Pick<ModuleDeps, N> & Partial<Pick<ModuleDeps, W>>)
    },
  }
}

export interface Modules {
  /** Starts and stops modules until they agree with the configuration and with what is there. */
  settle(): Promise<void>
  /** Modules whose code is here, by id. */
  readonly built: readonly string[]
  stop(): Promise<void>
}

/** Runs the modules found by folder (design: live start and stop). `deps` gives what is there right now. */
export function createModules(found: readonly FoundModule[], deps: () => Partial<ModuleDeps>): Modules {
  const running = new Map<string, { stop: StopModule; readonly with: readonly unknown[] }>()
  let turn: Promise<void> = Promise.resolve()

  async function settleOne({ contract, load }: FoundModule): Promise<void> {
    const { id } = contract
    const config = deps().config?.()
    const current = running.get(id)
    if (config === undefined || (contract.config !== null && !isModuleOn(contract.config, config))) {
      running.delete(id)
      await current?.stop()
      return
    }
    // what cannot be loaded stays off; the node and its other modules run
    const code = await load().catch(reportError)
    if (!code) return
    const { needs, wants, start } = code
    const offered = deps()
    const using = [...needs, ...wants].map((need) => offered[need])
    if (current?.with.every((value, index) => value === using[index])) return
    running.delete(id)
    await current?.stop()
    if (needs.every((need) => offered[need] !== undefined)) running.set(id, { stop: await start(offered), with: using })
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
