import { configSet } from '#protocol/config/capabilities.ts'
import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { wireTime } from '#protocol/core/ids.ts'
import { CountSchema, OneOf, Strict, TimeSchema } from '#protocol/core/schema.ts'
import { checkGrant, openToken, readToken } from '#protocol/core/token.ts'
import * as Type from '#protocol/core/type.ts'
import { ebkhSync } from '#protocol/evidence/capabilities.ts'
import { ebkhAdmission, ebkhConnect, ebkhGet, ebkhPull, HUB_ADMISSIONS } from '#protocol/evidence/desk-capabilities.ts'
import { sync } from '#protocol/evidence/ebkh.ts'
import { ebkhSynced, ebkhSyncPartial, quarantineChanged } from '#protocol/evidence/events.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import { type HubSession, pullFromHub, type SyncReport, syncWithHub } from './ebkh-adapter.ts'
import { createHubRpc } from './ebkh-rpc.ts'
import type { Quarantine } from './quarantine.ts'
import type { Space } from './space.ts'

const HubSchema = Strict({
  /** What `config.evidence.ebkh.token_ref` names; empty without a token. */
  ref: Type.String(),
  token: Type.String(),
  cursor: Type.Union([Type.String(), Type.Null()]),
  /** Left out: ask. */
  admit: Type.Optional(OneOf(HUB_ADMISSIONS)),
  last: Type.Union([
    Type.Null(),
    Strict({
      at: TimeSchema,
      pulled: CountSchema,
      pushed: CountSchema,
      refused: CountSchema,
      partial: Type.Boolean(),
      reason: Type.Union([Type.String(), Type.Null()]),
    }),
  ]),
})
const NO_HUB = { ref: '', token: '', cursor: null, last: null }

type Deps = Pick<ModuleDeps, 'bus' | 'runtime' | 'signer' | 'config' | 'shelf' | 'notify' | 'log' | 'publish'> & {
  readonly quarantine: Quarantine
  readonly community: Space
  readonly fetch: typeof fetch
}

/** The bridge to the one hub a person configured. Without one nothing here ever touches the network. */
export async function serveHub(deps: Deps): Promise<(() => void)[]> {
  const { bus, runtime, signer, config, shelf, notify, log, publish, quarantine, community } = deps
  const drawer = await shelf.open('evidence.hub', HubSchema, NO_HUB)

  /** @throws HearthError `ebkh_unavailable` without a hub, or without the token that goes with it */
  function session(): HubSession {
    const { endpoint, token_ref } = config().evidence.ebkh
    const { ref, token } = drawer.get()
    if (endpoint === '') throw new HearthError('ebkh_unavailable', 'no hub is configured')
    if (token === '' || ref !== token_ref) throw new HearthError('ebkh_unavailable', 'no token for this hub')
    return {
      rpc: createHubRpc(deps, { endpoint, token }),
      hub: readToken(token).iss,
      endpoint,
      quarantine,
      cursor: {
        get: () => drawer.get().cursor,
        set: (cursor) => drawer.set({ ...drawer.get(), cursor }),
      },
      offered: () => community.newest().filter(({ author, admitted }) => author === signer.nodeId && !admitted),
    }
  }

  /** What a person decided beforehand; a node that may not write yet leaves it waiting. */
  async function admitByPolicy({ hub, endpoint }: HubSession): Promise<void> {
    if (drawer.get().admit !== 'all') return
    try {
      await quarantine.admitFrom(hub, endpoint)
    } catch (error) {
      if (toHearthError(error).code === 'internal_error') throw error
    }
  }

  /** Says in the log how it went; a node that may not write yet has synced all the same. */
  async function tell(hub: HubSession['hub'], { direction, pulled, pushed, partial, reason }: SyncReport): Promise<void> {
    const counts = { hub, direction, pulled, pushed }
    try {
      publish(
        partial ? await log.append(ebkhSyncPartial, { ...counts, reason: reason ?? '' }) : await log.append(ebkhSynced, counts),
      )
    } catch (error) {
      if (toHearthError(error).code === 'internal_error') throw error
    }
  }

  return [
    bus.handle(ebkhSync, async ({ direction }) => {
      const hub = session()
      const report = await syncWithHub(hub, direction)
      const { direction: _, ...counts } = report
      await drawer.set({ ...drawer.get(), last: { at: wireTime(runtime.now()), ...counts } })
      await admitByPolicy(hub)
      await tell(hub.hub, report)
      return report
    }),

    bus.handle(ebkhPull, async ({ of }) => {
      const hub = session()
      const report = await pullFromHub(hub, of)
      await admitByPolicy(hub)
      return report
    }),

    bus.handle(ebkhAdmission, async ({ admit }) => {
      session()
      await drawer.set({ ...drawer.get(), admit })
      notify(quarantineChanged)
      return {}
    }),

    bus.handle(ebkhGet, async () => {
      const { token, last, admit = 'ask' } = drawer.get()
      const grant = token === '' ? null : readToken(token)
      return {
        endpoint: config().evidence.ebkh.endpoint,
        hub: grant?.iss ?? null,
        token_expires_at: grant ? wireTime(grant.exp * 1000) : null,
        quarantined: quarantine.size(),
        admit,
        last,
      }
    }),

    bus.handle(ebkhConnect, async ({ endpoint, token }) => {
      if (endpoint === '') {
        await drawer.set(NO_HUB)
        await bus.call(configSet, { evidence: { ebkh: { endpoint: '', token_ref: '' } } })
        return {}
      }
      const grant = await openToken(token)
      // the hub issues it, for itself, to this node (section 7)
      checkGrant(grant, {
        capability: `ebkh.${sync.name}`,
        subject: signer.nodeId,
        audience: grant.iss,
        nowMs: runtime.now(),
      })
      if (grant.sub !== signer.nodeId) throw new HearthError('unauthorized', 'the token is not bound to this node')
      await drawer.set({ ref: grant.jti, token, cursor: null, last: null })
      await bus.call(configSet, { evidence: { ebkh: { endpoint, token_ref: grant.jti } } })
      return {}
    }),
  ]
}
