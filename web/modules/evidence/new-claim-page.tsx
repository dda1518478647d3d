import { useMemo } from 'react'
import { useLocation, useSearch } from 'wouter'
import type { Input } from '#protocol/core/capability.ts'
import { claimAssert, claimQuery } from '#protocol/evidence/capabilities.ts'
import { draftSave } from '#protocol/evidence/desk-capabilities.ts'
import { nodeStatus } from '#protocol/node/capabilities.ts'
import { FocusHeld } from '../../kit/focus-held.tsx'
import { useText } from '../../kit/i18n.tsx'
import { Loading } from '../../kit/loading.tsx'
import { Page } from '../../kit/page.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { useCall, useQuery } from '../../port/hooks.ts'
import { ClaimFormView } from './claim-form-view.tsx'
import { EvidenceOff } from './evidence-off.tsx'
import { messages } from './messages.ts'
import { INBOX } from './paths.ts'
import { draftFromQuery } from './prefill.ts'

const ONE = { limit: 1 } as const

/** Writes a claim, empty or from what another app shared. */
export function NewClaimPage() {
  const text = useText(messages).form
  const [, navigate] = useLocation()
  const search = useSearch()
  const draft = useMemo(() => draftFromQuery(new URLSearchParams(search)), [search])
  const status = useQuery(nodeStatus, {})
  // asked only to know whether the module is on before somebody has written for nothing
  const probe = useQuery(claimQuery, ONE)
  const assert = useCall(claimAssert)
  const save = useCall(draftSave)
  const isOff = probe.status === 'failed' && probe.error.code === 'experimental_disabled'

  const publish = async (input: Input<typeof claimAssert>) => {
    const made = await assert.run(input)
    if (made) navigate(`/claims/${made.claim_id}`, { replace: true })
  }
  const keep = async (statement: Input<typeof claimAssert>) => {
    if (await save.run({ statement })) navigate(INBOX, { replace: true })
  }
  return (
    <Page title={text.title} intro={isOff ? null : text.intro} back="/claims">
      <FocusHeld shows={isOff ? 'off' : 'on'}>
        {isOff ? (
          <EvidenceOff onTurnedOn={probe.retry} />
        ) : (
          <QueryView query={status} rows={8}>
            {({ identity }) =>
              identity ? (
                <ClaimFormView
                  key={search}
                  me={identity.node_id}
                  initial={draft}
                  busy={assert.busy || save.busy}
                  error={assert.error ?? save.error}
                  onSubmit={publish}
                  onKeep={keep}
                />
              ) : (
                <Loading rows={8} />
              )
            }
          </QueryView>
        )}
      </FocusHeld>
    </Page>
  )
}
